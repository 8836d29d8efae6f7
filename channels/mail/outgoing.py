"""Sends mail through the organisation's relay, one attempt per call, connections reused.

The phase in which something fails decides what it means (RFC 5321 §4.2.4): before
DATA nothing was taken, so a dropped connection is `Temporary`; from DATA on the server may have
taken it, so a dropped connection or a silent final dot is `Ambiguous`, and the final dot is given
its ten minutes, because a client that gives up earlier duplicates (RFC 1047).

Bulk mail says how to refuse it (RFC 2369, RFC 8058) and has a return path of its own (VERP), so that a
bounce names the delivery it is about. The relay signs (DKIM must cover both List-Unsubscribe headers).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Literal

import aiosmtplib
from aiosmtplib.errors import (
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from channels.clock import Clock
from channels.contract import Accepted, OutboundFile, OutboundMessage
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary
from channels.mail.identity import message_id
from channels.mail.page import REFUSE, page_of
from channels.signed_id import BOUNCE, MESSAGE, UNSUBSCRIBE, SignedIds

FetchFile = Callable[[str], Awaitable[bytes | None]]
"""The content of a file by its id, None when it cannot be read."""


class _AddressList(UnstructuredHeader):
    """A header whose addresses stand as they are: the library would encode one that is longer than a line."""

    def fold(self, *, policy: Policy) -> str:
        addresses = str(self).replace(", ", f",{policy.linesep} ")
        return f"{self.name}: {addresses}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _AddressList)  # type: ignore[arg-type]
WIRE = SMTP.clone(header_factory=_HEADERS)

_LOST = (SMTPServerDisconnected, SMTPTimeoutError, SMTPConnectError, OSError)

Security = Literal["none", "starttls", "tls"]
"""How the connection is protected; `none` only for loopback or a private line."""


@dataclass(frozen=True, slots=True)
class MailSenderSettings:
    """The relay and who we are.

    address: our From; its domain is that of our Message-IDs and our name in EHLO.
    timeout_seconds: each step; final_timeout_seconds: the answer after the final dot.
    connections: at most so many at once. public_url: of our pages; with it and the keys of the sender,
    bulk mail can be refused with one click and bounces find their delivery.
    """

    channel: str
    host: str
    port: int
    address: str
    name: str = ""
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    reply_to: str = ""
    timeout_seconds: float = 30.0
    final_timeout_seconds: float = 570.0
    connections: int = 4
    public_url: str = ""

    @property
    def domain(self) -> str:
        """Right-hand side of our Message-IDs."""
        return self.address.rpartition("@")[2]


class MailSender:
    """Implements `channels.adapter.Sends`. Give its sender a lease above `final_timeout_seconds`."""

    def __init__(
        self,
        settings: MailSenderSettings,
        clock: Clock,
        fetch: FetchFile | None = None,
        signed_ids: SignedIds | None = None,
    ) -> None:
        """fetch: gives the files of a mail; without it, mails with files cannot be sent. signed_ids: None
        sends bulk mail like any other, and Message-IDs that anybody could write."""
        self._settings = settings
        self._signed_ids = signed_ids
        self._fetch = fetch
        self._clock = clock
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: OutboundMessage) -> Accepted:
        """See `Sends`. The provider id is the Message-ID."""
        mail = self.compose(message)
        for file in message.files:
            await self._attach(mail, file)
        async with self._slots:
            client = await self._begun(self.return_path(message))
            reusable = False
            try:
                await self._recipient(client, message.recipient.value)
                await self._content(client, mail.as_bytes(policy=WIRE))
                reusable = True
            except SendError as error:
                reusable = await self._reset(client) if not isinstance(error, Ambiguous) else False
                raise
            finally:
                if reusable:
                    self._idle.append(client)
                else:
                    client.close()
        return Accepted((self._message_id(message),))

    def compose(self, message: OutboundMessage) -> EmailMessage:
        """The mail with all its headers; the same for every attempt but for the date."""
        settings = self._settings
        mail = EmailMessage(policy=WIRE)
        mail["Message-ID"] = self._message_id(message)
        now = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC)
        mail["Date"] = format_datetime(now)
        mail["From"] = Mailbox(_one_line(settings.name), addr_spec=settings.address)
        mail["To"] = Mailbox(addr_spec=message.recipient.value)
        mail["Subject"] = _one_line(message.subject) or "通知"
        if settings.reply_to:
            mail["Reply-To"] = Mailbox(addr_spec=settings.reply_to)
        if message.reply_to.startswith("<"):  # ids we made up for mails without one stay with us
            earlier = [id for id in message.references if id.startswith("<") and id != message.reply_to]
            mail["In-Reply-To"] = _one_line(message.reply_to)
            mail["References"] = " ".join(map(_one_line, [*earlier, message.reply_to]))
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        mail["X-Loop"] = settings.address
        text, page = message.text, ""
        if message.bulk and self._signed_ids is not None:
            page = (
                f"{settings.public_url}/unsubscribe/{self._signed_ids.sign(UNSUBSCRIBE, message.delivery_id)}"
            )
            address = self._signed_ids.address(UNSUBSCRIBE, message.delivery_id, settings.domain)
            mail["List-Unsubscribe"] = f"<{page}>, <mailto:{address}>"
            if page.startswith("https://"):  # RFC 8058 §3.1
                mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            mail["Precedence"] = "bulk"  # holiday notices do not answer it
            text = f"{text}\n\n--\n{REFUSE}{page}\n"
        mail.set_content(text, charset="utf-8")
        if message.page:
            mail.add_alternative(page_of(message.text, str(mail["Subject"]), page), "html", charset="utf-8")
        return mail

    def return_path(self, message: OutboundMessage) -> str:
        """MAIL FROM: of bulk mail, an address that stands for this delivery."""
        if message.bulk and self._signed_ids is not None:
            return self._signed_ids.address(BOUNCE, message.delivery_id, self._settings.domain)
        return self._settings.address

    def _message_id(self, message: OutboundMessage) -> str:
        signed_ids, id = self._signed_ids, message.delivery_id
        return message_id(signed_ids.sign(MESSAGE, id) if signed_ids else id, self._settings.domain)

    async def _attach(self, mail: EmailMessage, file: OutboundFile) -> None:
        content = await self._fetch(file.id) if self._fetch else None
        if content is None:  # a mail that promises a file goes with it or not at all
            raise Permanent("file", "a file of the mail cannot be read")
        maintype, _, subtype = file.media_type.partition("/")
        mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=_one_line(file.filename))

    async def close(self) -> None:
        """Says goodbye on idle connections."""
        idle, self._idle = self._idle, []
        for client in idle:
            try:
                await client.quit(timeout=5)
            except SMTPException:
                client.close()

    # -- one step of the dialogue each -------------------------------------------------------

    async def _begun(self, return_path: str) -> aiosmtplib.SMTP:
        """A connection with MAIL FROM accepted. One that died while idle is replaced at once."""
        while self._idle:
            client = self._idle.pop()
            try:
                await self._mail_from(client, return_path)
                return client
            except _Gone:
                client.close()
            except BaseException:
                client.close()
                raise
        client = await self._connected()
        try:
            await self._mail_from(client, return_path)
        except _Gone as gone:
            client.close()
            raise Temporary("connection", "lost before the mail was given") from gone
        except BaseException:
            client.close()
            raise
        return client

    async def _connected(self) -> aiosmtplib.SMTP:
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password or None,
            local_hostname=settings.domain,
            timeout=settings.timeout_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
        )
        try:
            await client.connect()
        except SMTPResponseException as error:  # among others a refused login
            raise _sorted(error, otherwise=Misconfigured) from error
        except _LOST as error:
            if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
                raise Misconfigured("tls", "the relay's certificate is not accepted") from error
            raise Temporary("connect", "the relay cannot be reached") from error
        except SMTPException as error:  # no STARTTLS, no way to log in
            raise Misconfigured("capability", "the relay does not do what the settings ask for") from error
        return client

    async def _mail_from(self, client: aiosmtplib.SMTP, return_path: str) -> None:
        try:
            await client.mail(return_path)
        except SMTPResponseException as error:
            raise _sorted(error, otherwise=Misconfigured) from error
        except _LOST as error:
            raise _Gone from error

    async def _recipient(self, client: aiosmtplib.SMTP, address: str) -> None:
        try:
            await client.rcpt(address)
        except SMTPResponseException as error:
            if error.code >= 500:
                raise Permanent(
                    str(error.code), "recipient refused", invalid_address=_names_nobody(error)
                ) from error
            raise _sorted(error, otherwise=Permanent) from error
        except _LOST as error:
            raise Temporary("connection", "lost before the mail was given") from error

    async def _content(self, client: aiosmtplib.SMTP, raw: bytes) -> None:
        try:
            await client.data(raw, timeout=self._settings.final_timeout_seconds)
        except SMTPResponseException as error:
            raise _sorted(error, otherwise=Permanent) from error
        except (SMTPException, OSError) as error:
            raise Ambiguous("after_data", "the relay may have taken the mail") from error

    async def _reset(self, client: aiosmtplib.SMTP) -> bool:
        """Whether the connection can be used again."""
        try:
            await client.rset(timeout=5)
        except (SMTPException, OSError):
            return False
        return True


class _Gone(Exception):
    """The connection was lost before anything was asked of it."""


def _sorted(error: SMTPResponseException, *, otherwise: type[SendError]) -> SendError:
    """4xx: later. 5xx: what it means in this phase. The server's text stays out: it may name people."""
    code = str(error.code)
    if 400 <= error.code < 500:
        return Temporary(code, "the relay asks to try later", slow_down=error.code in (421, 450))
    return otherwise(code, "the relay refuses")


def _names_nobody(error: SMTPResponseException) -> bool:
    """Whether a refusal means that the mailbox does not exist (RFC 3463: 5.1.x)."""
    enhanced = error.message.split(" ", 1)[0]
    if enhanced.count(".") == 2 and enhanced.replace(".", "").isdigit():
        return enhanced.startswith("5.1.") and enhanced not in ("5.1.7", "5.1.8")  # those are the sender
    return error.code in (550, 551, 553)


def _one_line(text: str) -> str:
    """A header value that cannot begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:900]
