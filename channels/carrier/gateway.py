"""Texts over a gateway of a carrier: one adapter for what is sent, what citizens write and the receipts.

A text goes to one number per request, because one bad number refuses all of a request. Every part of a long
text has an id and a receipt of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from channels.adapter import AcceptEvent, Event
from channels.address import extended, is_textable
from channels.carrier import number
from channels.carrier.account import Account, AccountSettings, Dialect
from channels.carrier.alphabet import ENCODINGS, Format, decode, format_of
from channels.carrier.frame import BadFrame, Frame
from channels.carrier.link import Link, LinkLimits, NoAnswer, NotSent, Wire
from channels.carrier.long_text import MOST_PARTS, Piece, Place, References, pieces
from channels.carrier.number import CountryCode
from channels.clock import Clock, Random
from channels.contract import (
    Accepted,
    Attachment,
    ChannelKind,
    InboundMessage,
    OutboundMessage,
    Receipt,
    ReceiptState,
    TextPart,
)
from channels.errors import Ambiguous, Misconfigured, Permanent, SendError, Temporary

log = logging.getLogger(__name__)

_AT_ONCE = 32
"""What came and is being stored, per account."""
_FIRST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """What a citizen wrote, as the gateway hands it over. form: its number for an alphabet. place: of a part
    of a long text; content is without its head then."""

    id: str
    sender: str
    recipient: str
    form: int
    content: bytes
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one part. id: as its request was answered. sent_at: ms UTC, 0 when it does not say."""

    id: str
    destination: str
    state: ReceiptState
    code: str
    sent_at: int = 0


class Protocolled(Dialect, Protocol):
    """A protocol, as texts are said in it."""

    def submit(self, source: str, to: str, part: Piece) -> Callable[[int], bytes]:
        """The request that sends one part from a number of ours, for a sequence number."""

    def submitted(self, frame: Frame) -> str:
        """The id in the answer. Raises the `SendError` that a refusal means, `BadFrame` for nonsense."""

    def unanswered(self, sequence: int) -> str:
        """The id of a request that was not answered, "" where only an answer has it."""

    def answer(self, link: Link, frame: Frame) -> bool:
        """Answers what needs no thought; whether it was that."""

    def heard(self, frame: Frame) -> Text | Report:
        """What another request brings. Raises `BadFrame`."""

    def taken(self, frame: Frame, *, stored: bool) -> bytes:
        """The answer to it: it is stored, or it cannot be read and is not to come again."""


@dataclass(frozen=True, slots=True)
class Listening:
    """allowed: network addresses that may connect, () = any."""

    host: str
    port: int
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """account: where, how many connections, at which rate. number: the access number texts come from,
    with an extension of theirs behind it.

    country_code: before mobile numbers. gbk: whether Chinese travels as GBK. reserved: characters the gateway
    adds to every text. patience_seconds: how long parts that are refused for the moment are tried again after
    others were taken; less than the sender's own limit. listen: where the gateway connects to us, for
    protocols in which it does.
    """

    account: AccountSettings
    number: str
    country_code: CountryCode = "none"
    gbk: bool = False
    reserved: int = 0
    patience_seconds: float = 15.0
    listen: Listening | None = None


class Visit(Link):
    """A connection that the gateway opened to us. It is among `visiting` while it stands."""

    def __init__(
        self,
        wire: Wire,
        limits: LinkLimits,
        heard: Callable[[Link, Frame], None],
        allowed: tuple[str, ...],
        visiting: set[Link],
    ) -> None:
        super().__init__(wire, limits, heard)
        self._allowed = allowed
        self._visiting = visiting

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        if self._allowed and (not peer or peer[0] not in self._allowed):
            log.warning("carrier.visitor_not_allowed")
            self.close("not-allowed")
            return
        self._visiting.add(self)

    def connection_lost(self, problem: Exception | None) -> None:
        self._visiting.discard(self)
        super().connection_lost(problem)


class GatewaySms:
    """Implements `Sends` and `Connects`."""

    def __init__(
        self, settings: GatewaySettings, protocol: Protocolled, clock: Clock, random: Random
    ) -> None:
        self._settings = settings
        self._protocol = protocol
        self._channel = settings.account.name
        self._clock = clock
        self._accept: AcceptEvent | None = None
        self._storing: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._references = References()
        self._visiting: set[Link] = set()
        self._port = 0
        self.account = Account(settings.account, protocol, self._heard, random)

    async def connect(self, accept: AcceptEvent) -> None:
        """See `Connects`."""
        self._accept = accept
        server = await self._listen()
        try:
            await self.account.run()
        finally:
            if server is not None:
                server.close()
                for link in list(self._visiting):
                    link.end("stopped")
            if self._storing:
                await asyncio.wait(self._storing)

    @property
    def listens_on(self) -> int:
        """The port the gateway connects to, 0 while it does not."""
        return self._port

    async def _listen(self) -> asyncio.Server | None:
        listening = self._settings.listen
        if listening is None:
            return None
        loop, limits = asyncio.get_running_loop(), self._settings.account.limits
        server = await loop.create_server(
            lambda: Visit(self._protocol, limits, self._heard, listening.allowed, self._visiting),
            listening.host,
            listening.port,
        )
        self._port = int(server.sockets[0].getsockname()[1])
        return server

    @property
    def problem(self) -> str:
        """See `Connects`."""
        return self.account.problem

    # --- sending ---

    async def send(self, message: OutboundMessage) -> Accepted:
        """One text. See `Sends`."""
        if not is_textable(message.recipient):
            raise Permanent("not-mobile", "not a mobile number", invalid_address=True)
        if not message.text:
            raise Permanent("no-text", "text missing")
        settings = self._settings
        to = number.written(message.recipient, settings.country_code)
        source = extended(settings.number, message.extension)
        try:
            parts = pieces(
                message.text,
                reference=lambda: self._references.of(source, to, message.delivery_id),
                gbk=settings.gbk,
                reserved=settings.reserved,
            )
        except ValueError:
            raise Permanent("too-long", f"more than {MOST_PARTS} parts") from None
        link = await self.account.link(len(parts))
        if len(parts) == 1:
            return Accepted((await self._send_part(link, source, to, parts[0]),), 1, by_part=True)
        told = await asyncio.gather(
            *(self._send_part(link, source, to, part) for part in parts), return_exceptions=True
        )
        return _outcome(told)

    async def _send_part(self, link: Link, source: str, to: str, part: Piece) -> str:
        """The id of one part. Raises a `SendError`."""
        make = self._protocol.submit(source, to, part)
        # A whole text is tried again by the outbox; a part of one is not: others may have been taken.
        pause = _FIRST_PAUSE
        ends_at = _seconds() + self._settings.patience_seconds if part.total > 1 else 0.0
        while True:
            try:
                return self._protocol.submitted(await link.ask(make))
            except NotSent:
                raise Temporary("not-connected", "connection lost before it was sent") from None
            except NoAnswer as lost:
                known = self._protocol.unanswered(lost.sequence)
                raise Ambiguous(
                    "no-answer", "the gateway did not answer", part_ids=(known,) if known else ()
                ) from None
            except BadFrame:
                raise Ambiguous("bad-answer", "the gateway's answer cannot be read") from None
            except Temporary as refused:
                if refused.slow_down:
                    self.account.bucket.hold(pause)
                if _seconds() + pause > ends_at:
                    raise
            await asyncio.sleep(self.account.bucket.take(1, _seconds()))
            pause *= 2

    # --- what comes ---

    def _heard(self, link: Link, frame: Frame) -> None:
        if self._protocol.answer(link, frame):
            return
        task = asyncio.ensure_future(self._store(link, frame))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _store(self, link: Link, frame: Frame) -> None:
        """Answered when it is stored. What cannot be stored now is not answered: it comes again."""
        try:
            event = self._event(self._protocol.heard(frame))
        except BadFrame:
            # It would be as bad the next time.
            log.warning("carrier.malformed", extra={"channel": self._channel})
            link.tell(self._protocol.taken(frame, stored=False))
            return
        async with self._room:
            try:
                if self._accept is not None:
                    await self._accept(event)
            except Exception as problem:
                kind = type(problem).__name__
                log.warning("carrier.deferred", extra={"channel": self._channel, "problem": kind})
                return
        link.tell(self._protocol.taken(frame, stored=True))

    def _event(self, heard: Text | Report) -> Event:
        now = self._clock.now_ms()
        if isinstance(heard, Report):
            return Receipt(
                channel=self._channel,
                delivery_id="",
                attempt=0,
                provider_id=heard.id,
                state=heard.state,
                code=heard.code,
                received_at=now,
                destination=number.read(heard.destination),
                sent_at=heard.sent_at,
            )
        form = format_of(heard.form)
        sender, recipient = number.read(heard.sender), number.read(heard.recipient).value
        binary = form is Format.BINARY
        if heard.place is not None and not binary:
            return TextPart(
                channel=self._channel,
                provider_id=heard.id,
                sender=sender,
                recipient=recipient,
                reference=heard.place.reference,
                total=heard.place.total,
                number=heard.place.number,
                content=heard.content,
                encoding=ENCODINGS[form],
                received_at=now,
            )
        attachment = Attachment("sms.bin", "application/octet-stream", heard.content)
        return InboundMessage(
            channel=self._channel,
            kind=ChannelKind.SMS,
            provider_id=heard.id,
            sender=sender,
            recipient=recipient,
            text="" if binary else decode(heard.content, ENCODINGS[form]),
            received_at=now,
            attachments=(attachment,) if binary else (),
        )


def _seconds() -> float:
    return asyncio.get_running_loop().time()


def _id_of(told: str | BaseException) -> str:
    """By which a receipt would name a part, "" where nobody knows."""
    if isinstance(told, Ambiguous) and told.part_ids:
        return told.part_ids[0]
    return told if isinstance(told, str) else ""


def _outcome(told: list[str | BaseException]) -> Accepted:
    """What became of a whole text, from what became of its parts. Raises a `SendError`.

    Taken in part, or perhaps: nobody may send it again blindly. Refused for good in one part: no handset
    shows the text, whatever became of the others.
    """
    for one in told:
        if isinstance(one, BaseException) and not isinstance(one, SendError):
            raise one
    problems = [one for one in told if isinstance(one, SendError)]
    if not problems:
        return Accepted(tuple(map(str, told)), len(told), by_part=True)
    for kind in (Misconfigured, Permanent):
        for problem in problems:
            if isinstance(problem, kind):
                raise problem
    unknown = [one for one in problems if isinstance(one, Ambiguous)]
    ids = tuple(map(_id_of, told))
    if unknown or any(ids):
        first = (unknown or problems)[0]
        raise Ambiguous(first.code, first.reason, part_ids=ids)
    raise problems[0]
