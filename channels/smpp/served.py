"""SMPP from the side of the centre: what departments' systems ask, and what they are answered.

Source: SMPP 3.4; Kannel, smpplib and node-smpp were looked at for how they ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from zlib import crc32

from channels.carrier.frame import Frame, Framer
from channels.carrier.long_text import pieces
from channels.clock import Clock
from channels.listener.contract import (
    CitizenText,
    Control,
    Login,
    Outcome,
    Refusal,
    Refused,
    TextPart,
    TextReceipt,
)
from channels.listener.moment import minute, moment
from channels.smpp import pdu
from channels.smpp.pdu import ANSWER, Bind, Command, Short, Tag, write

_BINDS = {
    Command.BIND_RECEIVER: (False, True),
    Command.BIND_TRANSMITTER: (True, False),
    Command.BIND_TRANSCEIVER: (True, True),
}
"""Whether it sends, whether it receives."""
_ENCODINGS = {1: "ascii", 3: "latin-1", 8: "utf-16-be", 15: "gb18030"}
"""By data_coding; 0 is a setting."""
_ASCII = 1
_LONGEST_ADDRESS = 20
_RECEIPT = 0x04
_INTERFACE = b"\x02\x10\x00\x01\x34"

_STATUS = {
    Refusal.NOT_LOGGED_IN: 0x04,
    Refusal.LOGGED_IN_ALREADY: 0x05,
    Refusal.WRONG_LOGIN: 0x0E,  # never 0x0F: that would tell which names exist
    Refusal.LOGIN_NOT_NOW: 0x0D,
    Refusal.TOO_FAST: 0x58,
    Refusal.DAILY_QUOTA: 0x14,  # comes again: there is more tomorrow
    Refusal.MONTHLY_QUOTA: 0x45,
    Refusal.BAD_SOURCE: 0x0A,
    Refusal.BAD_DESTINATION: 0x0B,
    Refusal.BAD_SCHEDULE: 0x61,
    Refusal.BAD_EXPIRY: 0x62,
    Refusal.EMPTY: 0x01,
    Refusal.REFUSED: 0x45,
    Refusal.UNAVAILABLE: 0x08,
}
_BAD_LENGTH, _UNKNOWN_COMMAND = 0x02, 0x03
_WORDS = {
    Outcome.DELIVERED: ("DELIVRD", 2),
    Outcome.EXPIRED: ("EXPIRED", 3),
    Outcome.DELETED: ("DELETED", 4),
    Outcome.UNDELIVERABLE: ("UNDELIV", 5),
    Outcome.UNKNOWN: ("UNKNOWN", 7),
    Outcome.REJECTED: ("REJECTD", 8),
}


class SmppServed:
    """Implements `channels.listener.contract.Served`."""

    def __init__(self, clock: Clock, default_encoding: str = "gsm7") -> None:
        """default_encoding: what data_coding 0 means."""
        self._clock = clock
        self._encodings = {0: default_encoding, **_ENCODINGS}

    def framer(self) -> Framer:
        return pdu.framer()

    def is_answer(self, frame: Frame) -> bool:
        return bool(frame.command & ANSWER)

    def sequence(self, counter: int) -> int:
        return counter

    def keep_alive(self, sequence: int) -> bytes:
        return write(Command.ENQUIRE_LINK, sequence)

    def goodbye(self, sequence: int) -> bytes:
        return write(Command.UNBIND, sequence)

    def asked(self, frame: Frame) -> Login | TextPart | Control | None:
        """Raises `BadFrame`, `Refused`."""
        if frame.command == Command.ENQUIRE_LINK:
            return Control.ALIVE
        if frame.command == Command.UNBIND:
            return Control.GOODBYE
        for command, (sends, receives) in _BINDS.items():
            if frame.command == command:
                who = Bind.read(frame.body)
                return Login(who.system_id, who.password, sends=sends, receives=receives)
        return self._part(frame) if frame.command == Command.SUBMIT_SM else None

    def done(self, frame: Frame, id: str = "") -> bytes:
        body = b""
        if frame.command not in (Command.ENQUIRE_LINK, Command.UNBIND):
            body = id.encode() + b"\0"
        if frame.command in _BINDS:
            body += _INTERFACE
        return write(frame.command | ANSWER, frame.sequence, body)

    def refused(self, frame: Frame, refusal: Refusal) -> bytes:
        return write(frame.command | ANSWER, frame.sequence, status=_STATUS[refusal])

    def unreadable(self, frame: Frame | None) -> bytes:
        if frame is None:
            return write(Command.GENERIC_NACK, 0, status=_BAD_LENGTH)
        return write(frame.command | ANSWER, frame.sequence, status=_BAD_LENGTH)

    def unknown(self, frame: Frame) -> bytes:
        return write(Command.GENERIC_NACK, frame.sequence, status=_UNKNOWN_COMMAND)

    def receipt(self, receipt: TextReceipt) -> Callable[[int], bytes]:
        word, number = _WORDS[receipt.outcome]
        arrived = int(receipt.outcome is Outcome.DELIVERED)
        words = (
            f"id:{receipt.id} sub:001 dlvrd:{arrived:03d} submit date:{minute(receipt.submitted_at)} "
            f"done date:{minute(receipt.ended_at)} stat:{word} err:{receipt.code} text:"
        )
        body = Short(
            source=receipt.destination,  # who got the text reports
            destination=receipt.source,
            content=words.encode("ascii", "replace"),
            coding=0,
            esm_class=_RECEIPT,
            source_ton=(1, 1),
            destination_ton=(0, 1),
            options={Tag.RECEIPTED_ID: receipt.id.encode() + b"\0", Tag.STATE: bytes((number,))},
        ).body()
        return lambda sequence: write(Command.DELIVER_SM, sequence, body)

    def text(self, text: CitizenText) -> Sequence[Callable[[int], bytes]]:
        bodies = [
            Short(
                source=text.sender.removeprefix("+"),
                destination=text.recipient,
                content=piece.content,
                coding=piece.form or _ASCII,
                esm_class=pdu.PARTS if piece.has_head else 0,
                source_ton=(1, 1),
                destination_ton=(0, 1),
            ).body()
            for piece in pieces(text.text, reference=lambda: crc32(text.id.encode()) & 0xFF)
        ]
        return [partial(write, Command.DELIVER_SM, body=body) for body in bodies]

    def acknowledged(self, frame: Frame) -> bool:
        return frame.command == Command.DELIVER_SM | ANSWER and not pdu.status_of(frame)

    def _part(self, frame: Frame) -> TextPart:
        message = Short.read(frame.body)
        if len(message.source) > _LONGEST_ADDRESS:
            raise Refused(Refusal.BAD_SOURCE)
        if not 0 < len(message.destination) <= _LONGEST_ADDRESS:
            raise Refused(Refusal.BAD_DESTINATION)
        now = self._clock.now_ms()
        place, content = pdu.placed(message)
        return TextPart(
            source=message.source,
            destination=_international(message),
            encoding=self._encodings.get(message.coding, ""),
            content=content,
            sequence=frame.sequence,
            place=place,
            wants_receipt=message.wants_receipt,
            not_before=moment(message.schedule, now, Refusal.BAD_SCHEDULE),
            expires_at=moment(message.validity, now, Refusal.BAD_EXPIRY),
        )


def _international(message: Short) -> str:
    """A number with the ton of international ones has no + of its own; one of the mainland may lack its 86
    all the same."""
    number = message.destination
    is_whole = message.destination_ton[0] == 1 and not number.startswith(("+", "0", "1"))
    return f"+{number}" if is_whole else number
