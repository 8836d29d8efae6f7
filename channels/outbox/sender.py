"""One sender as it is driven: its settings, its pace, and whether it is paused and why."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from channels.adapter import Sends
from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Limits
from channels.outbox.pace import LANES
from channels.outbox.quiet_hours import WINDOWS, Windows
from channels.outbox.retry import RETRY, RetryRule
from channels.outbox.time_limit import TimeLimit
from channels.outbox.turns import Shares, Turns

log = logging.getLogger(__name__)

URGENT_LANES = (0, 1)


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """How one sender is driven.

    parts_per_second: contract rate of all processes together, 0 = no limit. in_flight: calls at once in
    lane 2 and in lane 3, urgent_in_flight: in lane 0 and in lane 1; no more rows are ever in doubt.
    timeout_seconds: longest wait for an answer;
    lease_seconds must be longer (e-mail: the final dot may take 10 minutes).
    receipts: whether the provider reports later; without it acceptance is the last word.
    """

    parts_per_second: float = 0.0
    in_flight: int = 64
    urgent_in_flight: int = 16
    timeout_seconds: float = 30.0
    lease_seconds: float = 45.0
    receipts: bool = True


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """How the dispatcher works.

    batch: most rows per claim. intent_batch: most rows whose intent is made durable at once.
    poll_seconds: pause when there was nothing. stale_intent_seconds: an intent older than this is
    not posted any more (the machine was stopped in between). probe_seconds: how often a sender
    paused for bad configuration is tried with one message.
    """

    senders: Mapping[str, SenderSettings] = field(default_factory=dict)
    default_sender: SenderSettings = SenderSettings()
    windows: Windows = field(default_factory=lambda: WINDOWS)
    limits: Limits = field(default_factory=Limits)
    retry: Mapping[MessageClass, RetryRule] = field(default_factory=lambda: RETRY)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    batch: int = 512
    intent_batch: int = 128
    poll_seconds: float = 0.5
    stale_intent_seconds: float = 10.0
    probe_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """One sender for the health page. `paused_reason` is "" while it works."""

    sender: str
    paused_reason: str
    paused_at: int
    parts_per_second: float
    in_flight: int


class SenderState:
    """What the dispatcher of this process remembers of one sender.

    rate: parts per second as last heard. more: lanes whose last claim left rows waiting. slowed_until (the
    loop's seconds): till then the pace has been told to slow down. urgent_until: till then lane 0 goes before
    lanes 2 and 3 in this process, whatever they have paid for.
    """

    def __init__(self, name: str, sends: Sends, settings: SenderSettings, shares: Shares) -> None:
        self.name = name
        self.sends = sends
        self.settings = settings
        self.turns = {lane: Turns(shares) for lane in LANES}
        self.rate = settings.parts_per_second
        self.slowed_until = 0.0
        self.urgent_until = 0.0
        self.more = dict.fromkeys(LANES, False)
        self.time_limit = TimeLimit(settings.timeout_seconds)
        self.in_flight = 0
        self.paused_reason = ""
        self.paused_at = 0
        self.failed_at = 0
        self.probe_at = 0

    def width(self, lane: int) -> int:
        """How many rows of a lane may be posted, and so be in doubt, at once."""
        return self.settings.urgent_in_flight if lane in URGENT_LANES else self.settings.in_flight

    def health(self) -> SenderHealth:
        """What the health page shows."""
        return SenderHealth(self.name, self.paused_reason, self.paused_at, self.rate, self.in_flight)

    def pause(self, reason: str, *, now: int, probe_seconds: float) -> None:
        """Every further send would fail the same way: stop, and probe with one message later."""
        if not self.paused_reason:
            self.paused_at = now
            log.error("sender_paused", extra={"sender": self.name, "code": reason})
        self.paused_reason = reason
        self.failed_at = now
        self.probe_at = now + int(probe_seconds * 1000)

    def stopped_since(self, at: int) -> bool:
        """Whether the sender was found misconfigured at or after `at`."""
        return bool(self.paused_reason) and self.failed_at >= at

    def go_on(self) -> None:
        """It works again, or somebody says so."""
        if self.paused_reason:
            log.info("sender_resumed", extra={"sender": self.name})
        self.paused_reason, self.paused_at, self.probe_at = "", 0, 0
