"""A small real SMTP server that keeps what it gets: the relay of the demo, the tour and the tests.

Faults on demand play what relays do on bad days. With `DROP_AFTER_DATA` the mail *is* kept and the
answer is lost, which is what makes a send ambiguous.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from channels.mail.server import MailServer, ServerSettings


class Fault(StrEnum):
    """What goes wrong with the next mail."""

    BUSY = "421 4.3.2 try again later"  # at MAIL FROM
    SENDER_REFUSED = "550 5.7.1 sender not allowed"  # at MAIL FROM
    DROP_AT_MAIL = "drop at mail"
    UNKNOWN_USER = "550 5.1.1 no such user"  # at RCPT TO
    POLICY = "550 5.7.1 not wanted here"  # at RCPT TO
    MAILBOX_BUSY = "450 4.2.1 mailbox busy"  # at RCPT TO
    LATER = "451 4.3.0 try again later"  # after the content
    CONTENT_REFUSED = "554 5.6.0 refused"  # after the content
    DROP_AFTER_DATA = "drop after data"


_AT_MAIL = (Fault.BUSY, Fault.SENDER_REFUSED, Fault.DROP_AT_MAIL)
_AT_RCPT = (Fault.UNKNOWN_USER, Fault.POLICY, Fault.MAILBOX_BUSY)
_AT_DATA = (Fault.LATER, Fault.CONTENT_REFUSED, Fault.DROP_AFTER_DATA)


@dataclass(frozen=True, slots=True)
class SunkMail:
    """A mail that was kept."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """It, parsed."""
        return message_from_bytes(self.raw, policy=default)


class MailSink:
    """`async with`, then `port`. Kept mails are in `received`, the oldest first; `keep` bounds them."""

    def __init__(self, *, port: int = 0, journal: Path | None = None, keep: int = 1000) -> None:
        settings = ServerSettings(port=port, hostname="sink.localhost")
        self._server = MailServer(settings, self)
        self._journal = journal
        self.received: deque[SunkMail] = deque(maxlen=keep)
        self.faults: deque[Fault] = deque()
        self.connections = 0
        self._changed = asyncio.Condition()

    @property
    def port(self) -> int:
        """The port in use."""
        return self._server.port

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listens on loopback."""
        await self._server.start()

    async def stop(self) -> None:
        """Stops and cuts off whoever is connected."""
        await self._server.stop()

    async def wait_for(self, count: int) -> list[SunkMail]:
        """Returns once at least `count` mails were kept."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.received) >= count)
        return list(self.received)

    # -- the hooks aiosmtpd calls ------------------------------------------------------------

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        fault = self._next(_AT_MAIL)
        if fault is Fault.DROP_AT_MAIL:
            server.transport.abort()
        if fault is not None:
            return fault.value
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        fault = self._next(_AT_RCPT)
        if fault is not None:
            return fault.value
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        fault = self._next(_AT_DATA)
        if fault in (None, Fault.DROP_AFTER_DATA):
            await self._store(SunkMail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        if fault is Fault.DROP_AFTER_DATA:
            server.transport.abort()
        return fault.value if fault else "250 2.0.0 kept"

    def _next(self, phase: tuple[Fault, ...]) -> Fault | None:
        if self.faults and self.faults[0] in phase:
            return self.faults.popleft()
        return None

    async def _store(self, mail: SunkMail) -> None:
        self.received.append(mail)
        if self._journal is not None:
            line = {
                "from": mail.sender,
                "to": mail.recipients,
                "raw": mail.raw.decode("utf-8", "replace"),
            }
            await asyncio.to_thread(_append, self._journal, json.dumps(line, ensure_ascii=False))
        async with self._changed:
            self._changed.notify_all()


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
