"""Progress of a case for whoever holds its number and its query code (办事进度查询).

The answer never tells whether a number exists. A try is counted before it is judged, so that a
thousand tries at once are not a thousand guesses: five wrong ones in a row lock the number on that
channel, and a source that guesses many numbers is slowed down the same way (decisions, 5).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from hub.clock import Clock, to_local
from hub.errors import HubError, NotFound
from hub.ids import derived_id
from hub.model.case import CITIZEN_LABEL, Case, CaseState, HistoryKind
from hub.model.conversation import Author, Direction
from hub.model.reference import is_reference
from hub.store.documents import Add, Conflict, Documents, Stored, Update
from hub.store.repositories import Repositories
from hub.texts import Texts

_SOURCE_FACTOR = 4  # several citizens may share one address of an office or a village


class TooManyTries(HubError):
    """Locked until this instant (ms UTC)."""

    def __init__(self, until: int) -> None:
        super().__init__("too many wrong codes")
        self.until = until


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the citizen's timeline; `at` is None while it lies ahead."""

    label: str
    at: int | None
    done: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the citizen may read."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the holder of the code is told."""

    reference: str
    label: str
    received_at: int
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    confidential: bool


_STAGES = (
    (CaseState.REGISTERED, (HistoryKind.REGISTERED, HistoryKind.PROMOTED)),
    (CaseState.HANDLING, (HistoryKind.ASSIGNED,)),
    (CaseState.REPLIED, (HistoryKind.REPLIED,)),
    (CaseState.CLOSED, (HistoryKind.CLOSED,)),
)


class TrackCase:
    """Checks the code, then reads the case."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        clock: Clock,
        texts: Texts,
        *,
        wrong_codes: int,
        lock_seconds: int,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock
        self._texts = texts
        self._wrong_codes = wrong_codes
        self._lock_seconds = lock_seconds

    async def __call__(self, reference: str, code: str, *, source: str, channel: str) -> Progress:
        """Progress of the case. Raises `NotFound` (absent and wrong look the same) or `TooManyTries`."""
        return await self._progress(await self.prove(reference, code, source=source, channel=channel))

    async def spoken(self, reference: str, code: str, *, source: str, channel: str, language: str) -> str:
        """The same in one short text, for channels without pages; problems are said in words too."""
        try:
            progress = await self(reference, code, source=source, channel=channel)
        except NotFound:
            return self._texts.say("not_found", language)
        except TooManyTries as problem:
            minutes = max(1, -(-(problem.until - self._clock.now_ms()) // 60_000))
            return self._texts.say("too_many", language, minutes=str(minutes))
        reply = ""
        if progress.replies and not progress.confidential:
            reply = self._texts.say("progress_reply", language, text=progress.replies[-1].text)
        return self._texts.say(
            "progress",
            language,
            reference=reference,
            label=progress.label,
            day=f"{to_local(progress.received_at):%Y-%m-%d}",
            reply=reply,
        )

    async def prove(self, reference: str, code: str, *, source: str, channel: str) -> Case:
        """The case, when the code is right. Raises `NotFound` or `TooManyTries`."""
        limits = {
            f"reference:{channel}:{derived_id(reference)}": self._wrong_codes,
            f"source:{channel}:{derived_id(source)}": self._wrong_codes * _SOURCE_FACTOR,
        }
        now = self._clock.now_ms()
        before = await self._documents.get_many("attempts", list(limits))
        _refuse_locked(before.values(), now)
        await self._documents.commit([Add("attempts", id, {"wrong": 1}) for id in limits])
        counted = await self._documents.get_many("attempts", list(limits))
        _refuse_locked(counted.values(), now)
        spent = [id for id, limit in limits.items() if counted[id].body["wrong"] > limit]
        case = None
        if not spent:
            found = (
                await self._repositories.cases.by_reference(reference) if is_reference(reference) else None
            )
            case = found.value if found and found.value.state is not CaseState.DRAFT else None
        expected = self._repositories.cases.code_hash(
            case.id if case else "", case.code_salt if case else "", code
        )
        if case is not None and hmac.compare_digest(expected, case.code_hash):
            number, origin = limits
            await self._set([counted[number]], {"wrong": 0})
            # The source takes back this one try only: a right code of one's own frees no guessing.
            await self._documents.commit([Add("attempts", origin, {"wrong": -1})])
            return case
        full = [counted[id] for id, limit in limits.items() if counted[id].body["wrong"] >= limit]
        if full:
            until = now + self._lock_seconds * 1000
            await self._set(full, {"wrong": 0, "until": until})
            raise TooManyTries(until)
        raise NotFound("case")

    async def _set(self, attempts: Iterable[Stored], body: dict[str, int]) -> None:
        for stored in attempts:
            try:
                await self._documents.commit([Update("attempts", stored.id, body, stored.version)])
            except Conflict:
                continue  # another try was counted meanwhile: its count stands

    async def _progress(self, case: Case) -> Progress:
        history = await self._repositories.cases.history(case.id)
        first: dict[HistoryKind, int] = {}
        for entry in history:
            first.setdefault(entry.kind, entry.at)
        order = [state for state, _ in _STAGES]
        reached = order.index(case.state)
        steps = []
        for place, (state, kinds) in enumerate(_STAGES):
            at = next((first[kind] for kind in kinds if kind in first), None)
            steps.append(Step(CITIZEN_LABEL[state], at, done=place <= reached))
        messages = await self._repositories.conversations.of_case(case.id)
        replies = tuple(
            Reply(message.at, message.text)
            for message in messages
            if message.direction is Direction.OUT and message.author is Author.AGENT
        )
        return Progress(
            reference=case.reference,
            label=CITIZEN_LABEL[case.state],
            received_at=case.received_at,
            steps=tuple(steps),
            replies=replies,
            confidential=case.compartment != "none",
        )


def _refuse_locked(attempts: Iterable[Stored], now: int) -> None:
    until: int = max((stored.body.get("until", 0) for stored in attempts), default=0)
    if until > now:
        raise TooManyTries(until)
