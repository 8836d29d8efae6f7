"""SMPP as the carriers' adapter speaks it. Source: SMPP 3.4."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from channels.carrier.alphabet import Format
from channels.carrier.beijing import minute
from channels.carrier.frame import Frame, Framer
from channels.carrier.gateway import Report, Text
from channels.carrier.link import Link
from channels.carrier.long_text import Piece
from channels.carrier.template import Template, Templates
from channels.contract import ReceiptState
from channels.smpp import codes, pdu
from channels.smpp.pdu import ANSWER, Bind, Command, Malformed, Short, Tag, write

log = logging.getLogger(__name__)

_KIND, _RECEIPT, _INTERMEDIATE = 0x3C, 0x04, 0x20
_REFUSED = 0x65
"""Status of a DELIVER_SM that cannot be read and is not to come again."""

Ids = Literal["raw", "resp_hex", "dlr_hex"]
"""How a gateway writes a message's id: alike in answer and receipt, or in hex in one of them and in decimal
in the other."""


@dataclass(frozen=True, slots=True)
class SmppSettings:
    """Who we are at the gateway. ascii_coding: data_coding of texts in
    ASCII, 0 or 1, as agreed. busy, refused_numbers: see `codes.submit_refused`."""

    system_id: str
    system_type: str = ""
    service_type: str = ""
    ids: Ids = "raw"
    ascii_coding: int = 1
    busy: frozenset[int] = frozenset()
    refused_numbers: frozenset[int] = frozenset()


class Smpp:
    """Implements `channels.carrier.gateway.Protocolled`."""

    def __init__(self, settings: SmppSettings) -> None:
        self._settings = settings
        self._templates = Templates(self._template)

    def framer(self) -> Framer:
        return pdu.framer()

    def is_answer(self, frame: Frame) -> bool:
        return bool(frame.command & ANSWER)

    def sequence(self, counter: int) -> int:
        return counter

    def unanswered(self, sequence: int) -> str:
        return ""

    def keep_alive(self, sequence: int) -> bytes:
        return write(Command.ENQUIRE_LINK, sequence)

    def goodbye(self, sequence: int) -> bytes:
        return write(Command.UNBIND, sequence)

    async def log_in(self, link: Link, secret: str) -> None:
        """Raises `LoginRefused`, `NoAnswer` or `NotSent`."""
        who = self._settings
        body = Bind(who.system_id, secret, who.system_type).body()
        frame = await link.ask(lambda sequence: write(Command.BIND_TRANSCEIVER, sequence, body))
        if status := pdu.status_of(frame):
            raise codes.login_refused(status)

    def submit(self, source: str, to: str, part: Piece) -> Callable[[int], bytes]:
        body = self._templates.body(source, to, part)
        return lambda sequence: write(Command.SUBMIT_SM, sequence, body)

    def _template(self, source: str, form: Format, total: int, _: int) -> Template:
        settings = self._settings
        return Short(
            source=source,
            destination="",
            content=b"",
            coding=form or settings.ascii_coding,
            esm_class=pdu.PARTS if total > 1 else 0,
            service_type=settings.service_type,
            wants_receipt=True,
        ).template()

    def submitted(self, frame: Frame) -> str:
        status, settings = pdu.status_of(frame), self._settings
        if status or frame.command == Command.GENERIC_NACK:
            raise codes.submit_refused(status, busy=settings.busy, refused_numbers=settings.refused_numbers)
        return _id(pdu.message_id(frame), is_hex=settings.ids == "resp_hex")

    def answer(self, link: Link, frame: Frame) -> bool:
        if frame.command in (Command.ENQUIRE_LINK, Command.UNBIND):
            link.tell(write(frame.command | ANSWER, frame.sequence))
            if frame.command == Command.UNBIND:
                link.end("goodbye-of-peer")
        elif frame.command != Command.DELIVER_SM:
            log.info("carrier.command_unknown", extra={"command": frame.command})
        else:
            return False
        return True

    def heard(self, frame: Frame) -> Text | Report:
        message = Short.read(frame.body)
        kind = message.esm_class & _KIND
        if kind in (_RECEIPT, _INTERMEDIATE):
            return self._report(message, is_final=kind == _RECEIPT)
        place, content = pdu.placed(message)
        return Text(
            _made_id(frame.sequence, message),
            message.source,
            message.destination,
            message.coding,
            content,
            place,
        )

    def taken(self, frame: Frame, *, stored: bool) -> bytes:
        status = 0 if stored else _REFUSED
        return write(Command.DELIVER_SM | ANSWER, frame.sequence, b"\0", status=status)

    def _report(self, message: Short, *, is_final: bool) -> Report:
        """Optional fields say it where there are any, else the words of the text."""
        words = message.text.decode("latin-1")
        named = message.options.get(Tag.RECEIPTED_ID, b"").rstrip(b"\0").decode("latin-1")
        id = named or _word(words, "id")
        if not id:
            raise Malformed("receipt")
        number = message.options.get(Tag.STATE)
        state = codes.state_of(number[0] if number else None, _word(words, "stat"))
        told = ":".join(filter(None, (_word(words, "stat"), _word(words, "err"))))
        return Report(
            id=_id(id, is_hex=self._settings.ids == "dlr_hex"),
            destination=message.source,  # who got the text reports
            state=state if is_final else ReceiptState.QUEUED,
            code="" if state is ReceiptState.DELIVERED else told or str(number[0] if number else ""),
            sent_at=minute(_word(words, "submit date").encode("ascii", "replace")),
        )


def _id(text: str, *, is_hex: bool) -> str:
    """As answers and receipts have it in common: without zeros in front, which some lose on the way."""
    if is_hex:
        try:
            return str(int(text, 16))
        except ValueError:
            return text.lower()
    return text.lower().lstrip("0") or "0"


def _made_id(sequence: int, message: Short) -> str:
    """DELIVER_SM has no id: it is made of everything that tells one text from another. The sender's reference
    stays when it comes again, the sequence number may not."""
    reference = message.options.get(Tag.USER_REFERENCE)
    told = (message.source, message.destination, reference.hex() if reference else str(sequence))
    return hashlib.sha256("\0".join(told).encode() + b"\0" + message.text).hexdigest()[:32]


def _word(words: str, label: str) -> str:
    found = re.search(rf"\b{label}:\s*(\S*)", words, re.IGNORECASE)
    return found[1] if found else ""
