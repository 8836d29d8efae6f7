"""Twilio's error codes as data: which decision each of them asks the dispatcher to take.

Rules protected: only what was certainly never processed is retried; everything the provider may
have taken is `Ambiguous`; a refusal by the recipient suppresses; and the provider's own error
message is never passed on, because it quotes the recipient's number.

Source: https://www.twilio.com/docs/api/errors and the project's messaging reference, section 7.3.
One deviation: 21604 (no recipient) and 21617 (text too long) are faults of one message, not of the
sender, so they end that delivery instead of stopping everything behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, SendError, Temporary

MAX_RETRY_AFTER_SECONDS = 3600.0


class Decision(StrEnum):
    """What a code means for the delivery."""

    TEMPORARY = "temporary"  # never processed, or worth a new attempt later
    SLOW_DOWN = "slow_down"  # the same, and we are too fast
    PERMANENT = "permanent"  # this message can never arrive
    DEAD_ADDRESS = "dead_address"  # no message can ever arrive there
    REFUSED = "refused"  # the recipient does not want any
    MISCONFIGURED = "misconfigured"  # our account or settings: the next one fails alike


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. retry_after_seconds: a pause the code itself asks for."""

    decision: Decision
    reason: str
    retry_after_seconds: float | None = None


CODES: Mapping[int, Rule] = {
    # never processed
    20429: Rule(Decision.SLOW_DOWN, "too many requests"),
    14107: Rule(Decision.SLOW_DOWN, "sending rate exceeded", 60.0),
    21611: Rule(Decision.SLOW_DOWN, "the sender's queue at the provider is full", 60.0),
    30001: Rule(Decision.SLOW_DOWN, "the provider's queue overflowed", 60.0),
    # the recipient said stop
    21610: Rule(Decision.REFUSED, "the recipient opted out at the provider"),
    # the address
    21211: Rule(Decision.DEAD_ADDRESS, "not a valid number"),
    21214: Rule(Decision.DEAD_ADDRESS, "the number cannot be reached"),
    21217: Rule(Decision.DEAD_ADDRESS, "the number does not look valid"),
    21614: Rule(Decision.DEAD_ADDRESS, "not a mobile number"),
    21612: Rule(Decision.DEAD_ADDRESS, "no route to this number"),
    21408: Rule(Decision.DEAD_ADDRESS, "the number's region is not enabled"),
    # one message of ours
    21602: Rule(Decision.PERMANENT, "text missing"),
    21604: Rule(Decision.PERMANENT, "recipient missing"),
    21617: Rule(Decision.PERMANENT, "text longer than the provider takes"),
    # our account or settings
    20003: Rule(Decision.MISCONFIGURED, "the account or its token is wrong"),
    20005: Rule(Decision.MISCONFIGURED, "the account is not active"),
    20404: Rule(Decision.MISCONFIGURED, "the account or the address of its API is wrong"),
    21603: Rule(Decision.MISCONFIGURED, "sender number missing"),
    21606: Rule(Decision.MISCONFIGURED, "the sender number is not ours or cannot send texts"),
    21609: Rule(Decision.MISCONFIGURED, "the status callback address is not valid"),
    30002: Rule(Decision.MISCONFIGURED, "the account is suspended"),
    # the telephone, known only after the provider took it
    30003: Rule(Decision.TEMPORARY, "telephone unreachable", 1800.0),
    30008: Rule(Decision.TEMPORARY, "unknown failure at the carrier", 1800.0),
    30017: Rule(Decision.TEMPORARY, "the carrier is congested", 1800.0),
    30410: Rule(Decision.TEMPORARY, "the carrier did not answer in time", 1800.0),
    30005: Rule(Decision.DEAD_ADDRESS, "unknown telephone"),
    30006: Rule(Decision.DEAD_ADDRESS, "landline or unreachable carrier"),
    # the text
    30004: Rule(Decision.PERMANENT, "blocked"),
    30007: Rule(Decision.PERMANENT, "filtered by the carrier"),
    30034: Rule(Decision.PERMANENT, "sender not registered for this route"),
    30454: Rule(Decision.PERMANENT, "blocked by the provider"),
    # windows of the provider
    30610: Rule(Decision.TEMPORARY, "quiet hours at the provider", MAX_RETRY_AFTER_SECONDS),
    35114: Rule(Decision.PERMANENT, "schedule not accepted"),
    35115: Rule(Decision.PERMANENT, "schedule not accepted"),
    35117: Rule(Decision.PERMANENT, "schedule not accepted"),
}

TEMPORARY_CODES = frozenset(str(code) for code, rule in CODES.items() if rule.decision is Decision.TEMPORARY)
"""What a receipt may name for a failure that is worth another attempt."""


def send_error(status: int, code: int | None, retry_after: str = "", *, now_ms: int = 0) -> SendError:
    """The error to raise for an answer that is no acceptance.

    status: of HTTP. code: the provider's, None when the body named none. retry_after: that header,
    in seconds or as a date, which `now_ms` turns into seconds.
    """
    # A 5xx may have been processed whatever its body says: 20500 and 20503 promise nothing.
    if status >= 500 or status == 408:
        return Ambiguous(_label(status, code), "the provider failed while it handled the message")
    rule = CODES.get(code) if code is not None else None
    if rule is None:
        rule = _by_status(status)
    wait = retry_after_seconds(retry_after, now_ms)
    return _error(rule, _label(status, code), wait if wait is not None else rule.retry_after_seconds)


def _by_status(status: int) -> Rule:
    if status == 429:
        return CODES[20429]
    if status in {401, 403, 404} or 300 <= status < 400:
        return Rule(Decision.MISCONFIGURED, "the provider does not accept our account or address")
    return Rule(Decision.PERMANENT, "the provider does not accept the message")


def _error(rule: Rule, label: str, wait: float | None) -> SendError:
    match rule.decision:
        case Decision.TEMPORARY | Decision.SLOW_DOWN:
            slow_down = rule.decision is Decision.SLOW_DOWN
            return Temporary(label, rule.reason, retry_after_seconds=wait, slow_down=slow_down)
        case Decision.PERMANENT:
            return Permanent(label, rule.reason)
        case Decision.DEAD_ADDRESS:
            return Permanent(label, rule.reason, invalid_address=True)
        case Decision.REFUSED:
            return Refused(label, rule.reason)
        case Decision.MISCONFIGURED:
            return Misconfigured(label, rule.reason)


def _label(status: int, code: int | None) -> str:
    return f"http-{status}" if code is None else str(code)


def retry_after_seconds(value: str, now_ms: int) -> float | None:
    """The Retry-After header in seconds, at most an hour; None when absent or not understood."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_SECONDS)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    wait = (at - datetime.fromtimestamp(now_ms / 1000, UTC)).total_seconds()
    return min(max(wait, 0.0), MAX_RETRY_AFTER_SECONDS)
