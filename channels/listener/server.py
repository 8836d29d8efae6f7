"""The connections of all systems that are connected to us by one protocol."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from channels.carrier.link import LinkLimits
from channels.listener.connection import LOGIN_SECONDS, Connection
from channels.listener.contract import Account, CitizenText, Served, TakesTexts, TextReceipt

log = logging.getLogger(__name__)

LINK = LinkLimits(window=20, answer_seconds=20.0, idle_seconds=30.0, silences=2)
"""Twenty requests of either side may be under way; asked after 30 s of silence, dropped after 90 s."""
_MOST_STRANGERS = 10
"""Connections of one address that have not logged in."""


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """connections: in all. of_group: of one group of accounts."""

    connections: int = 200
    of_group: int = 8
    link: LinkLimits = LINK


class Server:
    """served: makes the protocol's side of each connection."""

    def __init__(
        self, served: Callable[[], Served], takes: TakesTexts, limits: ServerLimits | None = None
    ) -> None:
        self._served = served
        self._takes = takes
        self._limits = limits or ServerLimits()
        self._connections: set[Connection] = set()
        self._listening: list[asyncio.Server] = []

    async def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """The port, where 0 was asked for any. Raises `OSError`."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            self._made,
            host,
            port,
            ssl=tls,
            reuse_address=True,
            ssl_handshake_timeout=LOGIN_SECONDS if tls else None,
        )
        self._listening.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        """Takes no more, answers what is under way, ends every connection."""
        for server in self._listening:
            server.close()
        self._listening.clear()
        await asyncio.gather(*(one.leave() for one in list(self._connections)))

    def groups_that_receive(self) -> set[str]:
        """Those of which a connection takes receipts."""
        return {one.account.group for one in self._connections if one.account and one.receives}

    async def tell(self, group: str, name: str, receipt: TextReceipt) -> bool | None:
        """Over a connection of that account, or of another of its group: whether it was taken, None when
        nobody answered."""
        best = min(self._of(group), key=lambda one: (_name(one) != name, one.load), default=None)
        return None if best is None else await best.tell_receipt(receipt)

    async def tell_text(self, group: str, text: CitizenText) -> bool | None:
        """Over any connection of the group: the same."""
        best = min(self._of(group), key=lambda one: one.load, default=None)
        return None if best is None else await best.tell_text(text)

    def _of(self, group: str) -> list[Connection]:
        return [
            one for one in self._connections if one.account and one.receives and one.account.group == group
        ]

    async def look(self) -> None:
        """Ends the connections of accounts that may not go on."""
        for one in list(self._connections):
            if one.account is not None and not await self._takes.still_open(one.account):
                log.info("listener.account_ended")
                await one.leave()

    def _made(self) -> Connection:
        return Connection(
            self._served(), self._limits.link, self._takes, self._opened, self._may_log_in, self._ended
        )

    def _opened(self, connection: Connection) -> bool:
        strangers = Counter(one.source for one in self._connections if one.account is None)
        full = len(self._connections) >= self._limits.connections
        if full or strangers[connection.source] >= _MOST_STRANGERS:
            log.warning("listener.no_room", extra={"connections": len(self._connections)})
            return False
        self._connections.add(connection)
        return True

    def _may_log_in(self, _: Connection, account: Account) -> bool:
        there = sum(1 for one in self._connections if one.account and one.account.group == account.group)
        return there < self._limits.of_group

    def _ended(self, connection: Connection) -> None:
        self._connections.discard(connection)


def tls_context(certificate: str, key: str, client_ca: str = "") -> ssl.SSLContext:
    """For `listen`; all are files in PEM. client_ca: authorities one of which must have signed the
    certificate of the other side, "" = it needs none. Raises `OSError`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _name(connection: Connection) -> str:
    return connection.account.name if connection.account else ""
