"""The messages of SMPP, byte by byte.

Integers are unsigned and big-endian; texts end with a zero byte. The head has a status beside command and
sequence number; a frame's body begins with it here. Source: SMPP 3.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct

from channels.carrier.frame import BadFrame, Frame, Framer
from channels.carrier.long_text import Place, split_head
from channels.carrier.template import Template

HEAD = Struct(">IIII")
ANSWER = 0x80000000
MOST_BYTES = 16_384
_STATUS = Struct(">I")
STATUS_BYTES = _STATUS.size


class Command(IntEnum):
    """What a message asks; its answer has the highest bit set."""

    GENERIC_NACK = 0x80000000
    BIND_RECEIVER = 1
    BIND_TRANSMITTER = 2
    SUBMIT_SM = 4
    DELIVER_SM = 5
    UNBIND = 6
    BIND_TRANSCEIVER = 9
    ENQUIRE_LINK = 0x15


class Tag(IntEnum):
    """Of optional fields; others are skipped."""

    RECEIPTED_ID = 0x001E
    USER_REFERENCE = 0x0204
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    PAYLOAD = 0x0424
    STATE = 0x0427


class Malformed(BadFrame):
    """A message whose body cannot be read."""


def framer() -> Framer:
    """For one connection."""
    return Framer(_read, least=HEAD.size, most=MOST_BYTES)


def _read(data: bytes, at: int, end: int) -> Frame:
    _, command, _, sequence = HEAD.unpack_from(data, at)
    return Frame(command, sequence, data[at + 8 : at + 12] + data[at + HEAD.size : end])


def write(command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> bytes:
    """A whole message."""
    return HEAD.pack(HEAD.size + len(body), command, status, sequence) + body


def status_of(frame: Frame) -> int:
    """Of an answer; 0 is well."""
    found: int = _STATUS.unpack_from(frame.body)[0]
    return found


def _c(text: str, most: int) -> bytes:
    """A text with its zero byte, which counts."""
    return text.encode("ascii", "replace")[: most - 1] + b"\0"


class _Reader:
    """Takes fields off a body, one after the other."""

    def __init__(self, body: bytes, at: int = 0) -> None:
        self._body = body
        self._at = at

    def text(self) -> str:
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise Malformed("a text without an end")
        found = self._body[self._at : end].decode("ascii", "replace")
        self._at = end + 1
        return found

    def byte(self) -> int:
        if self._at >= len(self._body):
            raise Malformed("cut off")
        self._at += 1
        return self._body[self._at - 1]

    def raw(self, size: int) -> bytes:
        found = self._body[self._at : self._at + size]
        if len(found) < size:
            raise Malformed("cut off")
        self._at += size
        return found

    def options(self) -> Mapping[int, bytes]:
        """Optional fields by tag; what is cut off is left out."""
        found: dict[int, bytes] = {}
        while self._at + 4 <= len(self._body):
            tag = int.from_bytes(self._body[self._at : self._at + 2], "big")
            size = int.from_bytes(self._body[self._at + 2 : self._at + 4], "big")
            value = self._body[self._at + 4 : self._at + 4 + size]
            if len(value) < size:
                break
            found[tag] = value
            self._at += 4 + size
        return found


@dataclass(frozen=True, slots=True)
class Bind:
    """BIND_TRANSCEIVER, BIND_TRANSMITTER and BIND_RECEIVER."""

    system_id: str
    password: str
    system_type: str = ""

    def body(self) -> bytes:
        """interface_version, ton, npi and address_range stand at the end."""
        who = _c(self.system_id, 16) + _c(self.password, 9) + _c(self.system_type, 13)
        return who + bytes((0x34, 0, 0, 0))

    @classmethod
    def read(cls, body: bytes) -> Bind:
        """body: of a frame, its status first. What stands behind the names is not needed."""
        reader = _Reader(body, STATUS_BYTES)
        return cls(reader.text(), reader.text(), reader.text())


PARTS = 0x40
"""The bit of esm_class that says a head stands before the content; others may be set beside it."""


@dataclass(frozen=True, slots=True)
class Short:
    """SUBMIT_SM and DELIVER_SM, which look alike. ton, npi: of source and destination.

    esm_class: bits for parts (0x40) and receipts. coding: the alphabet. options: by tag.
    schedule, validity: `YYMMDDhhmmsstnnp`, "" = at once, as the other side likes.
    """

    source: str
    destination: str
    content: bytes
    coding: int
    esm_class: int = 0
    service_type: str = ""
    source_ton: tuple[int, int] = (0, 0)
    destination_ton: tuple[int, int] = (1, 1)
    wants_receipt: bool = False
    options: Mapping[int, bytes] = field(default_factory=dict)
    schedule: str = ""
    validity: str = ""

    def body(self) -> bytes:
        return self.template().filled(self.destination, self.content)

    def template(self) -> Template:
        """The same for any destination and content."""
        source = _c(self.service_type, 6) + bytes(self.source_ton) + _c(self.source, 21)
        times = _c(self.schedule, 17) + _c(self.validity, 17)
        flags = bytes((self.esm_class, 0, 0)) + times + bytes((int(self.wants_receipt), 0, self.coding, 0))
        options = (
            tag.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
            for tag, value in self.options.items()
        )
        before, between = source + bytes(self.destination_ton), b"\0" + flags
        return Template(before, between, b"".join(options), most=20)

    @classmethod
    def read(cls, body: bytes) -> Short:
        """body: of a frame, its status first."""
        reader = _Reader(body, STATUS_BYTES)
        service = reader.text()
        source_ton, source = (reader.byte(), reader.byte()), reader.text()
        destination_ton, destination = (reader.byte(), reader.byte()), reader.text()
        esm_class, _, _ = reader.byte(), reader.byte(), reader.byte()
        schedule, validity = reader.text(), reader.text()
        registered, _, coding, _ = reader.byte(), reader.byte(), reader.byte(), reader.byte()
        content = reader.raw(reader.byte())
        return cls(
            source=source,
            destination=destination,
            content=content,
            coding=coding,
            esm_class=esm_class,
            service_type=service,
            source_ton=source_ton,
            destination_ton=destination_ton,
            wants_receipt=bool(registered & 1),
            options=reader.options(),
            schedule=schedule,
            validity=validity,
        )

    @property
    def text(self) -> bytes:
        """The content, wherever it stands."""
        return self.content or self.options.get(Tag.PAYLOAD, b"")


def placed(message: Short) -> tuple[Place | None, bytes]:
    """Where a text's part belongs: said by a head, or by optional fields."""
    if message.esm_class & PARTS:
        place, content = split_head(message.text)
        if place is not None:
            return place, content
    else:
        content = message.text
    numbers = [
        int.from_bytes(message.options.get(tag, b""), "big")
        for tag in (Tag.SAR_REFERENCE, Tag.SAR_TOTAL, Tag.SAR_NUMBER)
    ]
    reference, total, number = numbers
    return (Place(f"{reference:04x}", total, number) if 1 <= number <= total != 1 else None), content


def message_id(frame: Frame) -> str:
    """Of the answer to SUBMIT_SM."""
    return _Reader(frame.body, STATUS_BYTES).text()
