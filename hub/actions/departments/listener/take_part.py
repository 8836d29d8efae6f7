"""A part of a text came over a listener: it is kept, and the text is handed over when it is whole.

Rules protected: what was answered is on disk. A text in parts is one submission under one message id, which
every part is answered with; the last part is not kept before the whole text is, so that who is refused may
send that part again. A request that comes again within a minute, by the same protocol, is not sent twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from channels.address import Address, BadAddress, is_textable, phone
from channels.carrier.gsm7 import decode_gsm7
from channels.carrier.long_text import Place
from channels.listener.contract import Account, Login, Refusal, Refused, TextPart
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.departments.listener.close_text import (
    given_up,
    message_ids,
    owed,
    unfinished,
)
from hub.actions.departments.listener.logins import ProveLogin
from hub.actions.departments.refusals import NotTaken, OtherBody, TooMuch
from hub.actions.departments.submit_texts import LONGEST_MS, Caller, Submitted, SubmitTexts
from hub.actions.departments.wording import TextsWanted
from hub.model.departments.department_key import DepartmentKey
from hub.model.departments.listened import JOIN_MS, KEEP_MS, REPEAT_MS, KeptPart, LongText, OwedReceipt
from hub.model.departments.registered import RegisteredDepartment, SenderLine
from hub.model.departments.submission import Submission
from hub.repositories.departments.records import DepartmentRecords
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, StoreUnavailable, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

_TRIES = 50
_MOST_PARTS = 30
"""A text of the API has a thousand characters at most; it fits into fewer."""
_MOST_OPEN = 1_000
"""Texts of one department that may wait for parts."""

_BY_CODE: Mapping[str, Refusal] = {
    "no_valid_number": Refusal.BAD_DESTINATION,
    "sender_not_allowed": Refusal.BAD_SOURCE,
    "extension_not_allowed": Refusal.BAD_SOURCE,
    "no_channel": Refusal.BAD_SOURCE,
    "text_or_template": Refusal.EMPTY,
    "already_over": Refusal.BAD_EXPIRY,
    "too_late": Refusal.BAD_SCHEDULE,
}
"""Of the problems of a submission; every other one is REFUSED."""
_BEYOND = {
    "rate": Refusal.TOO_FAST,
    "daily_quota": Refusal.DAILY_QUOTA,
    "monthly_quota": Refusal.MONTHLY_QUOTA,
}
_FOR_NOW = frozenset({*_BEYOND.values(), Refusal.UNAVAILABLE})
"""What may come again."""


@dataclass(frozen=True, slots=True)
class _Came:
    """What is known of a request. sender: the channel and extension it leaves by, None = as registered."""

    account: Account
    key: DepartmentKey
    part: TextPart
    sender: SenderLine | None
    at: int


class TakePart:
    """Implements `channels.listener.contract.TakesTexts`. numbers: of the channels for texts, by name.
    way: the protocol."""

    def __init__(
        self,
        documents: Documents,
        records: DepartmentRecords,
        departments: DepartmentsInForce,
        submit: SubmitTexts,
        prove: ProveLogin,
        clock: Clock,
        numbers: Mapping[str, str],
        way: str,
    ) -> None:
        self._documents = documents
        self._records = records
        self._listened = records.listened
        self._departments = departments
        self._submit = submit
        self._prove = prove
        self._clock = clock
        self._numbers = numbers
        self._way = way
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def log_in(self, login: Login, source: str) -> Account:
        """Raises `Refused`."""
        try:
            known, key = await self._prove(login, source)
        except StoreUnavailable:
            raise Refused(Refusal.UNAVAILABLE) from None
        if self._departments.registered(known.department) is None:
            raise Refused(Refusal.LOGIN_NOT_NOW)
        return Account(known.id, known.department, key.id)

    async def still_open(self, account: Account) -> bool:
        """Whether its key works."""
        try:
            return await self._prove.still(account) is not None
        except StoreUnavailable:
            return True  # nothing is taken meanwhile anyway

    async def take(self, account: Account, part: TextPart) -> str:
        """The id of the message; durable when it returns. Raises `Refused`."""
        if part.place is None:
            return await self._taken(account, part)
        # Parts of one set in the order they came: some systems use one reference for every text, and the next
        # text must not be taken for a change of the one that is just being handed over.
        id = self._set_id(account, part, part.place)
        turn = self._turns.get(id)
        if turn is None:
            turn = self._turns[id] = asyncio.Lock()
        async with turn:
            return await self._taken(account, part)

    async def _taken(self, account: Account, part: TextPart) -> str:
        try:
            key = await self._prove.still(account)
            department = self._departments.registered(account.group)
            if key is None or department is None:
                raise Refused(Refusal.REFUSED)
            sender = self._sender(department, part.source)
            came = _Came(account, key, _of_numbers(part), sender, self._clock.now_ms())
            if not part.content:
                raise Refused(Refusal.EMPTY)
            return await (self._single(came) if part.place is None else self._piece(came))
        except StoreUnavailable:
            raise Refused(Refusal.UNAVAILABLE) from None

    # --- a text of one part ---

    async def _single(self, came: _Came) -> str:
        part, name = came.part, came.account.name
        words = derived_id(self._way, part.source, ",".join(part.to), part.encoding, part.content.hex())
        minute = came.at // REPEAT_MS
        references = [f"{name}-{part.sequence}-{words[:16]}-{minute - back}" for back in (0, 1)]
        for client_ref in references:
            before = await self._submission(came.key, client_ref)
            if before is not None and before.value.at > came.at - REPEAT_MS:
                await self._owe(came, before.value)
                return before.value.results[0].message_id
        text = _decoded([(part.encoding, part.content)])
        submitted = await self._handed(came, references[0], text)
        await self._owe(came, submitted.submission)
        return submitted.submission.results[0].message_id

    async def _owe(self, came: _Came, submission: Submission) -> None:
        part = came.part
        if not part.wants_receipt:
            return
        first = OwedReceipt(
            id="",
            submission_id=submission.id,
            system_id=came.account.name,
            department=came.account.group,
            way=self._way,
            at=came.at,
            look_at=came.at,
            until=came.at + LONGEST_MS + 2 * KEEP_MS,
            source=part.source,
            reply_to=part.reply_to,
        )
        receipts = first.each([one.message_id for one in submission.results], part.to)
        try:
            await self._documents.commit([self._listened.insert_receipt(one) for one in receipts])
        except Duplicate:  # the request came before
            return

    # --- a text in parts ---

    def _set_id(self, account: Account, part: TextPart, place: Place) -> str:
        who = (self._way, account.name, part.source, ",".join(part.to))
        return derived_id("long text", *who, place.reference, str(place.total))

    async def _piece(self, came: _Came) -> str:
        place, part = came.part.place, came.part
        assert place is not None  # noqa: S101 - `take` looked
        if place.total > _MOST_PARTS:
            raise Refused(Refusal.REFUSED)
        id = self._set_id(came.account, part, place)
        content = part.content.hex()
        kept = KeptPart(
            place.number, came.at, derived_id(str(part.sequence), content), part.encoding, content
        )

        message_id = ""

        async def decide() -> tuple[list[Write], LongText | None]:
            """The text, None while it is not whole or when this is a repeat."""
            nonlocal message_id
            stored = await self._listened.text(id)
            text = stored.value if stored is not None else None
            version = stored.version if stored is not None else 0
            writes: list[Write] = []
            before = text.part(place.number) if text else None
            if text is not None and before is not None:
                is_repeat = before.repeat == kept.repeat and before.at > came.at - REPEAT_MS
                if is_repeat or (text.due_at and before.content == content):
                    message_id = text.message_id
                    return [], None
            if text is None or not text.due_at or before is not None or text.due_at <= came.at:
                if text is not None and text.due_at:  # its reference is in use again: it never gets whole
                    writes += await unfinished(self._records, text, came.at)
                text = await self._begun(came, id, kept)
            message_id = text.message_id
            text = text.with_part(kept, wants_receipt=part.wants_receipt, reply_to=part.reply_to)
            if text.is_whole():
                return [], text
            return [*writes, self._listened.put_text(text, version)], None

        whole = await until_committed(self._documents, decide, tries=_TRIES)
        if whole is not None:
            await self._hand_over(came, whole)
        return message_id

    async def _begun(self, came: _Came, id: str, first: KeptPart) -> LongText:
        part, name = came.part, came.account.name
        assert part.place is not None  # noqa: S101
        if await self._listened.open_texts(came.account.group) >= _MOST_OPEN:
            raise Refused(Refusal.TOO_FAST)
        client_ref = f"{name}-{id[:12]}-{first.repeat[:12]}-{came.at}"  # two may begin in one millisecond
        return LongText(
            id=id,
            message_id=message_ids(self._records.submissions.id_of(came.key.line, client_ref), [""])[0],
            client_ref=client_ref,
            system_id=name,
            department=came.account.group,
            line=came.key.line,
            way=self._way,
            total=part.place.total,
            started_at=came.at,
            due_at=came.at + JOIN_MS,
            keep_until=came.at + 2 * JOIN_MS,
            source=part.source,
            destination=",".join(part.to),
        )

    async def _hand_over(self, came: _Came, text: LongText) -> None:
        """Raises `Refused`: for good, and the text is closed; or for now, and it stands as it was."""
        parts = sorted(text.parts, key=lambda one: one.number)
        try:
            words = _decoded([(one.encoding, bytes.fromhex(one.content)) for one in parts])
            submitted = await self._handed(came, text.client_ref, words)
        except Refused as refused:
            if refused.refusal not in _FOR_NOW:
                await self._close(text, refused=refused.refusal.value)
            raise
        await self._close(text, submission=submitted.submission.id)

    async def _close(self, text: LongText, *, submission: str = "", refused: str = "") -> None:
        """The text is handed over, or refused; of two that say so one is enough."""

        async def decide() -> tuple[list[Write], None]:
            stored = await self._listened.text(text.id)
            now = self._clock.now_ms()
            if stored is None or not stored.value.due_at or stored.value.message_id != text.message_id:
                return [], None
            writes: list[Write] = [self._listened.put_text(text.closed(now), stored.version)]
            if refused:
                writes += given_up(self._records, text, now, refused)
            elif text.wants_receipt:
                writes += [self._listened.insert_receipt(one) for one in owed(text, submission, now)]
            return writes, None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            log.info("listener.closed_twice", extra={"delivery": text.message_id})

    # --- handing over ---

    async def _handed(self, came: _Came, client_ref: str, text: str) -> Submitted:
        part, key = came.part, came.key
        latest = came.at + LONGEST_MS
        wanted = TextsWanted(
            client_ref=client_ref,
            to=part.to,
            text=text,
            sender=came.sender.channel if came.sender else "",
            extension=came.sender.extension if came.sender else None,
            not_before=part.not_before if part.not_before > came.at else 0,
            expires_at=min(part.expires_at, latest),
        )
        caller = Caller(key.department, key.line, key.id, key.classes, key.sandbox)
        try:
            return await self._submit(caller, wanted)
        except OtherBody:  # the same request, with a time counted from now: what came first holds
            before = await self._submission(key, client_ref)
            if before is None:
                raise Refused(Refusal.UNAVAILABLE) from None
            return Submitted(before.value, repeated=True)
        except NotTaken as refused:
            code = refused.problems[0].code
            log.info("listener.not_taken", extra={"department": key.department, "code": code})
            raise Refused(_BY_CODE.get(code, Refusal.REFUSED)) from None
        except TooMuch as refused:
            raise Refused(_BEYOND[refused.beyond.code]) from None

    async def _submission(self, key: DepartmentKey, client_ref: str) -> Versioned[Submission] | None:
        submissions = self._records.submissions
        return await submissions.get(submissions.id_of(key.line, client_ref))

    def _sender(self, department: RegisteredDepartment, source: str) -> SenderLine | None:
        """The registered line a source address means, None for none said: a channel by its name is its first
        line. Raises `Refused`."""
        number = source.removeprefix("+")
        if not number:
            return None
        own = department.senders
        for line in own:
            if number in (line.channel, self._numbers.get(line.channel, line.channel) + line.extension):
                return line
        for name, of_channel in self._numbers.items():
            if not own and number in (name, of_channel):
                return SenderLine(name)
        raise Refused(Refusal.BAD_SOURCE)


def _of_numbers(part: TextPart) -> TextPart:
    """The part with each of its numbers once. Of several, one bad number refuses all, as carriers do. Raises
    `Refused`."""
    if not part.others:
        return part
    found: dict[Address, str] = {}
    for number in part.to:
        try:
            address = phone(number)
        except BadAddress:
            raise Refused(Refusal.BAD_DESTINATION) from None
        if not is_textable(address):
            raise Refused(Refusal.BAD_DESTINATION)
        found.setdefault(address, number)
    first, *others = found.values()
    return replace(part, destination=first, others=tuple(others))


def _decoded(pieces: Sequence[tuple[str, bytes]]) -> str:
    """Parts are joined before they are read: a character may stand in two of them. Raises `Refused`."""
    runs: list[tuple[str, bytes]] = []
    for encoding, content in pieces:
        if runs and runs[-1][0] == encoding:
            runs[-1] = (encoding, runs[-1][1] + content)
        else:
            runs.append((encoding, content))
    try:
        text = "".join(_read(encoding, content) for encoding, content in runs)
    except (ValueError, LookupError):
        raise Refused(Refusal.REFUSED) from None
    return text.replace("\0", "").replace("\ufeff", "")


def _read(encoding: str, content: bytes) -> str:
    if encoding == "gsm7":
        return decode_gsm7(content)
    if encoding == "utf-16-be" and len(content) % 2 and content.endswith(b"\0"):
        content = content[:-1]  # some end a text with a zero byte
    return content.decode(encoding or "none", "strict")
