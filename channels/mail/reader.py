"""Makes a message of a stored letter, with the help of a process that may break over it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from channels.contract import ChannelKind, InboundMessage, RawLetter
from channels.errors import Unreadable
from channels.mail import frame
from channels.mail.parse import DEFAULT_LIMITS, ParseLimits
from channels.mail.reader_pool import ReaderPool
from channels.mail.rough import rough_texts


@dataclass(frozen=True, slots=True)
class MailReaderSettings:
    """recipients: our mailboxes. own_domain: that of our own Message-IDs (loops). limits: of one letter."""

    recipients: Collection[str]
    own_domain: str
    limits: ParseLimits = DEFAULT_LIMITS


class MailReader:
    """Implements `channels.adapter.ReadsLetters`. The event carries the Message-ID: a repeat is harmless."""

    def __init__(self, settings: MailReaderSettings, pool: ReaderPool) -> None:
        self._domain = settings.own_domain
        self._ours = frozenset(address.lower() for address in settings.recipients)
        self._limits = settings.limits
        self._pool = pool

    async def read(self, letter: RawLetter) -> InboundMessage:
        """Implements the port."""
        facts, content = await self._pool.ask(
            frame.request(
                letter.content,
                envelope_from=letter.envelope_from,
                domain=self._domain,
                own_addresses=self._ours,
                limits=self._limits,
                cautious=letter.failed,
            )
        )
        try:
            mail = frame.mail_of(facts, content)
        except (KeyError, TypeError, ValueError) as problem:
            raise Unreadable(type(problem).__name__) from problem
        return InboundMessage(
            channel=letter.channel,
            kind=ChannelKind.MAIL,
            provider_id=mail.id,
            sender=mail.sender,
            recipient=letter.recipient,
            text=mail.text,
            received_at=letter.received_at,
            subject=mail.subject,
            thread=mail.thread,
            attachments=mail.attachments,
            automatic=mail.automatic,
            report=mail.report,
            left_out=mail.left_out,
            passed_on_by=mail.passed_on_by,
        )

    def rough_texts(self, raw: bytes) -> Iterator[str]:
        """Implements the port."""
        return rough_texts(raw)
