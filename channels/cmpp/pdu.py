"""The messages of CMPP, byte by byte.

Integers are unsigned and big-endian; texts are left-aligned and filled with zero bytes. Version 2.0 and 3.0
differ in the width of numbers, of results and of what stands at the end. Source: China Mobile, CMPP 2.0 and
3.0.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from channels.carrier.common_head import digest, is_proved, text
from channels.carrier.frame import BadFrame
from channels.carrier.template import Template


class Command(IntEnum):
    """What a message asks; its answer has the highest bit set."""

    CONNECT = 1
    TERMINATE = 2
    SUBMIT = 4
    DELIVER = 5
    ACTIVE_TEST = 8


class Malformed(BadFrame):
    """A message whose body cannot be read."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One version. login_answer, answer: by the width of the status. submit: up to the number.
    deliver: up to and with Msg_Length. destination: bytes of a number; kind: of what says its kind. tail:
    bytes behind the content."""

    version: int
    login_answer: Struct
    answer: Struct
    submit: Struct
    deliver: Struct
    destination: int
    kind: int
    tail: int


CMPP_2 = Layout(
    version=0x20,
    login_answer=Struct(">B16sB"),
    answer=Struct(">QB"),
    submit=Struct(">Q4B10sB21s3B6s2s6s17s17s21sB"),
    deliver=Struct(">Q21s10s3B21sBB"),
    destination=21,
    kind=0,
    tail=8,
)
CMPP_3 = Layout(
    version=0x30,
    login_answer=Struct(">I16sB"),
    answer=Struct(">QI"),
    submit=Struct(">Q4B10sB32sx3B6s2s6s17s17s21sB"),
    deliver=Struct(">Q21s10s3B32sxBB"),
    destination=32,
    kind=1,
    tail=20,
)


def layout_of(version: int) -> Layout:
    """0x21, and what some gateways write in its place, has the layout of 2.0."""
    return CMPP_3 if version >= 0x30 else CMPP_2


# --- the login ---


@dataclass(frozen=True, slots=True)
class Login:
    """timestamp: `MMDDhhmmss`, Beijing; it travels as a number and is hashed with its leading zero.

    pads_id: whether an id shorter than six characters is hashed with zero bytes behind it.
    """

    sp_id: str
    secret: bytes
    version: int
    timestamp: str
    pads_id: bool = True

    @property
    def proof(self) -> bytes:
        """AuthenticatorSource, 16 bytes."""
        source = self.sp_id.encode()
        source = source.ljust(6, b"\0") if self.pads_id else source
        return digest(source, bytes(9), self.secret, self.timestamp.encode())

    def body(self) -> bytes:
        """CONNECT."""
        return _LOGIN.pack(self.sp_id.encode(), self.proof, self.version, int(self.timestamp))

    def is_answered_by(self, answer: LoginAnswer) -> bool:
        """Whether the gateway knows the secret too."""
        return is_proved(answer.proof, status=answer.status, ours=self.proof, secret=self.secret)


_LOGIN = Struct(">6s16sBI")


@dataclass(frozen=True, slots=True)
class LoginAsked:
    """CONNECT, as it came. timestamp: `MMDDhhmmss` as a number."""

    sp_id: str
    proof: bytes
    version: int
    timestamp: int

    @classmethod
    def read(cls, body: bytes) -> LoginAsked:
        if len(body) < _LOGIN.size:
            raise Malformed("CONNECT")
        name, proof, version, timestamp = _LOGIN.unpack_from(body)
        return cls(text(name), proof, version, timestamp)

    def with_secret(self, secret: bytes) -> Login:
        """As somebody who has this secret would have asked."""
        return Login(self.sp_id, secret, self.version, f"{self.timestamp:010d}")


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """CONNECT_RESP. status 0: logged in."""

    status: int
    proof: bytes
    version: int

    @classmethod
    def read(cls, body: bytes) -> LoginAnswer:
        """By its length: servers answer in the layout of the other version too."""
        for layout in (CMPP_2, CMPP_3):
            if len(body) == layout.login_answer.size:
                return cls(*layout.login_answer.unpack(body))
        raise Malformed("CONNECT_RESP")

    def body(self, layout: Layout) -> bytes:
        return layout.login_answer.pack(self.status, self.proof, self.version)


# --- what is sent and what comes ---


@dataclass(frozen=True, slots=True)
class Submit:
    """SUBMIT to one number. source: access number and extension. total, number: of its parts, from 1.
    valid_until, at: `YYMMDDhhmmsstnnp`, "" = as the gateway likes, now.

    fee_type, fee_code: as the contract says; FeeType "01" is free of charge, "02" each text.
    """

    source: str
    form: int
    sp_id: str
    destination: str = ""
    content: bytes = b""
    service_id: str = ""
    has_head: bool = False
    total: int = 1
    number: int = 1
    fee_type: str = "01"
    fee_code: str = "000000"
    fee_user: int = 2
    level: int = 0
    valid_until: str = ""
    wants_receipt: bool = True
    at: str = ""

    def body(self, layout: Layout) -> bytes:
        return self.template(layout).filled(self.destination, self.content)

    def template(self, layout: Layout) -> Template:
        """The same for any destination and content."""
        start = layout.submit.pack(
            0,
            self.total,
            self.number,
            int(self.wants_receipt),
            self.level,
            self.service_id.encode(),
            self.fee_user,
            b"",  # Fee_terminal_Id: whoever sends pays
            0,  # TP_pId
            int(self.has_head),
            self.form,
            self.sp_id.encode(),
            self.fee_type.encode(),
            self.fee_code.encode(),
            self.valid_until.encode(),
            self.at.encode(),
            self.source.encode(),
            1,
        )
        width = layout.destination
        return Template(start, bytes(layout.kind), bytes(layout.tail), most=width, width=width)


class Answer(NamedTuple):
    """SUBMIT_RESP and DELIVER_RESP."""

    message_id: int
    result: int

    @classmethod
    def read(cls, body: bytes) -> Answer:
        """By its length."""
        for layout in (CMPP_2, CMPP_3):
            if len(body) == layout.answer.size:
                return cls(*layout.answer.unpack(body))
        raise Malformed("SUBMIT_RESP")

    def body(self, layout: Layout) -> bytes:
        return layout.answer.pack(self.message_id, self.result)


@dataclass(frozen=True, slots=True)
class Deliver:
    """DELIVER: a text to us, or a receipt. recipient: access number and extension that was written to."""

    message_id: int
    recipient: str
    sender: str
    form: int
    has_head: bool
    is_receipt: bool
    content: bytes
    service_id: str = ""

    @classmethod
    def read(cls, body: bytes, layout: Layout) -> Deliver:
        try:
            fields = layout.deliver.unpack_from(body)
        except StructError:
            raise Malformed("DELIVER") from None
        message_id, recipient, service, _, head, form, sender, kind, length = fields
        content = body[layout.deliver.size : layout.deliver.size + length]
        if len(content) < length:
            raise Malformed("DELIVER")
        return cls(
            message_id=message_id,
            recipient=text(recipient),
            sender=text(sender),
            form=form,
            has_head=bool(head & 0x41),  # mobile gateways write 0x40 where the specification says 1
            is_receipt=kind == 1,
            content=content,
            service_id=text(service),
        )

    def body(self, layout: Layout) -> bytes:
        fixed = layout.deliver.pack(
            self.message_id,
            self.recipient.encode(),
            self.service_id.encode(),
            0,
            int(self.has_head),
            self.form,
            self.sender.encode(),
            int(self.is_receipt),
            len(self.content),
        )
        return fixed + self.content + bytes(layout.tail)


@dataclass(frozen=True, slots=True)
class Report:
    """What a receipt says of one part. message_id: as its SUBMIT was answered. state: `DELIVRD` and others.
    submitted, done: `YYMMDDhhmm`, Beijing."""

    message_id: int
    state: str
    submitted: bytes
    done: bytes
    destination: str

    @classmethod
    def read(cls, content: bytes) -> Report:
        """By its length: some gateways of 2.0 write numbers of 32 bytes."""
        if len(content) < _REPORT.size + CMPP_2.destination:
            raise Malformed("receipt")
        message_id, state, submitted, done = _REPORT.unpack_from(content)
        wide = len(content) >= _REPORT.size + CMPP_3.destination
        end = _REPORT.size + (CMPP_3 if wide else CMPP_2).destination
        return cls(message_id, text(state), submitted, done, text(content[_REPORT.size : end]))

    def content(self, layout: Layout) -> bytes:
        number = self.destination.encode().ljust(layout.destination, b"\0")
        state = self.state.encode()
        return _REPORT.pack(self.message_id, state, self.submitted, self.done) + number + bytes(4)


_REPORT = Struct(">Q7s10s10s")
