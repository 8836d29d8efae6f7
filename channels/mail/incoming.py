"""Takes in mail behind the organisation's own mail server, by SMTP or LMTP.

The rule it protects: 250 means stored, and a letter is stored before anybody reads it. Whatever is
within the size limit is handed on as it came; when `accept` raised, or took too long, the answer is
451 and the mail server keeps the mail and tries again. Nothing here looks into a letter
(`channels/mail/reader.py` does, in a process of its own).

Besides the mailboxes, addresses that stand for a mail of ours are taken in (`channels/signed_id.py`);
one that we did not write is refused, so a forged bounce never gets as far as a letter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from channels.adapter import Accept
from channels.clock import Clock
from channels.contract import RawLetter
from channels.mail.server import MailServer, ServerSettings
from channels.signed_id import BOUNCE, UNSUBSCRIBE, SignedIds

log = logging.getLogger(__name__)

STORED = "250 2.0.0 stored"
LATER = "451 4.3.0 not stored, try again later"
NOT_HERE = "550 5.1.1 no such mailbox here"


@dataclass(frozen=True, slots=True)
class MailListenerSettings:
    """channel: the configured channel's name. recipients: our mailboxes; nothing else is taken in.

    protocol: `smtp` or `lmtp`. port 0 picks a free one. own_domain: the name the server says it has.
    accept_seconds: longest wait for `accept`. idle_seconds: a silent peer is cut off.
    """

    channel: str
    recipients: Collection[str]
    own_domain: str
    host: str = "127.0.0.1"
    port: int = 2525
    protocol: Literal["smtp", "lmtp"] = "smtp"
    limit_bytes: int = 10 * 1024 * 1024
    max_connections: int = 50
    idle_seconds: float = 300.0
    accept_seconds: float = 60.0


class MailListener:
    """Implements `channels.adapter.Listens`."""

    def __init__(
        self, settings: MailListenerSettings, clock: Clock, signed_ids: SignedIds | None = None
    ) -> None:
        """signed_ids: None takes in the mailboxes only. forged: how many addresses were refused because we
        did not write them."""
        self._settings = settings
        self._clock = clock
        self._signed_ids = signed_ids
        self.forged = 0
        self._server: MailServer | None = None
        self.listening = asyncio.Event()

    @property
    def port(self) -> int:
        """The port in use, once `listening` is set."""
        if self._server is None:
            raise RuntimeError("not listening")
        return self._server.port

    async def listen(self, accept: Accept) -> None:
        """Implements the port: takes in mail until cancelled."""
        settings = self._settings
        bounds = ServerSettings(
            host=settings.host,
            port=settings.port,
            hostname=settings.own_domain or "localhost",
            lmtp=settings.protocol == "lmtp",
            size_limit_bytes=settings.limit_bytes,
            max_connections=settings.max_connections,
            idle_seconds=settings.idle_seconds,
        )
        server = MailServer(bounds, _Handler(self, settings, self._clock, accept))
        await server.start()
        self._server = server
        self.listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.listening.clear()
            self._server = None
            await server.stop()

    def stands_for_a_delivery(self, address: str) -> bool:
        """Whether an address is one we put into a mail of ours; one that only looks like it is counted."""
        bare = address.strip("<> ").lower()
        name = bare.partition("+")[0]
        if self._signed_ids is None or name not in (BOUNCE, UNSUBSCRIBE):
            return False
        if not bare.endswith(f"@{self._settings.own_domain.lower()}"):
            return False
        if self._signed_ids.delivery_at(name, bare) is not None:
            return True
        self.forged += 1
        log.warning("mail_address_forged", extra={"channel": self._settings.channel})
        return False


class _Handler:
    """The hooks aiosmtpd calls."""

    def __init__(
        self, listener: MailListener, settings: MailListenerSettings, clock: Clock, accept: Accept
    ) -> None:
        self._listener = listener
        self._settings = settings
        self._clock = clock
        self._accept = accept
        self._ours = frozenset(address.lower() for address in settings.recipients)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if _bare(address) in self._ours:
            envelope.rcpt_tos.append(_bare(address))
        elif self._listener.stands_for_a_delivery(address):
            envelope.rcpt_tos.append(address.strip("<> ").lower())
        else:
            return NOT_HERE
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await self._take(envelope.content, envelope.mail_from or "", envelope.rcpt_tos)
        # LMTP wants one answer for every recipient (RFC 2033 §4.2).
        times = len(envelope.rcpt_tos) if self._settings.protocol == "lmtp" else 1
        return "\r\n".join([answer] * times)

    async def _take(self, raw: bytes, envelope_from: str, recipients: list[str]) -> str:
        mailboxes = [one for one in recipients if one in self._ours][:1]  # one letter, however many of them
        others = [one for one in dict.fromkeys(recipients) if one not in self._ours]
        try:
            async with asyncio.timeout(self._settings.accept_seconds):
                for recipient in (*mailboxes, *others):
                    letter = RawLetter(
                        channel=self._settings.channel,
                        content=raw,
                        envelope_from=envelope_from,
                        recipient=recipient,
                        received_at=self._clock.now_ms(),
                    )
                    await self._accept(letter)
        except Exception as problem:  # whatever it was: not stored means not accepted
            kind = type(problem).__name__
            log.error("mail_not_stored", extra={"channel": self._settings.channel, "kind": kind})
            return LATER
        return STORED


def _bare(address: str) -> str:
    """`Name+tag@Host` → `name@host`: a sub-address is the same mailbox."""
    name, _, host = address.strip("<> ").lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
