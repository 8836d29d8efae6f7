"""A department's system that speaks CMPP: the project's own client, as it speaks to a carrier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from channels.carrier.alphabet import Format
from channels.carrier.common_head import ANSWER, write
from channels.carrier.frame import Frame
from channels.carrier.gateway import Report, Text
from channels.carrier.link import Link
from channels.carrier.long_text import Piece, pieces
from channels.clock import Clock
from channels.cmpp.dialect import Cmpp, CmppSettings
from channels.cmpp.pdu import Answer, Command, Submit, layout_of
from tests.contract.listener.listening import LONG, NUMBER, PATIENT, PHONE, Bench

OTHER = "桥下积水，已有两辆车被困在里面。" * 9


@dataclass
class CmppSystem:
    """reports: what came, as the client reads it. answers: whether it acknowledges; misspeaks: in bytes
    that are no answer."""

    link: Link
    version: int
    reports: list[Report | Text] = field(default_factory=list)
    answers: bool = True
    misspeaks: bool = False
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, message: Submit) -> tuple[int, int]:
        """Result and Msg_Id."""
        frame = await raw(self, Command.SUBMIT, message.body(layout_of(self.version)))
        answer = Answer.read(frame.body)
        return answer.result, answer.message_id

    async def submit_to(self, message: Submit, *numbers: str) -> tuple[int, int]:
        """To several numbers at once: the specification's layout, which the client never writes."""
        start, width = (129, 32) if self.version == 0x30 else (117, 21)
        body = message.body(layout_of(self.version))
        group = b"".join(number.encode().ljust(width, b"\0") for number in numbers)
        count = bytes((len(numbers),))
        frame = await raw(self, Command.SUBMIT, body[: start - 1] + count + group + body[start + width :])
        answer = Answer.read(frame.body)
        return answer.result, answer.message_id

    async def submit_as(self, sequence: int, message: Submit) -> tuple[int, int]:
        """Under a sequence number of the test's."""
        self.link._sequence = sequence - 1
        return await self.submit(message)

    async def submit_all(self, messages: list[Submit]) -> list[tuple[int, int]]:
        """Of all at once."""
        return list(await asyncio.gather(*(self.submit(one) for one in messages)))

    def heard(self, link: Link, frame: Frame) -> None:
        wire = dialect(self.version)
        if wire.answer(link, frame):
            return
        self.reports.append(wire.heard(frame))
        self.came.set()
        if self.misspeaks:
            link.tell(write(frame.command | ANSWER, frame.sequence, b"\0\0\0"))
        elif self.answers:
            link.tell(wire.taken(frame, stored=True))


class _NoClock:
    def now_ms(self) -> int:
        raise AssertionError


_NO_CLOCK = _NoClock()


def dialect(version: int, name: str = "x", clock: Clock = _NO_CLOCK) -> Cmpp:
    """The client's side of the protocol."""
    return Cmpp(CmppSettings(name, version), clock)


async def log_in(one: CmppSystem, name: str, secret: str, clock: Clock) -> None:
    """As the client does it. Raises what it raises."""
    await dialect(one.version, name, clock).log_in(one.link, secret)


async def sent_by_client(one: CmppSystem, source: str, to: str, words: str) -> str:
    """The id the client reads from the answer. Raises what it makes of a refusal."""
    piece = Piece(Format.UCS2, words.encode("utf-16-be"))
    wire = dialect(one.version)
    return wire.submitted(await one.link.ask(wire.submit(source, to, piece)))


@asynccontextmanager
async def connected(port: int, version: int = 0x30) -> AsyncIterator[CmppSystem]:
    """Connected, not logged in."""
    made: list[CmppSystem] = []
    wire = dialect(version)
    _, link = await asyncio.get_running_loop().create_connection(
        lambda: Link(wire, PATIENT, lambda link, frame: made[0].heard(link, frame)), "127.0.0.1", port
    )
    made.append(CmppSystem(link, version))
    try:
        yield made[0]
    finally:
        link.close("over")


@asynccontextmanager
async def logged_in(bench: Bench, version: int = 0x30) -> AsyncIterator[CmppSystem]:
    """Connected and logged in with the login of the bench."""
    async with connected(bench.port, version) as one:
        await log_in(one, bench.login.system_id, bench.login.secret, bench.office.clock)
        yield one


def text(words: str = "护栏已修好", to: str = PHONE, **other: object) -> Submit:
    """A text of one part, as the client cuts it."""
    [part] = pieces(words, reference=lambda: 0)
    plain = _submit(to, part)
    return replace(plain, **other)  # type: ignore[arg-type]


def parts(words: str = LONG, reference: int = 7, to: str = PHONE, **other: object) -> list[Submit]:
    """A long text, as the client cuts it."""
    cut = pieces(words, reference=lambda: reference)
    return [replace(_submit(to, one), **other) for one in cut]  # type: ignore[arg-type]


def _submit(to: str, part: Piece) -> Submit:
    return Submit(
        source=NUMBER,
        destination=to,
        content=part.content,
        form=int(part.form),
        sp_id="901234",
        has_head=part.has_head,
        total=part.total,
        number=part.number,
        wants_receipt=False,
    )


async def raw(one: CmppSystem, command: int, body: bytes = b"") -> Frame:
    """What a request of the test's own bytes is answered with."""
    return await one.link.ask(lambda sequence: write(command, sequence, body))
