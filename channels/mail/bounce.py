"""What a mail server reports about a mail of ours that it could not deliver.

Read from the report itself (RFC 3464: `message/delivery-status` with Action and Status), else, of mail
servers that only write a text, from the codes or the usual words in it. Whether the report is genuine is
decided elsewhere, by the address it came to; here nothing is trusted but the shape.
Codes: RFC 3463. 5.x.x is final, 4.x.x means that the server gave up waiting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from channels.contract import DeliveryReport
from channels.mail.charset import header_text
from channels.mail.entity import Bounds, Reading

_ENHANCED = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[ -](?!\d))")
_NOBODY = re.compile(
    r"(?:user|mailbox|recipient|address|account)[^.\n]{0,40}"
    r"(?:unknown|not found|does ?n[o']t exist|no longer|unavailable|disabled)"
    r"|(?:no such|unknown|invalid) (?:user|mailbox|recipient|address)|no mailbox here"
    r"|(?:收件人|邮箱|用户|账号|帐号)[^。\n]{0,20}(?:不存在|无效|已停用|已注销|未找到)",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?:mailbox|quota)[^.\n]{0,30}(?:full|exceeded)|邮箱[^。\n]{0,10}(?:已满|空间不足)", re.IGNORECASE
)
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r)[ \t]{0,20}(?:\r\n|\n|\r)")
_MOST_BLOCKS = 20
_TEXT = 8_000


def read_report(parts: Iterable[bytes], text: str, *, from_a_server: bool) -> DeliveryReport | None:
    """The worst of what a mail reports, None when it reports nothing.

    parts: its `message/delivery-status`. text: its readable text. from_a_server: sent without a return path,
    by a mail system or under the subject of one, so that a text without a report in it may be read as one.
    """
    worst: DeliveryReport | None = None
    for fields in _blocks(parts):
        found = _of_block(fields)
        if found is not None and (
            worst is None or (found.failed, found.status) > (worst.failed, worst.status)
        ):
            worst = found
    return worst or (_of_text(text[:_TEXT]) if from_a_server else None)


def _blocks(parts: Iterable[bytes]) -> Iterator[Mapping[str, str]]:
    for part in parts:
        for block in _BLANK_LINE.split(part.strip(), _MOST_BLOCKS)[:_MOST_BLOCKS]:
            whole = Reading(block, Bounds()).whole()
            yield {name: header_text(value) for name, value in whole.fields}


def _of_block(fields: Mapping[str, str]) -> DeliveryReport | None:
    """Of one recipient; the first block speaks of the message and has neither Action nor Status."""
    action = fields.get("action", "").lower().strip()
    written = _ENHANCED.search(fields.get("status", ""))
    status = written[1] if written else ""
    if not status or status.endswith(".0.0"):  # it says no more than that it failed
        status = _status_of(fields.get("diagnostic-code", "")) or status
    if action in ("delayed", "delivered", "relayed", "expanded"):
        return DeliveryReport(failed=False)
    if action == "failed" or (not action and status[:1] in ("4", "5")):
        return DeliveryReport(failed=True, status=status if status[:1] in ("4", "5") else "5.0.0")
    return None


def _of_text(text: str) -> DeliveryReport | None:
    status = _status_of(text)
    return DeliveryReport(failed=True, status=status) if status[:1] in ("4", "5") else None


def _status_of(text: str) -> str:
    """A failure in words as a status, "" for none. A bare 550 is 5.0.0: it may as well refuse the words."""
    found = _ENHANCED.search(text)
    if found is not None and not found[1].endswith(".0.0"):
        return found[1]
    reply = _REPLY.search(text)
    digit = found[1][0] if found else reply[1][0] if reply else ""
    if _FULL.search(text):
        return f"{digit or 4}.2.2"
    if _NOBODY.search(text) and digit != "4":
        return "5.1.1"
    return f"{digit}.0.0" if digit else ""
