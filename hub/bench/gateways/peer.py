"""The other side as a process of its own: answers every message as a gateway does, or gives it back."""

from __future__ import annotations

import asyncio
import sys
from abc import ABC, abstractmethod
from hashlib import md5

from hub.bench.child import commands, tell

SECRET = "bench"  # noqa: S105 — it opens nothing


class _Peer(asyncio.Protocol):
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 — for the type
        self.transport = transport


class Echo(_Peer):
    """Gives back what it gets."""

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class _Gateway(_Peer, ABC):
    """Takes every login and text; sends no receipts."""

    taken = 0
    head = 12
    sequence_at = 8
    login, submit = 1, 4

    def __init__(self) -> None:
        self._rest = b""
        self._taken_head = self._head(self.submit, len(self.id(0)))

    def _head(self, command: int, size: int) -> bytes:
        """Of an answer with so many bytes of body, up to its sequence number."""
        return (
            (self.head + size).to_bytes(4, "big") + bytes((128, 0, 0, command)) + bytes(self.sequence_at - 8)
        )

    def proof(self, data: bytes) -> bytes:
        """The body of the answer to a login."""
        return b""

    @abstractmethod
    def id(self, number: int) -> bytes:
        """The body of the answer to a text; all are of one size."""

    def data_received(self, data: bytes) -> None:
        data, at, answers = self._rest + data, 0, []
        while len(data) - at >= self.head:
            length = int.from_bytes(data[at : at + 4], "big")
            if len(data) - at < length:
                break
            sequence = data[at + self.sequence_at : at + self.head]
            if data[at + 7] == self.submit:
                _Gateway.taken += 1
                answers.append(self._taken_head + sequence + self.id(_Gateway.taken))
            else:
                body = self.proof(data[at : at + length]) if data[at + 7] == self.login else b""
                answers.append(self._head(data[at + 7], len(body)) + sequence + body)
            at += length
        self._rest = data[at:]
        self.transport.write(b"".join(answers))


class Cmpp(_Gateway):
    """CMPP 3.0."""

    def proof(self, data: bytes) -> bytes:
        return bytes(4) + md5(bytes(4) + data[18:34] + SECRET.encode()).digest() + b"\x30"  # noqa: S324

    def id(self, number: int) -> bytes:
        return number.to_bytes(8, "big") + bytes(4)


class Smgp(_Gateway):
    """SMGP 3.0."""

    submit = 2

    def proof(self, data: bytes) -> bytes:
        return bytes(4) + md5(bytes(4) + data[20:36] + SECRET.encode()).digest() + b"\x30"  # noqa: S324

    def id(self, number: int) -> bytes:
        return number.to_bytes(10, "big") + bytes(4)


class Sgip(_Gateway):
    """SGIP 1.2."""

    head = 20
    submit = 3

    def proof(self, data: bytes) -> bytes:
        return bytes(9)

    def id(self, number: int) -> bytes:
        return bytes(9)


class Smpp(_Gateway):
    """SMPP 3.4."""

    head = 16
    sequence_at = 12
    login = 9

    def id(self, number: int) -> bytes:
        return b"%010d\0" % number


PEERS = {"echo": Echo, "cmpp": Cmpp, "smgp": Smgp, "sgip": Sgip, "smpp": Smpp}


async def main(kind: str) -> None:
    """Tells its port, then what was taken."""
    server = await asyncio.get_running_loop().create_server(PEERS[kind], "127.0.0.1", 0)
    tell(port=server.sockets[0].getsockname()[1])
    async for _ in commands():
        tell(taken=_Gateway.taken)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
