"""A played gateway (SMG) of China Unicom: SGIP 1.2. It logs in to the hub to bring texts and reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from channels.loopback.gateway import HOST, Field, GatewayPlan, PlayedGateway, Pushed, Taken

# Offsets of SUBMIT with one number, as the specification gives them.
_SUBMIT: Mapping[str, Field] = {
    "SPNumber": (20, 21),
    "ChargeNumber": (41, 21),
    "UserCount": (62, 1),
    "UserNumber": (63, 21),
    "CorpId": (84, 5),
    "ServiceType": (89, 10),
    "FeeType": (99, 1),
    "MorelatetoMTFlag": (113, 1),
    "ReportFlag": (147, 1),
    "TP_udhi": (149, 1),
    "MessageCoding": (150, 1),
    "MessageLength": (152, 4),
}
_CONTENT_AT = 156
_HEAD = 20
_NODE = 3_059_100_001


class SgipGateway(PlayedGateway):
    """login, secret: of the hub at the gateway. Its own login at the hub is `peer` with the same secret; call
    `reach` with the hub's port before it has something to bring."""

    LOGIN, SUBMIT, DELIVER, TEST, GOODBYE = 1, 3, 4, 0x7F, 2
    TEST_BODY = b""
    STRUCTURE, BUSY = 5, 88
    SEQUENCE_BYTES = 12

    def __init__(
        self, login: str, secret: str, now_ms: Callable[[], int], plan: GatewayPlan | None = None
    ) -> None:
        super().__init__(login, secret, now_ms, plan)
        self.peer = "smg"
        self._hub_port = 0
        self._lock = asyncio.Lock()

    def reach(self, port: int) -> None:
        """Where the hub listens."""
        self._hub_port = port

    def _judged(self, data: bytes) -> tuple[int, bytes]:
        status = self.plan.login_status
        kind, name, secret = data[20], data[21:37].rstrip(b"\0"), data[37:53].rstrip(b"\0")
        if not status and (len(data) != 61 or kind != 1):
            status = 4
        if not status and (name, secret) != (self._login, self._secret):
            status = 1
        return status, bytes((status,)) + bytes(8)

    def _parsed(self, data: bytes) -> Taken | None:
        fields = {name: data[at : at + size] for name, (at, size) in _SUBMIT.items()}
        length = int.from_bytes(fields["MessageLength"], "big")
        if len(data) != _CONTENT_AT + length + 8:
            return None
        content = data[_CONTENT_AT : _CONTENT_AT + length]
        parts = {"Pk_total": content[4:5], "Pk_number": content[5:6]} if fields["TP_udhi"] == b"\1" else {}
        return Taken(
            data[8:_HEAD].hex(),
            {**fields, **parts},
            content,
            source=fields["SPNumber"].rstrip(b"\0").decode("ascii"),
            destination=fields["UserNumber"].rstrip(b"\0").decode("ascii"),
            wants_receipt=fields["ReportFlag"] == b"\1",
        )

    def _result_body(self, id: str, result: int) -> bytes:
        return bytes((result,)) + bytes(8)

    def _delivery(self, pushed: Pushed) -> bytes:
        if pushed.is_receipt:
            return pushed.content
        return (
            pushed.sender.encode().ljust(21, b"\0")
            + pushed.recipient.encode().ljust(21, b"\0")
            + bytes((0, pushed.has_head, pushed.form))
            + len(pushed.content).to_bytes(4, "big")
            + pushed.content
            + bytes(8)
        )

    def _told(self, data: bytes) -> int:
        return data[_HEAD]

    def _receipt(self, taken: Taken, state: str) -> Pushed:
        failed = state != "DELIVRD"
        number = taken.destination.encode().ljust(21, b"\0")
        body = bytes.fromhex(taken.id) + b"\0" + number + bytes((2 if failed else 0, 27 if failed else 0))
        return Pushed(taken.destination, taken.source, body + bytes(8), is_receipt=True)

    async def _bring(self, pushed: Pushed) -> int:
        """Over a connection of its own, one after the other: BIND, what is to bring, UNBIND."""
        async with self._lock:
            reader, writer = await asyncio.open_connection(HOST, self._hub_port)
            try:
                name, secret = self.peer.encode().ljust(16, b"\0"), self._secret.ljust(16, b"\0")
                if result := await self._say(reader, writer, 1, b"\2" + name + secret + bytes(8)):
                    return result
                command = 5 if pushed.is_receipt else 4
                result = await self._say(reader, writer, command, self._delivery(pushed), pushed.id)
                await self._say(reader, writer, 2, b"")
                return result
            except (asyncio.IncompleteReadError, ConnectionError):
                return -1
            finally:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()

    async def _say(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        command: int,
        body: bytes,
        id: int = 0,
    ) -> int:
        """The result of the hub's answer."""
        number = id or self._next_number()
        sequence = _NODE.to_bytes(4, "big") + (603142512).to_bytes(4, "big") + number.to_bytes(4, "big")
        data = (_HEAD + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + sequence + body
        step = self.plan.chunk or len(data)
        for at in range(0, len(data), step):
            writer.write(data[at : at + step])
        head = await reader.readexactly(4)
        answer = head + await reader.readexactly(int.from_bytes(head, "big") - 4)
        if answer[8:_HEAD] != sequence:
            raise ConnectionError("an answer to something else")
        return answer[_HEAD] if len(answer) > _HEAD else 0
