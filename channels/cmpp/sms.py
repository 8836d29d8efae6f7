"""Texts over CMPP: one adapter for what is sent, what citizens write and the receipts.

Source: China Mobile, CMPP 2.0 and 3.0.0. A text goes to one number per SUBMIT, because one bad number refuses
all of a SUBMIT. Every part of a long text has an id and a receipt of its own.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from channels.adapter import AcceptEvent, Event
from channels.address import is_textable
from channels.carrier import number
from channels.carrier.account import Account, AccountSettings
from channels.carrier.alphabet import ENCODINGS, Format, decode, format_of
from channels.carrier.beijing import minute
from channels.carrier.frame import Frame
from channels.carrier.link import Link, NoAnswer, NotSent
from channels.carrier.long_text import MOST_PARTS, Piece, References, pieces, split_head
from channels.carrier.number import CountryCode
from channels.clock import Clock, Random
from channels.cmpp import codes, pdu
from channels.cmpp.dialect import CmppDialect, CmppLogin
from channels.cmpp.pdu import Answer, Command, Deliver, Report, Submit, layout_of
from channels.contract import (
    Accepted,
    Attachment,
    ChannelKind,
    InboundMessage,
    OutboundMessage,
    Receipt,
    TextPart,
)
from channels.errors import Ambiguous, Malformed, Misconfigured, Permanent, SendError, Temporary

log = logging.getLogger(__name__)

_AT_ONCE = 32
"""What came and is being stored, per account."""


@dataclass(frozen=True, slots=True)
class CmppSettings:
    """account: where, how many connections, at which rate. number: the access number texts come from.

    country_code: before mobile numbers. gbk: whether Chinese travels as GBK. parts_named: whether
    Pk_total and Pk_number of a long text say so (some gateways want 1 and 1). reserved: characters the
    gateway adds to every text. patience_seconds: how long parts that are refused for the moment are tried
    again after others were taken; less than the sender's own limit. busy, refused_numbers: see
    `codes.submit_refused`.
    """

    account: AccountSettings
    login: CmppLogin
    number: str
    service_id: str = ""
    fee_type: str = "01"
    fee_code: str = "000000"
    country_code: CountryCode = "none"
    gbk: bool = False
    parts_named: bool = True
    reserved: int = 0
    patience_seconds: float = 15.0
    busy: frozenset[int] = field(default_factory=frozenset)
    refused_numbers: frozenset[int] = field(default_factory=frozenset)


class CmppSms:
    """Implements `Sends` and `Connects`."""

    def __init__(self, settings: CmppSettings, clock: Clock, random: Random) -> None:
        self._settings = settings
        self._channel = settings.account.name
        self._layout = layout_of(settings.login.version)
        self._clock = clock
        self._accept: AcceptEvent | None = None
        self._storing: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._references = References()
        self.account = Account(settings.account, CmppDialect(settings.login, clock), self._heard, random)

    async def connect(self, accept: AcceptEvent) -> None:
        """See `Connects`."""
        self._accept = accept
        try:
            await self.account.run()
        finally:
            if self._storing:
                await asyncio.wait(self._storing)

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
        try:
            parts = pieces(
                message.text,
                reference=lambda: self._references.of(settings.number, to, message.delivery_id),
                gbk=settings.gbk,
                reserved=settings.reserved,
            )
        except ValueError:
            raise Permanent("6", f"more than {MOST_PARTS} parts") from None
        await self.account.bucket.take(len(parts))
        link = self.account.link()
        if len(parts) == 1:
            return Accepted((await self._send_part(link, to, parts[0]),), 1, by_part=True)
        told = await asyncio.gather(
            *(self._send_part(link, to, part) for part in parts), return_exceptions=True
        )
        return _outcome(told)

    async def _send_part(self, link: Link, to: str, part: Piece) -> str:
        """The id of one part. Raises a `SendError`."""
        make = pdu.submit(self._submit(to, part), self._layout)
        loop = asyncio.get_running_loop()
        ends_at, pause = loop.time() + self._settings.patience_seconds, 0.5
        while True:
            try:
                frame = await link.ask(make)
            except NotSent:
                raise Temporary("not-connected", "connection lost before it was sent") from None
            except NoAnswer:
                raise Ambiguous("no-answer", "the gateway did not answer") from None
            try:
                answer = Answer.read(frame.body)
            except pdu.Malformed:
                raise Ambiguous("bad-answer", "the gateway's answer cannot be read") from None
            if not answer.result:
                return f"{answer.message_id:016x}"
            refused = codes.submit_refused(
                answer.result, busy=self._settings.busy, refused_numbers=self._settings.refused_numbers
            )
            if not isinstance(refused, Temporary):
                raise refused
            self.account.bucket.hold(pause)
            # A whole text is tried again by the outbox; a part of one is not: others may have been taken.
            if part.total == 1 or loop.time() + pause > ends_at:
                raise refused
            await self.account.bucket.take()
            pause *= 2

    def _submit(self, to: str, part: Piece) -> Submit:
        settings = self._settings
        return Submit(
            source=settings.number,
            destination=to,
            content=part.content,
            form=part.form,
            sp_id=settings.login.sp_id,
            service_id=settings.service_id,
            has_head=part.has_head,
            total=part.total if settings.parts_named else 1,
            number=part.number if settings.parts_named else 1,
            fee_type=settings.fee_type,
            fee_code=settings.fee_code,
        )

    # --- what comes ---

    def _heard(self, link: Link, frame: Frame) -> None:
        if CmppDialect.answer(link, frame):
            return
        task = asyncio.ensure_future(self._store(link, frame))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _store(self, link: Link, frame: Frame) -> None:
        """Answered when it is stored. What cannot be stored now is not answered: it comes again."""
        try:
            deliver = Deliver.read(frame.body, self._layout)
            event = self._event(deliver)
        except (pdu.Malformed, Malformed):
            # It would be as bad the next time: refused as "structure", and seen by people.
            log.warning("cmpp.deliver_malformed", extra={"channel": self._channel})
            first = int.from_bytes(frame.body[:8], "big")
            self._answer(link, frame, Answer(first, 1))
            return
        async with self._room:
            try:
                if self._accept is not None:
                    await self._accept(event)
            except Exception as problem:
                problem_name = type(problem).__name__
                log.warning("cmpp.deferred", extra={"channel": self._channel, "problem": problem_name})
                return
        self._answer(link, frame, Answer(deliver.message_id, 0))

    def _answer(self, link: Link, frame: Frame, answer: Answer) -> None:
        link.tell(pdu.write(Command.DELIVER | pdu.ANSWER, frame.sequence, answer.body(self._layout)))

    def _event(self, deliver: Deliver) -> Event:
        if deliver.is_receipt:
            return self._receipt(Report.read(deliver.content))
        form = format_of(deliver.form)
        place, content = split_head(deliver.content) if deliver.has_head else (None, deliver.content)
        provider_id = f"{deliver.message_id:016x}"
        sender, recipient = number.read(deliver.sender), number.read(deliver.recipient).value
        now = self._clock.now_ms()
        if place is not None and form is not Format.BINARY:
            return TextPart(
                channel=self._channel,
                provider_id=provider_id,
                sender=sender,
                recipient=recipient,
                reference=place.reference,
                total=place.total,
                number=place.number,
                content=content,
                encoding=ENCODINGS[form],
                received_at=now,
            )
        binary = form is Format.BINARY
        return InboundMessage(
            channel=self._channel,
            kind=ChannelKind.SMS,
            provider_id=provider_id,
            sender=sender,
            recipient=recipient,
            text="" if binary else decode(content, ENCODINGS[form]),
            received_at=now,
            attachments=(Attachment("sms.bin", "application/octet-stream", content),) if binary else (),
        )

    def _receipt(self, report: Report) -> Receipt:
        return Receipt(
            channel=self._channel,
            delivery_id="",
            attempt=0,
            provider_id=f"{report.message_id:016x}",
            state=codes.state_of(report.state),
            code="" if report.state == "DELIVRD" else report.state,
            received_at=self._clock.now_ms(),
            destination=number.read(report.destination),
            sent_at=minute(report.submitted),
        )


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
    ids = tuple("" if isinstance(one, BaseException) else one for one in told)
    if unknown or any(ids):
        first = (unknown or problems)[0]
        raise Ambiguous(first.code, first.reason, part_ids=ids)
    raise problems[0]
