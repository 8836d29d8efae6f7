"""The other side as a process of its own: answers every message as a gateway does, or gives it back."""

from __future__ import annotations

import asyncio
import sys
from hashlib import md5

from hub.bench.child import commands, tell

SECRET = "bench"  # noqa: S105 — it opens nothing
_HEAD_BYTES = 12


class _Peer(asyncio.Protocol):
    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 — for the type
        self.transport = transport


class Echo(_Peer):
    """Gives back what it gets."""

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Cmpp(_Peer):
    """Takes every CONNECT and SUBMIT of CMPP 3.0; sends no receipts."""

    taken = 0

    def __init__(self) -> None:
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        data, at, answers = self._rest + data, 0, []
        while len(data) - at >= _HEAD_BYTES:
            length = int.from_bytes(data[at : at + 4], "big")
            if len(data) - at < length:
                break
            sequence = data[at + 8 : at + 12]
            match data[at + 7]:
                case 1:
                    proof = md5(bytes(4) + data[at + 18 : at + 34] + SECRET.encode()).digest()  # noqa: S324
                    answers.append(b"\0\0\0\x21\x80\0\0\1" + sequence + bytes(4) + proof + b"\x30")
                case 4:
                    Cmpp.taken += 1
                    answers.append(
                        b"\0\0\0\x18\x80\0\0\4" + sequence + Cmpp.taken.to_bytes(8, "big") + bytes(4)
                    )
                case 2:
                    answers.append(b"\0\0\0\x0c\x80\0\0\2" + sequence)
            at += length
        self._rest = data[at:]
        self.transport.write(b"".join(answers))


PEERS = {"echo": Echo, "cmpp": Cmpp}


async def main(kind: str) -> None:
    """Tells its port, then what was taken."""
    server = await asyncio.get_running_loop().create_server(PEERS[kind], "127.0.0.1", 0)
    tell(port=server.sockets[0].getsockname()[1])
    async for _ in commands():
        tell(taken=Cmpp.taken)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
