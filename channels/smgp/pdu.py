"""The messages of SMGP, byte by byte.

Integers are unsigned and big-endian; texts are left-aligned and filled with zero bytes. Optional fields stand
at the end as tag, length and value. Source: China Telecom, SMGP 3.0.3; 1.3 has no FixedFee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from channels.carrier.common_head import digest, is_proved, text
from channels.carrier.frame import BadFrame
from channels.carrier.template import Template

ID_BYTES = 10


class Command(IntEnum):
    """What a message asks; its answer has the highest bit set."""

    LOGIN = 1
    SUBMIT = 2
    DELIVER = 3
    ACTIVE_TEST = 4
    EXIT = 6


class Tag(IntEnum):
    """Of optional fields; others are skipped."""

    UDHI = 2
    PARTS = 9
    PART = 10


class Malformed(BadFrame):
    """A message whose body cannot be read."""


# --- the login ---

_LOGIN = Struct(">8s16sBIB")
_LOGIN_ANSWER = Struct(">I16sB")
_BOTH = 2
"""LoginMode: we send and receive."""


@dataclass(frozen=True, slots=True)
class Login:
    """timestamp: `MMDDhhmmss`, Beijing; it travels as a number and is hashed with its leading zero."""

    client_id: str
    secret: bytes
    version: int
    timestamp: str

    @property
    def proof(self) -> bytes:
        """AuthenticatorClient, 16 bytes."""
        return digest(self.client_id.encode(), bytes(7), self.secret, self.timestamp.encode())

    def body(self) -> bytes:
        """LOGIN."""
        return _LOGIN.pack(self.client_id.encode(), self.proof, _BOTH, int(self.timestamp), self.version)

    def is_answered_by(self, answer: LoginAnswer) -> bool:
        """Whether the gateway knows the secret too."""
        return is_proved(answer.proof, status=answer.status, ours=self.proof, secret=self.secret)


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """LOGIN_RESP. status 0: logged in."""

    status: int
    proof: bytes
    version: int

    @classmethod
    def read(cls, body: bytes) -> LoginAnswer:
        if len(body) < _LOGIN_ANSWER.size:
            raise Malformed("LOGIN_RESP")
        return cls(*_LOGIN_ANSWER.unpack_from(body))

    def body(self) -> bytes:
        return _LOGIN_ANSWER.pack(self.status, self.proof, self.version)


# --- what is sent and what comes ---

_TO_HANDSET = 6
_SUBMIT_START = Struct(">3B10s2s6s")
_SUBMIT_END = Struct(">B17s17s21s21sB")
_NUMBER_BYTES = 21
_ANSWER = Struct(">10sI")
_DELIVER = Struct(">10sBB14s21s21sB")
_RESERVE = bytes(8)


@dataclass(frozen=True, slots=True)
class Submit:
    """SUBMIT to one number. source: access number and extension. total, number: of its parts, from 1.

    fee_type, fee_code, fixed_fee: as the contract says; FeeType "00" is free of charge.
    """

    source: str
    form: int
    destination: str = ""
    content: bytes = b""
    service_id: str = ""
    total: int = 1
    number: int = 1
    fee_type: str = "00"
    fee_code: str = "000000"
    fixed_fee: str = "000000"
    priority: int = 1

    def body(self, version: int) -> bytes:
        return self.template(version).filled(self.destination, self.content)

    def template(self, version: int) -> Template:
        """The same for any destination and content."""
        start = _SUBMIT_START.pack(
            _TO_HANDSET,
            1,  # NeedReport
            self.priority,
            self.service_id.encode(),
            self.fee_type.encode(),
            self.fee_code.encode(),
        )
        fixed = self.fixed_fee.encode().ljust(6, b"\0") if version >= 0x30 else b""
        end = _SUBMIT_END.pack(self.form, b"", b"", self.source.encode(), b"", 1)
        parts = ((Tag.UDHI, 1), (Tag.PARTS, self.total), (Tag.PART, self.number)) if self.total > 1 else ()
        options = b"".join(_option(tag, bytes((value,))) for tag, value in parts)
        width = _NUMBER_BYTES
        return Template(start + fixed + end, b"", _RESERVE + options, most=width, width=width)


def _option(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def options(data: bytes) -> Mapping[int, bytes]:
    """Optional fields by tag; what is cut off is left out."""
    found, at = {}, 0
    while at + 4 <= len(data):
        tag, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + size > len(data):
            break
        found[tag] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found


class Answer(NamedTuple):
    """SUBMIT_RESP and DELIVER_RESP. id: ten bytes, BCD in most places, opaque everywhere."""

    id: bytes
    status: int

    @classmethod
    def read(cls, body: bytes) -> Answer:
        if len(body) != _ANSWER.size:
            raise Malformed("SUBMIT_RESP")
        return cls(*_ANSWER.unpack(body))

    def body(self) -> bytes:
        return _ANSWER.pack(self.id, self.status)


@dataclass(frozen=True, slots=True)
class Deliver:
    """DELIVER: a text to us, or a receipt. recipient: access number and extension that was written to."""

    id: bytes
    sender: str
    recipient: str
    form: int
    has_head: bool
    is_receipt: bool
    content: bytes
    received: bytes = b"20260101000000"

    @classmethod
    def read(cls, body: bytes) -> Deliver:
        try:
            id, receipt, form, received, sender, recipient, length = _DELIVER.unpack_from(body)
        except StructError:
            raise Malformed("DELIVER") from None
        content = body[_DELIVER.size : _DELIVER.size + length]
        if len(content) < length:
            raise Malformed("DELIVER")
        more = options(body[_DELIVER.size + length + len(_RESERVE) :])
        head = any(one & 0x41 for one in more.get(Tag.UDHI, b""))
        return cls(id, text(sender), text(recipient), form, head, receipt == 1, content, received)

    def body(self) -> bytes:
        fixed = _DELIVER.pack(
            self.id,
            int(self.is_receipt),
            self.form,
            self.received,
            self.sender.encode(),
            self.recipient.encode(),
            len(self.content),
        )
        return fixed + self.content + _RESERVE + (_option(Tag.UDHI, b"\1") if self.has_head else b"")


@dataclass(frozen=True, slots=True)
class Report:
    """What a receipt says of one part. id: as its SUBMIT was answered. state: `DELIVRD` and others; error:
    three digits. submitted: `YYMMDDhhmm`, Beijing."""

    id: bytes
    state: str
    error: str
    submitted: bytes

    @classmethod
    def read(cls, content: bytes) -> Report:
        """`id:` and ten raw bytes, which may hold anything; then words, found wherever they stand."""
        if len(content) < 3 + ID_BYTES or not content[:3].lower() == b"id:":
            raise Malformed("receipt")
        words = content[3 + ID_BYTES :].replace(b"_", b" ")
        return cls(
            content[3 : 3 + ID_BYTES],
            text(_after(words, b"stat:", 7)),
            text(_after(words, b"err:", 3)),
            _after(words, b"submit date:", 10),
        )


def _after(words: bytes, label: bytes, size: int) -> bytes:
    at = words.lower().find(label)
    return words[at + len(label) : at + len(label) + size] if at >= 0 else b""
