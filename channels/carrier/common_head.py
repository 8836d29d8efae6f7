"""What CMPP and SMGP share: a head of length, command and sequence number, the proof of a login, the answers
that need no thought."""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import md5
from struct import Struct
from typing import ClassVar, Protocol, TypeVar

from channels.carrier.account import LoginRefused
from channels.carrier.frame import BadFrame, Frame, Framer
from channels.carrier.link import Link

log = logging.getLogger(__name__)

HEAD = Struct(">III")
ANSWER = 0x80000000
"""The bit that makes an answer of a command."""
MOST_BYTES = 4096


def framer() -> Framer:
    """For one connection."""
    return Framer(_read, least=HEAD.size, most=MOST_BYTES)


def _read(data: bytes, at: int, end: int) -> Frame:
    _, command, sequence = HEAD.unpack_from(data, at)
    return Frame(command, sequence, data[at + HEAD.size : end])


def write(command: int, sequence: int, body: bytes = b"") -> bytes:
    """A whole message."""
    return HEAD.pack(HEAD.size + len(body), command, sequence) + body


def text(field: bytes) -> str:
    """What stands in a field before its first zero byte."""
    return field.partition(b"\0")[0].decode("ascii", "replace").strip()


def digest(*parts: bytes) -> bytes:
    """MD5, as both protocols prove a secret; 16 bytes."""
    return md5(b"".join(parts)).digest()  # noqa: S324 — the protocols say so


def is_proved(proof: bytes, *, status: int, ours: bytes, secret: bytes) -> bool:
    """Whether the answer to a login shows that the gateway knows the secret. ours: our own proof.

    The status is hashed in one byte by some gateways, in four by others.
    """
    sizes = (1, 4) if status < 256 else (4,)
    return proof in {digest(status.to_bytes(size, "big"), ours, secret) for size in sizes}


class _Judged(Protocol):
    """The answer to a login. status 0: logged in."""

    @property
    def status(self) -> int: ...


A = TypeVar("A", bound=_Judged)


async def logged_in(
    link: Link,
    command: int,
    body: bytes,
    read: Callable[[bytes], A],
    refused: Callable[[int], LoginRefused],
) -> A:
    """What a gateway answers to a login, read by `read`. Raises what `refused` makes of its status (-1 for an
    answer that cannot be read), `NoAnswer` or `NotSent`."""
    frame = await link.ask(lambda sequence: write(command, sequence, body))
    try:
        answer = read(frame.body)
    except BadFrame:
        raise refused(-1) from None
    if answer.status:
        raise refused(answer.status)
    return answer


def note_unproved(*, proved: bool) -> None:
    """A gateway that does not show that it knows the secret is told of; many hash it their own way."""
    if not proved:
        log.warning("carrier.gateway_not_proved")


class CommonHead:
    """The half of a protocol that both speak alike. Commands are numbers of the protocol."""

    TEST: ClassVar[int]
    TEST_ANSWER: ClassVar[bytes]
    GOODBYE: ClassVar[int]
    DELIVER: ClassVar[int]

    def framer(self) -> Framer:
        return framer()

    def is_answer(self, frame: Frame) -> bool:
        return bool(frame.command & ANSWER)

    def sequence(self, counter: int) -> int:
        return counter

    def keep_alive(self, sequence: int) -> bytes:
        return write(self.TEST, sequence)

    def unanswered(self, sequence: int) -> str:
        return ""

    def goodbye(self, sequence: int) -> bytes:
        return write(self.GOODBYE, sequence)

    def answer(self, link: Link, frame: Frame) -> bool:
        """See `Protocolled`. A goodbye ends the connection."""
        if frame.command == self.TEST:
            link.tell(write(self.TEST | ANSWER, frame.sequence, self.TEST_ANSWER))
        elif frame.command == self.GOODBYE:
            link.tell(write(self.GOODBYE | ANSWER, frame.sequence))
            link.end("goodbye-of-peer")
        elif frame.command != self.DELIVER:
            log.info("carrier.command_unknown", extra={"command": frame.command})
        else:
            return False
        return True
