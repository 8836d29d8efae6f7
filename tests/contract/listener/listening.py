"""A listener on a port of its own with a department's key, and a system that connects to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from channels.carrier.frame import Frame
from channels.carrier.link import Link, LinkLimits
from channels.carrier.long_text import pieces
from channels.cmpp.served import CmppServed
from channels.listener.connection import Connection
from channels.listener.contract import Served
from channels.listener.server import Server, ServerLimits
from channels.outbox.delivery import DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from channels.smpp import pdu
from channels.smpp.dialect import Smpp, SmppSettings
from channels.smpp.pdu import ANSWER, Bind, Command, Short, write
from channels.smpp.served import SmppServed
from hub.actions.departments.listener.follow_texts import FollowTexts
from hub.actions.departments.listener.logins import IssuedLogin, IssueLogin, ProveLogin
from hub.actions.departments.listener.take_part import TakePart
from hub.actions.departments.listener.tell_connected import TellConnected
from hub.actions.departments.listener.tell_texts import TellTexts, Wall
from hub.repositories.cases import CaseRepository
from hub.repositories.conversations import ConversationRepository
from hub.repositories.meaning_due import MeaningDueRepository
from tests.unit.channels.outbox.outbox_world import SENDER
from tests.unit.hub.actions.departments.department_office import Office, a_key, an_office

NUMBER = "12110"
PHONE = "13800138000"
LONG = "河边护栏断了一截，怕有人掉下去。" * 9
"""144 characters: three parts."""
PATIENT = LinkLimits(window=500, answer_seconds=10, idle_seconds=60)


@dataclass
class Bench:
    """login: of a key of TRAFFIC."""

    office: Office
    takes: TakePart
    server: Server
    follow: FollowTexts
    tell: TellConnected
    port: int
    login: IssuedLogin

    async def end(self, message_id: str, state: DeliveryState = DeliveryState.DELIVERED) -> None:
        """The text's row comes to its end."""
        [row] = (await self.office.outbox.reread([message_id])).values()
        await self.office.outbox.settle([Change(row, row.delivery.moved(state=DeliveryState.LEASED))])
        [row] = (await self.office.outbox.reread([message_id])).values()
        await self.office.outbox.settle([Change(row, settled(row.delivery, state, ""))])

    async def pass_time(self, seconds: float = 1) -> None:
        """Time passes, and what time does is done."""
        self.office.clock.advance(seconds=seconds)
        await self.follow.step()

    async def texts(self) -> list[str]:
        """Those in the outbox, in the order of their making."""
        found = [one.id async for one in self.office.documents.scan("outbox")]
        rows = (await self.office.outbox.reread(found)).values()
        return [row.delivery.text for row in sorted(rows, key=lambda row: row.delivery.created_at)]

    def connections(self) -> set[Connection]:
        """What is connected now."""
        return set(self.server._connections)

    async def gone(self) -> None:
        """Returns when nothing is connected any more."""
        async with asyncio.timeout(5):
            while self.connections():
                await asyncio.gather(*(one.closed for one in self.connections()))
                await asyncio.sleep(0)

    async def told(self) -> None:
        """Returns when everything that is due was told, or was tried."""
        await self.tell.step()
        await asyncio.gather(*self.tell._telling.values())
        await self.tell.step()


def takes_by(office: Office, way: str) -> TakePart:
    """Who takes in what comes by a protocol."""
    prove = ProveLogin(office.records, office.clock)
    numbers = {SENDER: NUMBER}
    return TakePart(
        office.documents, office.records, office.departments, office.submit, prove, office.clock, numbers, way
    )


@asynccontextmanager
async def listening(
    office: Office | None = None, limits: ServerLimits | None = None, way: str = "smpp"
) -> AsyncIterator[Bench]:
    """office: of a process that ended before."""
    office, is_new = office or an_office(), office is None
    if is_new:
        await office.registered()
    issued = await a_key(office)
    login = await IssueLogin(office.documents, office.records, office.clock)(
        "traffic", issued.key.id, by="admin"
    )
    takes = takes_by(office, way)
    served: dict[str, Callable[[], Served]] = {  # "get" has a site of its own
        "smpp": lambda: SmppServed(office.clock),
        "cmpp": lambda: CmppServed(office.clock),
    }
    server = Server(served.get(way, served["smpp"]), takes, limits)
    follow = FollowTexts(office.documents, office.records, office.states, office.clock)
    vault, documents = office.vault, office.documents
    wall = Wall(
        ConversationRepository(documents, vault),
        CaseRepository(documents, vault),
        MeaningDueRepository(documents, vault),
    )
    listened = office.records.listened
    texts = TellTexts(documents, listened, wall, server, office.clock)
    tell = TellConnected(documents, listened, server, office.clock, way, texts)
    port = await server.listen("127.0.0.1", 0)
    try:
        yield Bench(office, takes, server, follow, tell, port, login)
    finally:
        await tell.close()
        await server.close()


@dataclass
class System:
    """The project's own client, as a department's system. receipts: the words of those that came.
    texts: of citizens."""

    link: Link
    receipts: list[str] = field(default_factory=list)
    texts: list[Short] = field(default_factory=list)
    answers: bool = True
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def status(self, command: int, body: bytes = b"") -> int:
        """What a request is answered with."""
        return pdu.status_of(await self.link.ask(lambda sequence: write(command, sequence, body)))

    async def submit(self, message: Short) -> tuple[int, str]:
        """Status and message id."""
        return answered(
            await self.link.ask(lambda sequence: write(Command.SUBMIT_SM, sequence, message.body()))
        )

    async def submit_as(self, sequence: int, message: Short) -> tuple[int, str]:
        """Under a sequence number of the test's."""
        self.link._sequence = sequence - 1
        return await self.submit(message)

    async def submit_all(self, messages: list[Short]) -> list[tuple[int, str]]:
        """Of all at once."""
        return list(await asyncio.gather(*(self.submit(one) for one in messages)))

    def heard(self, link: Link, frame: Frame) -> None:
        if frame.command == Command.DELIVER_SM:
            message = Short.read(frame.body)
            if message.esm_class & 0x3C:
                self.receipts.append(message.content.decode())
            else:
                self.texts.append(message)
            self.came.set()
            if self.answers:
                link.tell(write(Command.DELIVER_SM | ANSWER, frame.sequence, b"\0"))
        elif frame.command == Command.UNBIND:
            link.tell(write(Command.UNBIND | ANSWER, frame.sequence))
        else:
            link.tell(write(frame.command | ANSWER, frame.sequence))


def answered(frame: Frame) -> tuple[int, str]:
    """Status and message id of an answer to SUBMIT_SM."""
    status = pdu.status_of(frame)
    return status, "" if status else pdu.message_id(frame)


@asynccontextmanager
async def connected(
    port: int, limits: LinkLimits = PATIENT, tls: ssl.SSLContext | None = None
) -> AsyncIterator[System]:
    """Connected, not bound."""
    loop = asyncio.get_running_loop()
    wire = Smpp(SmppSettings("x", "x", NUMBER))
    made: list[System] = []
    heard: Callable[[Link, Frame], None] = lambda link, frame: made[0].heard(link, frame)  # noqa: E731
    _, link = await loop.create_connection(
        lambda: Link(wire, limits, heard),
        "127.0.0.1",
        port,
        ssl=tls,
        server_hostname="localhost" if tls else None,
    )
    made.append(System(link))
    try:
        yield made[0]
    finally:
        link.close("over")


@asynccontextmanager
async def bound(bench: Bench, command: Command = Command.BIND_TRANSCEIVER) -> AsyncIterator[System]:
    """Connected and bound with the login of the bench."""
    async with connected(bench.port) as one:
        body = Bind(bench.login.system_id, bench.login.password).body()
        assert await one.status(command, body) == 0
        yield one


def text(words: str = "护栏已修好", to: str = PHONE, **other: object) -> Short:
    """A text of one part; `other` replaces fields."""
    plain = Short(NUMBER, to, words.encode("utf-16-be"), 8)
    return replace(plain, **other)  # type: ignore[arg-type]


def parts(words: str = LONG, reference: int = 7, to: str = PHONE, **other: object) -> list[Short]:
    """A long text as Kannel cuts it: esm_class 0x43."""
    cut = pieces(words, reference=lambda: reference)
    plain = [Short(NUMBER, to, one.content, int(one.form), 0x43 if one.has_head else 3) for one in cut]
    return [replace(one, **other) for one in plain]  # type: ignore[arg-type]
