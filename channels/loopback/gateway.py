"""A played gateway of a carrier on the loopback interface: what all protocols have in common, and the faults.

The protocols themselves (`cmpp.py`, `smgp.py`) read and write by their own tables of offsets, never with the
client's code, so that both cannot share a mistake. A gateway checks the login and the window, gives every
part an id, sends receipts, and pushes what citizens write, whole or in parts.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from types import TracebackType
from typing import ClassVar, Self

HOST = "127.0.0.1"
_BEIJING = timezone(timedelta(hours=8))
_ANSWER = 0x80000000

Field = tuple[int, int]
"""Offset from the first byte of a message, and size."""


class Trouble(StrEnum):
    """What goes wrong with a SUBMIT, or with another request that is named."""

    RESULT = "result"  # answered with `code`, not taken
    SILENT = "silent"  # taken, never answered
    LATE = "late"  # taken, answered after `seconds`
    TWICE = "twice"  # taken, answered twice
    WRONG_SEQUENCE = "wrong_sequence"  # an answer to something else first, then the right one
    CUT = "cut"  # taken, then the connection is reset without an answer
    HALF = "half"  # taken, half an answer, then the end
    RECEIPT_FIRST = "receipt_first"  # taken, the receipt before the answer
    RECEIPT_LATE = "receipt_late"  # taken, the receipt after `seconds`
    RECEIPT_TWICE = "receipt_twice"  # taken, two receipts


@dataclass(slots=True)
class Fault:
    """Strikes the requests from the `first` one on (1 = the next), so many times. to: only those to this
    number, as it travels; "" = any."""

    trouble: Trouble
    first: int = 1
    times: int = 1
    code: int = 8
    seconds: float = 0.2
    to: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One part that was taken. id: in hex, as its answer carries it."""

    id: str
    fields: Mapping[str, bytes]
    content: bytes
    source: str
    destination: str
    wants_receipt: bool

    def number(self, name: str) -> int:
        return int.from_bytes(self.fields[name], "big")

    def text(self, name: str) -> str:
        return self.fields[name].rstrip(b"\0").decode("ascii")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a gateway brings. id: 0 = a new one. has_head: TP_udhi, 0, 1 or 0x40. form: Msg_Fmt."""

    sender: str
    recipient: str
    content: bytes
    has_head: int = 0
    form: int = 8
    id: int = 0
    is_receipt: bool = False


@dataclass(slots=True)
class _Session:
    """A connection of the hub."""

    writer: asyncio.StreamWriter
    logged_in: bool = False
    unanswered: int = 0
    sequence: int = 0
    pushed: dict[int, asyncio.Future[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """version: of the protocol. window: requests it holds at once. state: of every receipt, "" for none.

    login_status: what a login is answered with. login_layout: CMPP, the version of that answer, 0 = its own.
    chunk: bytes a segment, 0 = as they come. tests: whether keep-alive is answered. receipt_bytes: CMPP, 60
    or 71. answer_seconds: before each answer. again_seconds: what it brings and the hub does not answer in
    this time, or before the connection ends, it brings again; 0 = never.
    """

    version: int = 3
    window: int = 16
    state: str = "DELIVRD"
    login_status: int = 0
    login_layout: int = 0
    chunk: int = 0
    tests: bool = True
    receipt_bytes: int = 0
    answer_seconds: float = 0.0
    again_seconds: float = 0.0


class PlayedGateway(ABC):
    """Use it with `async with`. Commands are numbers of the protocol."""

    LOGIN: ClassVar[int]
    SUBMIT: ClassVar[int]
    DELIVER: ClassVar[int]
    TEST: ClassVar[int]
    GOODBYE: ClassVar[int]
    TEST_BODY: ClassVar[bytes]
    STRUCTURE: ClassVar[int]
    """The result for a message whose structure is wrong."""
    BUSY: ClassVar[int]
    """The result for more than the window holds."""
    HAS_STATUS: ClassVar[bool] = False
    """Whether the head has a status, before the sequence number."""
    SEQUENCE_BYTES: ClassVar[int] = 4

    def __init__(
        self,
        login: str,
        secret: str,
        now_ms: Callable[[], int],
        plan: GatewayPlan | None = None,
        *,
        note: Callable[[Taken], None] | None = None,
    ) -> None:
        """note: takes each part before it is answered, instead of `taken`: for a gateway that runs long."""
        self._login, self._secret = login.encode(), secret.encode()
        self._now_ms = now_ms
        self._note = note or (lambda part: self.taken.append(part))
        self.plan = plan or GatewayPlan()
        self.heard: list[bytes] = []
        """Every message of the hub, as it came."""
        self.taken: list[Taken] = []
        self.faults: list[Fault] = []
        self.logins = 0
        self.refused: list[int] = []
        self.tested = 0
        self.most_unanswered = 0
        self.changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._sessions: list[_Session] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._counter = 0

    # --- what a protocol says of itself ---

    @abstractmethod
    def _judged(self, data: bytes) -> tuple[int, bytes]:
        """The status of a login, and the body of its answer."""

    @abstractmethod
    def _parsed(self, data: bytes) -> Taken | None:
        """A message to send, None when its structure is wrong."""

    @abstractmethod
    def _result_body(self, id: str, result: int) -> bytes:
        """The body of the answer to it; id is "" for a refused one."""

    @abstractmethod
    def _delivery(self, pushed: Pushed) -> bytes:
        """The body that brings this."""

    @abstractmethod
    def _told(self, data: bytes) -> int:
        """The result in the hub's answer to a delivery."""

    @abstractmethod
    def _receipt(self, taken: Taken, state: str) -> Pushed:
        """A receipt for one part."""

    def rotate(self, secret: str) -> None:
        """From the next login on it is this one."""
        self._secret = secret.encode()

    # --- its life ---

    async def start(self, port: int = 0) -> int:
        """Listens; the port."""
        self._server = await asyncio.start_server(self._serve, HOST, port)
        bound: tuple[str, int] = self._server.sockets[0].getsockname()
        return bound[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        for session in self._sessions:
            session.writer.close()
        if self._server is not None:
            await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        self.port = await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def connections(self) -> int:
        """Of the hub, logged in."""
        return sum(session.logged_in for session in self._sessions)

    async def until(self, holds: Callable[[], bool], seconds: float = 10.0) -> None:
        """Returns when something holds; asked whenever something happened. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds), self.changed:
            await self.changed.wait_for(holds)

    # --- what it does of itself ---

    async def push(
        self, sender: str, recipient: str, content: bytes, *, has_head: int = 0, form: int = 8, id: int = 0
    ) -> int:
        """A citizen's text, or a part of one; the result of the hub's answer, -1 when the connection ended.

        The others: as in `Pushed`.
        """
        return await self._bring(Pushed(sender, recipient, content, has_head, form, id))

    async def report(self, taken: Taken, state: str) -> int:
        """A receipt for one part."""
        return await self._bring(self._receipt(taken, state))

    async def _bring(self, pushed: Pushed) -> int:
        body, again = self._delivery(pushed), self.plan.again_seconds
        if not again:
            return await self._ask(self._up(), self.DELIVER, body)
        while True:
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(again):
                    result = await self._ask(self._up(), self.DELIVER, body)
                if result >= 0:
                    return result
            with suppress(TimeoutError):
                await self.until(lambda: self.connections > 0, again)

    async def say_goodbye(self) -> None:
        """On every connection."""
        for session in [one for one in self._sessions if one.logged_in]:
            await self._ask(session, self.GOODBYE, b"")

    def write_raw(self, data: bytes) -> None:
        """Bytes as they are, to the first connection."""
        self._up().writer.write(data)

    def cut(self) -> None:
        """Resets every connection."""
        for session in self._sessions:
            session.writer.transport.abort()

    # --- connections ---

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(writer)
        self._sessions.append(session)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readexactly(4)
                length = int.from_bytes(head, "big")
                await self._take(session, head + await reader.readexactly(length - 4))
        session.logged_in = False
        self._sessions.remove(session)
        for answer in session.pushed.values():
            if not answer.done():
                answer.set_result(-1)
        writer.close()
        await self._tell_changed()

    async def _take(self, session: _Session, data: bytes) -> None:
        self.heard.append(data)
        command, at = int.from_bytes(data[4:8], "big"), 12 if self.HAS_STATUS else 8
        sequence = int.from_bytes(data[at : at + self.SEQUENCE_BYTES], "big")
        if command & _ANSWER:
            answer = session.pushed.pop(sequence, None)
            if answer is not None and not answer.done():
                answer.set_result(self._told(data) if command == self.DELIVER | _ANSWER else 0)
            return
        if command == self.LOGIN:
            self.logins += 1
            status, body = self._judged(data)
            session.logged_in = status == 0
            self._answer(session, self.LOGIN, sequence, body, status)
        elif command == self.GOODBYE:
            self._answer(session, self.GOODBYE, sequence, b"")
            session.writer.close()
        elif command == self.TEST:
            self.tested += 1
            if self.plan.tests:
                self._answer(session, self.TEST, sequence, self.TEST_BODY)
        elif command == self.SUBMIT:
            self._submit(session, data, sequence)
        await self._tell_changed()

    def _submit(self, session: _Session, data: bytes, sequence: int) -> None:
        taken = self._parsed(data)
        session.unanswered += 1
        self.most_unanswered = max(self.most_unanswered, session.unanswered)
        fault = self._fault(taken.destination if taken else "")
        refused = 0
        if not session.logged_in or taken is None:
            refused = self.STRUCTURE
        elif session.unanswered > self.plan.window:
            refused = self.BUSY
        elif fault is not None and fault.trouble is Trouble.RESULT:
            refused = fault.code
        if refused or taken is None:
            self.refused.append(refused)
            self._later(self._result(session, sequence, "", refused))
            return
        self._note(taken)
        self._later(self._answered(session, sequence, taken, fault))

    async def _answered(self, session: _Session, sequence: int, taken: Taken, fault: Fault | None) -> None:
        trouble = fault.trouble if fault else None
        if self.plan.answer_seconds:
            await asyncio.sleep(self.plan.answer_seconds)
        if trouble is Trouble.CUT:
            session.writer.transport.abort()
            return
        if trouble is Trouble.HALF:
            session.writer.write((24).to_bytes(4, "big") + (self.SUBMIT | _ANSWER).to_bytes(4, "big"))
            session.writer.close()
            return
        if trouble is Trouble.RECEIPT_FIRST:
            await self.report(taken, self.plan.state)
        if trouble is Trouble.LATE and fault is not None:
            await asyncio.sleep(fault.seconds)
        if trouble is Trouble.WRONG_SEQUENCE:
            body = self._result_body("1".zfill(len(taken.id)), 0)
            self._answer(session, self.SUBMIT, sequence ^ 0x40000000, body)
        if trouble is Trouble.SILENT:
            session.unanswered -= 1  # for the gateway it is done
        else:
            await self._result(session, sequence, taken.id, 0)
        if trouble is Trouble.TWICE:
            await self._result(session, sequence, taken.id, 0)
        wants = self.plan.state and taken.wants_receipt
        if wants and trouble is not Trouble.RECEIPT_FIRST:
            if trouble is Trouble.RECEIPT_LATE and fault is not None:
                await asyncio.sleep(fault.seconds)
            for _ in range(2 if trouble is Trouble.RECEIPT_TWICE else 1):
                with suppress(ConnectionError):
                    await self.report(taken, self.plan.state)

    async def _result(self, session: _Session, sequence: int, id: str, result: int) -> None:
        session.unanswered -= 1
        self._answer(session, self.SUBMIT, sequence, self._result_body(id, result), result)

    # --- within ---

    def _fault(self, to: str) -> Fault | None:
        meant = [fault for fault in self.faults if fault.to in ("", to)]
        for fault in meant:
            fault.first -= 1
        for fault in meant:
            if fault.first < 1 and fault.times:
                fault.times -= 1
                return fault
        return None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_ms() / 1000, _BEIJING)

    def _next_number(self) -> int:
        self._counter += 1
        return self._counter

    def _up(self) -> _Session:
        for session in self._sessions:
            if session.logged_in:
                return session
        raise ConnectionError("the hub is not connected")

    async def _ask(self, session: _Session, command: int, body: bytes) -> int:
        session.sequence += 1
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        session.pushed[session.sequence] = answer
        self._write(session, command, session.sequence, body)
        return await answer

    def _answer(self, session: _Session, command: int, sequence: int, body: bytes, status: int = 0) -> None:
        self._write(session, command | _ANSWER, sequence, body, status)

    def _write(self, session: _Session, command: int, sequence: int, body: bytes, status: int = 0) -> None:
        if session.writer.is_closing():
            return
        told = status.to_bytes(4, "big") if self.HAS_STATUS else b""
        head = command.to_bytes(4, "big") + told + sequence.to_bytes(self.SEQUENCE_BYTES, "big")
        data = (4 + len(head + body)).to_bytes(4, "big") + head + body
        step = self.plan.chunk or len(data)
        for at in range(0, len(data), step):
            session.writer.write(data[at : at + step])

    def _later(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_changed(self) -> None:
        async with self.changed:
            self.changed.notify_all()


def parts_of(reference: int, contents: Sequence[bytes], *, wide: bool = False) -> list[bytes]:
    """Contents with the heads of one long text, as handsets write them; wide: a reference of two bytes."""
    heads = (
        bytes((6, 8, 4, reference >> 8, reference & 0xFF, len(contents), number))
        if wide
        else bytes((5, 0, 3, reference & 0xFF, len(contents), number))
        for number in range(1, len(contents) + 1)
    )
    return [head + content for head, content in zip(heads, contents, strict=True)]
