"""The messages of SGIP, byte by byte.

Integers are unsigned and big-endian; texts are left-aligned and filled with zero bytes. A sequence number has
twelve bytes: node, time and counter. There is no id of a message: a report names the sequence number of the
request that sent it. Source: China Unicom, SGIP 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as StructError

from channels.carrier.common_head import text
from channels.carrier.frame import BadFrame, Frame, Framer
from channels.carrier.template import Template

ANSWER = 0x80000000
MOST_BYTES = 4096
HEAD_BYTES = 20
_SEQUENCE_BYTES = 12
_RESERVE = bytes(8)


class Command(IntEnum):
    """What a message asks; its answer has the highest bit set."""

    BIND = 1
    UNBIND = 2
    SUBMIT = 3
    DELIVER = 4
    REPORT = 5


class LoginType(IntEnum):
    """Who logs in to whom."""

    TO_GATEWAY = 1
    TO_US = 2


class Malformed(BadFrame):
    """A message whose body cannot be read."""


def framer() -> Framer:
    """For one connection."""
    return Framer(_read, least=HEAD_BYTES, most=MOST_BYTES)


def _read(data: bytes, at: int, end: int) -> Frame:
    body = at + HEAD_BYTES
    command = int.from_bytes(data[at + 4 : at + 8], "big")
    return Frame(command, int.from_bytes(data[at + 8 : body], "big"), data[body:end])


def write(command: int, sequence: int, body: bytes = b"") -> bytes:
    """A whole message."""
    head = (HEAD_BYTES + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big")
    return head + sequence.to_bytes(_SEQUENCE_BYTES, "big") + body


def sequence_of(node: int, time: str, counter: int) -> int:
    """time: `MMDDhhmmss`, Beijing."""
    return node << 64 | int(time) << 32 | counter & 0xFFFFFFFF


def id_of(sequence: int) -> str:
    """A sequence number as an id, in hex."""
    return f"{sequence:024x}"


def answer(result: int) -> bytes:
    """The body of every answer that has one."""
    return bytes((result,)) + _RESERVE


def result_of(frame: Frame) -> int:
    """Raises `Malformed`."""
    if not frame.body:
        raise Malformed("an answer without a result")
    return frame.body[0]


_BIND = Struct(">B16s16s8s")


@dataclass(frozen=True, slots=True)
class Bind:
    """BIND."""

    kind: int
    name: str
    password: str

    def body(self) -> bytes:
        return _BIND.pack(self.kind, self.name.encode(), self.password.encode(), b"")

    @classmethod
    def read(cls, body: bytes) -> Bind:
        if len(body) < _BIND.size:
            raise Malformed("BIND")
        kind, name, password, _ = _BIND.unpack_from(body)
        return cls(kind, text(name), text(password))


_SUBMIT_START = Struct(">21s21sB")
_SUBMIT_END = Struct(">5s10sB6s6s3B16s16s5B")
_NUMBER_BYTES = 21
_WE_PAY = b"0" * 21


@dataclass(frozen=True, slots=True)
class Submit:
    """SUBMIT to one number. fee_type, fee_value: as the contract says."""

    source: str
    form: int
    corp_id: str
    destination: str = ""
    content: bytes = b""
    service_type: str = ""
    has_head: bool = False
    fee_type: int = 1
    fee_value: str = "000000"

    def body(self) -> bytes:
        return self.template().filled(self.destination, self.content)

    def template(self) -> Template:
        """The same for any destination and content."""
        start = _SUBMIT_START.pack(self.source.encode(), _WE_PAY, 1)
        end = _SUBMIT_END.pack(
            self.corp_id.encode(),
            self.service_type.encode(),
            self.fee_type,
            self.fee_value.encode(),
            b"0",  # GivenValue
            0,  # AgentFlag
            2,  # MorelatetoMTFlag: no answer to a text that is paid for
            0,  # Priority
            b"",  # ExpireTime
            b"",  # ScheduleTime: now
            1,  # ReportFlag: always
            0,  # TP_pid
            int(self.has_head),
            self.form,
            0,  # MessageType
        )
        return Template(start, end, _RESERVE, most=_NUMBER_BYTES, width=_NUMBER_BYTES, count=4)


_DELIVER = Struct(">21s21s3BI")


@dataclass(frozen=True, slots=True)
class Deliver:
    """DELIVER: a text to us. recipient: access number and extension that was written to."""

    sender: str
    recipient: str
    form: int
    has_head: bool
    content: bytes

    @classmethod
    def read(cls, body: bytes) -> Deliver:
        try:
            sender, recipient, _, head, form, length = _DELIVER.unpack_from(body)
        except StructError:
            raise Malformed("DELIVER") from None
        content = body[_DELIVER.size : _DELIVER.size + length]
        if len(content) < length:
            raise Malformed("DELIVER")
        return cls(text(sender), text(recipient), form, bool(head & 0x41), content)

    def body(self) -> bytes:
        fixed = _DELIVER.pack(
            self.sender.encode(), self.recipient.encode(), 0, int(self.has_head), self.form, len(self.content)
        )
        return fixed + self.content + _RESERVE


_REPORT = Struct(">12sB21sBB8s")


@dataclass(frozen=True, slots=True)
class Report:
    """REPORT. sequence: of the SUBMIT it is about. state: 0 delivered, 1 on its way, 2 failed."""

    sequence: int
    destination: str
    state: int
    error: int

    @classmethod
    def read(cls, body: bytes) -> Report:
        if len(body) < _REPORT.size:
            raise Malformed("REPORT")
        sequence, _, number, state, error, _ = _REPORT.unpack_from(body)
        return cls(int.from_bytes(sequence, "big"), text(number), state, error)

    def body(self) -> bytes:
        sequence = self.sequence.to_bytes(_SEQUENCE_BYTES, "big")
        return _REPORT.pack(sequence, 0, self.destination.encode(), self.state, self.error, b"")
