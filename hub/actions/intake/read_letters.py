"""Makes messages of stored letters, one at a time and in the order in which they came.

A letter that cannot be read goes to the back, is tried once more, and then becomes a case all the same:
来信无法解析, with the letter as it came as its only file, above the queue when its bytes hold words of
danger. Nothing is answered to it by itself, because nobody knows whether a machine wrote it. It is listed
(`unread_letters.py`) until somebody dealt with it; one that is then read joins the case it became.

The message and the letter's new state are one unit of work, and the message's id is made of the letter:
a crash at any line, or two readers of one letter, leave one message. Leases only save work.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace

from channels.adapter import ReadsLetters
from channels.address import Address, AddressKind, BadAddress, email
from channels.contract import Attachment, ChannelKind, InboundMessage, RawLetter
from channels.errors import Unreadable
from hub.actions.dialogue.triage import Triage
from hub.actions.intake.accept_event import AcceptEvent, Busy, event_id_of
from hub.actions.intake.left_out import WHOLE_LETTER
from hub.actions.intake.own_addresses import OwnAddresses
from hub.actions.intake.search_letter import Found, search_letter
from hub.model.letter import Letter, LetterState
from hub.model.track import Compartment
from hub.repositories.letters import LetterRepository
from hub.runtime.errors import NotFound
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, StoreUnavailable
from hub.store.files import FileStore

log = logging.getLogger(__name__)

TRIES = 2
UNREADABLE = "来信无法解析"
NO_READER = "no reader"
"""Why a letter was given up that nobody could begin to read."""
_FOR_REPORTS = "12389"
_LEASE_SECONDS = 10.0
_SEARCH_MS = 60_000
_LATER_MS = 5_000
_PATIENCE_MS = 600_000


class ReadLetters:
    """Reads what waits."""

    def __init__(
        self,
        documents: Documents,
        letters: LetterRepository,
        files: FileStore,
        readers: Mapping[str, ReadsLetters],
        accept_event: AcceptEvent,
        triage: Triage,
        own_addresses: OwnAddresses,
    ) -> None:
        """readers: by channel."""
        self._documents = documents
        self._letters = letters
        self._files = files
        self._readers = readers
        self._accept_event = accept_event
        self._triage = triage
        self._own_addresses = own_addresses

    async def next(self) -> Versioned[Letter] | None:
        """The letter whose turn it is, or None."""
        return await self._letters.claim(lease_seconds=_LEASE_SECONDS)

    async def __call__(self, found: Versioned[Letter]) -> None:
        """Reads a claimed letter; what goes wrong is noted in it. Raises only when the store cannot write."""
        letter = found.value
        try:
            await self._read(found)
        except (StoreUnavailable, Busy, OSError, NotFound) as trouble:  # no fault of the letter
            self._note("letter.later", letter, trouble)
            await self._change(found, replace(letter, next_at=await self._in(_LATER_MS)))
        except Exception as trouble:  # whatever it was, the letter must not be lost to it
            self._note("letter.failed", letter, trouble)
            wait = 0 if letter.tries < TRIES else _LATER_MS
            why = str(trouble) if isinstance(trouble, Unreadable) else type(trouble).__name__
            failed = replace(letter, tries=letter.tries + 1, why=why, next_at=await self._in(wait))
            await self._change(found, failed)

    async def _read(self, found: Versioned[Letter]) -> None:
        letter = found.value
        reader = self._readers.get(letter.channel)
        if reader is None:
            raise NotFound("channel")  # switched off: it waits
        raw = RawLetter(
            channel=letter.channel,
            content=await self._files.get(letter.file_id),
            envelope_from=letter.envelope_from,
            recipient=letter.recipient,
            received_at=letter.received_at,
            failed=letter.tries > 0,
        )
        message = await self._message(raw, reader) if letter.tries < TRIES else None
        if message is not None and await self._own_addresses.take(message):
            await self._change(found, replace(letter, state=LetterState.READ))
            return
        if message is not None and letter.message_id:
            message = replace(message, thread=(_unread_id(raw), *message.thread))
        was_outside = letter.compartment is Compartment.NONE
        if message is not None and not message.left_out and was_outside:
            await self._store(found, message)
            return
        found = await self._hold(found)
        searched = await asyncio.to_thread(search_letter, reader.rough_texts(raw.content), self._triage)
        if message is None:
            searched = replace(searched, accuses=searched.accuses or _is_for_reports(letter))
            found = replace(found, value=_given_up(letter, raw, searched, at=await self._in(0)))
            await self._store(found, await asyncio.to_thread(_unread, raw), searched)
        else:  # danger, or what only inspectors may read, may stand in what was left out
            matters = searched.danger is not None or searched.accuses
            await self._store(found, _with_the_whole(message, raw), searched if matters else None)

    async def _hold(self, found: Versioned[Letter]) -> Versioned[Letter]:
        """The letter with a longer lease. Raises `Busy` when somebody else has it."""
        held = replace(found.value, next_at=await self._in(_SEARCH_MS))
        if not await self._change(found, held):
            raise Busy("somebody else reads the letter")
        return Versioned(held, found.version + 1)

    async def _message(self, raw: RawLetter, reader: ReadsLetters) -> InboundMessage | None:
        """None when nobody could try for so long that a person had better look."""
        try:
            return await reader.read(raw)
        except OSError:
            if await self._documents.now_ms() < raw.received_at + _PATIENCE_MS:
                raise
            return None

    async def _store(
        self, found: Versioned[Letter], message: InboundMessage, searched: Found | None = None
    ) -> None:
        read = replace(found.value, message_id=event_id_of(message))
        if read.state is LetterState.WAITING:
            read = replace(read, state=LetterState.READ)
        settled = self._letters.update(read, found.version)
        outcome = await self._accept_event(message, searched=searched, also=(settled,))
        if outcome.seen:  # it came in another wrapping before
            await self._change(found, read)

    async def _change(self, found: Versioned[Letter], after: Letter) -> bool:
        """Whether it was still ours."""
        try:
            await self._documents.commit([self._letters.update(after, found.version)])
        except Conflict:
            return False
        return True

    async def _in(self, milliseconds: int) -> int:
        return await self._documents.now_ms() + milliseconds

    @staticmethod
    def _note(event: str, letter: Letter, trouble: Exception) -> None:
        kind = type(trouble).__name__
        log.warning(event, extra={"letter": letter.id, "tries": letter.tries, "kind": kind})


def _with_the_whole(message: InboundMessage, raw: RawLetter) -> InboundMessage:
    whole = Attachment(WHOLE_LETTER, "message/rfc822", raw.content)
    return replace(message, attachments=(*message.attachments, whole))


def _is_for_reports(letter: Letter) -> bool:
    """Whether it came to a mailbox that is there for reports: what nobody could read may be one (ADR 14)."""
    return letter.recipient.startswith(_FOR_REPORTS)


def _given_up(letter: Letter, raw: RawLetter, searched: Found, *, at: int) -> Letter:
    return replace(
        letter,
        next_at=at,
        why=letter.why or NO_READER,
        state=LetterState.UNREADABLE,
        digest=hashlib.sha256(raw.content).hexdigest(),
        size_bytes=len(raw.content),
        compartment=Compartment.REPORT if searched.accuses else Compartment.NONE,
    )


def _unread_id(raw: RawLetter) -> str:
    """Stands for the Message-ID of a letter while nobody can read it."""
    return f"sha256:{hashlib.sha256(raw.content).hexdigest()}"


def _unread(raw: RawLetter) -> InboundMessage:
    """The letter as a message: what the envelope says, and the bytes."""
    try:
        sender = email(raw.envelope_from)
    except BadAddress:
        sender = Address(AddressKind.EMAIL, "")
    return InboundMessage(
        channel=raw.channel,
        kind=ChannelKind.MAIL,
        provider_id=_unread_id(raw),
        sender=sender,
        recipient=raw.recipient,
        text="",
        received_at=raw.received_at,
        subject=UNREADABLE,
        attachments=(Attachment(f"{UNREADABLE}.eml", "message/rfc822", raw.content),),
    )
