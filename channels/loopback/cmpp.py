"""A played gateway (ISMG) of China Mobile on the loopback interface: CMPP 2.0 and 3.0, with its faults.

It reads and writes by its own tables of offsets, never with the client's code, so that both cannot share a
mistake. It checks the login and the window, gives every part an id as real gateways do, sends receipts, and
pushes what citizens write, whole or in parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from hashlib import md5
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_BEIJING = timezone(timedelta(hours=8))
_GATEWAY = 123456

Field = tuple[int, int]
"""Offset from the first byte of the message, and size."""

# Offsets of SUBMIT with one number, as the specifications give them.
_SUBMIT: Mapping[int, Mapping[str, Field]] = {
    2: {
        "Pk_total": (20, 1),
        "Pk_number": (21, 1),
        "Registered_Delivery": (22, 1),
        "Service_Id": (24, 10),
        "Fee_UserType": (34, 1),
        "TP_udhi": (57, 1),
        "Msg_Fmt": (58, 1),
        "Msg_src": (59, 6),
        "FeeType": (65, 2),
        "FeeCode": (67, 6),
        "Src_Id": (107, 21),
        "DestUsr_tl": (128, 1),
        "Dest_terminal_Id": (129, 21),
        "Msg_Length": (150, 1),
    },
    3: {
        "Pk_total": (20, 1),
        "Pk_number": (21, 1),
        "Registered_Delivery": (22, 1),
        "Service_Id": (24, 10),
        "Fee_UserType": (34, 1),
        "TP_udhi": (69, 1),
        "Msg_Fmt": (70, 1),
        "Msg_src": (71, 6),
        "FeeType": (77, 2),
        "FeeCode": (79, 6),
        "Src_Id": (119, 21),
        "DestUsr_tl": (140, 1),
        "Dest_terminal_Id": (141, 32),
        "Msg_Length": (174, 1),
    },
}
_CONTENT_AT = {2: 151, 3: 175}
_AFTER_CONTENT = {2: 8, 3: 20}
_NUMBER_BYTES = {2: 21, 3: 32}
_STATUS_BYTES = {2: 1, 3: 4}


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


@dataclass(slots=True)
class Fault:
    """Strikes the requests from the `first` one on (1 = the next), so many times."""

    trouble: Trouble
    first: int = 1
    times: int = 1
    code: int = 8
    seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Taken:
    """One part that was taken."""

    message_id: int
    fields: Mapping[str, bytes]
    content: bytes

    def number(self, name: str) -> int:
        return int.from_bytes(self.fields[name], "big")

    def text(self, name: str) -> str:
        return self.fields[name].rstrip(b"\0").decode("ascii")


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
    """version: 2 or 3. window: requests it holds at once. state: of every receipt, "" for no receipts.

    login_status: what CONNECT is answered with. login_layout: the layout of that answer, 0 = its own.
    chunk: bytes a segment, 0 = as they come. tests: whether ACTIVE_TEST is answered. receipt_bytes: 60 or 71.
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


class CmppGateway:
    """Use it with `async with`."""

    def __init__(
        self, sp_id: str, secret: str, now_ms: Callable[[], int], plan: GatewayPlan | None = None
    ) -> None:
        self._sp_id, self._secret = sp_id.encode(), secret.encode()
        self._now_ms = now_ms
        self.plan = plan or GatewayPlan()
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

    async def push(self, sender: str, recipient: str, content: bytes, **how: int) -> int:
        """A citizen's text, or a part of one; the result of the hub's answer, -1 when the connection ended.

        how: `udhi` (0, 1 or 0x40), `form` (Msg_Fmt), `message_id` to bring one again, `receipt`.
        """
        session = self._up()
        message_id = how.get("message_id") or self._next_id()
        version = self.plan.version
        width = _NUMBER_BYTES[version]
        body = (
            message_id.to_bytes(8, "big")
            + recipient.encode().ljust(21, b"\0")
            + bytes(10)
            + bytes((0, how.get("udhi", 0), how.get("form", 8)))
            + sender.encode().ljust(width, b"\0")
            + (b"\0" if version == 3 else b"")
            + bytes((how.get("receipt", 0), len(content)))
            + content
            + bytes(_AFTER_CONTENT[version])
        )
        return await self._ask(session, 5, body)

    async def report(self, taken: Taken, state: str) -> int:
        """A receipt for one part."""
        wide = (self.plan.receipt_bytes or (60 if self.plan.version == 2 else 71)) == 71
        at = datetime.fromtimestamp(self._now_ms() / 1000, _BEIJING).strftime("%y%m%d%H%M").encode()
        number = taken.fields["Dest_terminal_Id"].rstrip(b"\0").ljust(32 if wide else 21, b"\0")
        content = taken.message_id.to_bytes(8, "big") + state.encode().ljust(7, b"\0") + at + at + number
        return await self.push(
            taken.text("Dest_terminal_Id"), taken.text("Src_Id"), content + bytes(4), receipt=1, form=0
        )

    async def say_goodbye(self) -> None:
        """TERMINATE on every connection."""
        for session in [one for one in self._sessions if one.logged_in]:
            await self._ask(session, 2, b"")

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
        command, sequence = int.from_bytes(data[4:8], "big"), int.from_bytes(data[8:12], "big")
        if command & 0x80000000:
            answer = session.pushed.pop(sequence, None)
            if answer is not None and not answer.done():
                answer.set_result(int.from_bytes(data[20:], "big") if len(data) > 20 else 0)
            return
        if command == 1:
            self._log_in(session, data, sequence)
        elif command == 2:
            self._answer(session, 2, sequence, b"")
            session.writer.close()
        elif command == 8 and self.plan.tests:
            self.tested += 1
            self._answer(session, 8, sequence, b"\0")
        elif command == 8:
            self.tested += 1
        elif command == 4:
            self._submit(session, data, sequence)
        await self._tell_changed()

    def _log_in(self, session: _Session, data: bytes, sequence: int) -> None:
        self.logins += 1
        version = self.plan.login_layout or self.plan.version
        stamp = int.from_bytes(data[35:39], "big")
        proof = md5(  # noqa: S324 — CMPP
            self._sp_id.ljust(6, b"\0") + bytes(9) + self._secret + f"{stamp:010d}".encode()
        ).digest()
        status = self.plan.login_status
        if not status and (len(data) != 39 or data[12:18].rstrip(b"\0") != self._sp_id):
            status = 2
        if not status and data[18:34] != proof:
            status = 3
        session.logged_in = status == 0
        told = status.to_bytes(_STATUS_BYTES[version], "big")
        mine = md5(told + proof + self._secret).digest()  # noqa: S324 — CMPP
        self._answer(session, 1, sequence, told + mine + bytes((0x10 * version,)))

    def _submit(self, session: _Session, data: bytes, sequence: int) -> None:
        version = self.plan.version
        fields = {name: data[at : at + size] for name, (at, size) in _SUBMIT[version].items()}
        start = _CONTENT_AT[version]
        length = fields["Msg_Length"][0]
        whole = len(data) == start + length + _AFTER_CONTENT[version]
        session.unanswered += 1
        self.most_unanswered = max(self.most_unanswered, session.unanswered)
        fault = self._fault()
        refused = 0
        if not session.logged_in or not whole:
            refused = 1
        elif session.unanswered > self.plan.window:
            refused = 8
        elif fault is not None and fault.trouble is Trouble.RESULT:
            refused = fault.code
        if refused:
            self.refused.append(refused)
            self._later(self._result(session, sequence, 0, refused))
            return
        taken = Taken(self._next_id(), fields, data[start : start + length])
        self.taken.append(taken)
        self._later(self._answered(session, sequence, taken, fault))

    async def _answered(self, session: _Session, sequence: int, taken: Taken, fault: Fault | None) -> None:
        trouble = fault.trouble if fault else None
        if self.plan.answer_seconds:
            await asyncio.sleep(self.plan.answer_seconds)
        if trouble is Trouble.CUT:
            session.writer.transport.abort()
            return
        if trouble is Trouble.HALF:
            session.writer.write((24).to_bytes(4, "big") + b"\x80\0\0\4")
            session.writer.close()
            return
        if trouble is Trouble.RECEIPT_FIRST:
            await self.report(taken, self.plan.state)
        if trouble is Trouble.LATE and fault is not None:
            await asyncio.sleep(fault.seconds)
        if trouble is Trouble.WRONG_SEQUENCE:
            body = (1).to_bytes(8, "big") + bytes(_STATUS_BYTES[self.plan.version])
            self._answer(session, 4, sequence ^ 0x40000000, body)
        if trouble is not Trouble.SILENT:
            await self._result(session, sequence, taken.message_id, 0)
        if trouble is Trouble.TWICE:
            await self._result(session, sequence, taken.message_id, 0)
        wants = self.plan.state and taken.number("Registered_Delivery")
        if wants and trouble is not Trouble.RECEIPT_FIRST:
            with suppress(ConnectionError):
                await self.report(taken, self.plan.state)

    async def _result(self, session: _Session, sequence: int, message_id: int, result: int) -> None:
        session.unanswered -= 1
        told = result.to_bytes(_STATUS_BYTES[self.plan.version], "big")
        self._answer(session, 4, sequence, message_id.to_bytes(8, "big") + told)

    # --- within ---

    def _fault(self) -> Fault | None:
        for fault in self.faults:
            fault.first -= 1
        for fault in self.faults:
            if fault.first < 1 and fault.times:
                fault.times -= 1
                return fault
        return None

    def _next_id(self) -> int:
        """Month, day, hour, minute, second, gateway, counter, as Msg_Id is made."""
        self._counter += 1
        now = datetime.fromtimestamp(self._now_ms() / 1000, _BEIJING)
        times = ((now.month, 60), (now.day, 55), (now.hour, 50), (now.minute, 44), (now.second, 38))
        made = sum(value << at for value, at in times)
        return made | _GATEWAY << 16 | self._counter & 0xFFFF

    def _up(self) -> _Session:
        return next(session for session in self._sessions if session.logged_in)

    async def _ask(self, session: _Session, command: int, body: bytes) -> int:
        session.sequence += 1
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        session.pushed[session.sequence] = answer
        self._write(session, command, session.sequence, body)
        return await answer

    def _answer(self, session: _Session, command: int, sequence: int, body: bytes) -> None:
        self._write(session, command | 0x80000000, sequence, body)

    def _write(self, session: _Session, command: int, sequence: int, body: bytes) -> None:
        if session.writer.is_closing():
            return
        head = [12 + len(body), command, sequence]
        data = b"".join(number.to_bytes(4, "big") for number in head) + body
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
