"""A citizen makes an event of the table happen: 催办, 撤回, 补充, 评价, 不满意, 申请复查, 申请复核.

Number and code are proven first, behind the brake on guessing. What was written is a message of the case's
conversation, stored under an id made of the request, so that a request that comes twice happens once and is
answered alike. A request for 复查 or 复核 after its last day is refused and kept for a person, in one commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from channels.address import Address
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.citizen.wording import CitizenWording
from hub.actions.cases.step_unit import Heard, StepUnit
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import Step, kept_late, stepped
from hub.model.cases.table import rows_of
from hub.model.citizen_wish import CitizenWish
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import derived_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

EVENTS = ("cuiban", "supplement", "rate", "unsatisfied", "request_fucha", "request_fuhe", "withdraw")
"""What a citizen may ask for, in the order of a page. `supplement` also answers a question of ours."""

MAX_TEXT = 3000
_SCORES = range(1, 6)
_TRIES = 8
_LATE = {"request_fucha": "复查", "request_fuhe": "复核"}
_LEAVES_NOBODY_WAITING = frozenset({"rate", "withdraw"})


class ProvesCase(Protocol):
    """Who compares number and code (`hub/actions/progress/track_case.py`)."""

    async def prove(
        self, reference: str, code: str, *, source: str, shown: Address | None = None, attempt: str = ""
    ) -> Case:
        """Our own case, when the code is right. Raises `NotFound`, `TooManyTries` or `PhoneNeeded`."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """Where a wish comes from.

    id: of the request; one that comes twice happens once. conversation_id, address: where the answer is read;
    a notice that would go there too is left out. at: ms UTC. private: nobody else reads the answer.
    """

    id: str
    channel: str
    at: int = 0
    language: str = "zh"
    conversation_id: str = ""
    address: str = ""
    private: bool = True


@dataclass(frozen=True, slots=True)
class CitizenMoved:
    """What the citizen is told; done: whether it happened."""

    case_id: str
    text: str
    done: bool


class CitizenMove:
    """One event."""

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        proves: ProvesCase,
        unit: StepUnit,
        wording: CitizenWording,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._proves = proves
        self._unit = unit
        self._wording = wording
        self._rules = rules
        self._clock = clock

    async def __call__(
        self,
        reference: str,
        code: str,
        wish: CitizenWish,
        request: Request,
        *,
        source: str,
        shown: Address | None = None,
    ) -> CitizenMoved:
        """Raises `NotFound`, `TooManyTries` or `PhoneNeeded` for the code, `Invalid` for what was written;
        `Stale`."""
        case = await self._proves.prove(reference, code, source=source, shown=shown, attempt=request.id)
        return await self.proven(case.id, wish, request)

    async def by_reference(self, reference: str, wish: CitizenWish, request: Request) -> CitizenMoved:
        """For a number whose code was proven before, in the same call. Raises as above."""
        found = await self._repositories.cases.by_reference(reference)
        if found is None:
            raise NotFound("case")
        return await self.proven(found.value.id, wish, request)

    async def proven(self, case_id: str, wish: CitizenWish, request: Request) -> CitizenMoved:
        """For a case whose code was proven. Raises `Invalid` or `Stale`."""
        _check(wish)
        # What is asked is part of it: a page that was gone back to sends something else under the same id.
        message_id = derived_id(
            "citizen-move", case_id, request.id, wish.event, str(wish.score), wish.text.strip()
        )

        async def decide() -> tuple[Sequence[Write], CitizenMoved]:
            found = await self._repositories.cases.get(case_id)
            if found is None:
                raise NotFound("case")
            seen = await self._repositories.conversations.message(message_id) is not None
            return await self._decide(found, _fitting(found.value, wish), request, message_id, seen=seen)

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("case") from None

    async def _decide(
        self, found: Versioned[Case], wish: CitizenWish, request: Request, message_id: str, *, seen: bool
    ) -> tuple[Sequence[Write], CitizenMoved]:
        case, at = found.value, request.at or self._clock.now_ms()
        attempt = Attempt(wish.event, at, CaseRole.CIT, self._rules.now)
        waits = any(late.level == _LATE.get(wish.event) for late in case.proceeding.late)
        if seen and not waits:
            return (), self._done(case, wish, request)
        facts = {"channel": request.channel, **({"score": str(wish.score)} if wish.score else {})}
        ready = replace(case, waiting=wish.event not in _LEAVES_NOBODY_WAITING)
        try:
            step = stepped(ready, attempt, actor="citizen", facts=facts)
        except IllegalMove as problem:
            text = self._wording.refused(case, wish.event, problem, request.language)
            answer = CitizenMoved(case.id, text, done=False)
            kept = None if seen or waits else kept_late(ready, attempt, problem)
            return await self._writes(kept, found, wish, request, message_id, at) if kept else (), answer
        writes = await self._writes(step, found, wish, request, message_id, at)
        return writes, self._done(step.case, wish, request)

    async def _writes(
        self,
        step: Step,
        found: Versioned[Case],
        wish: CitizenWish,
        request: Request,
        message_id: str,
        at: int,
    ) -> list[Write]:
        case = found.value
        reads_here = request.conversation_id == case.origin.conversation_id or (
            request.address and request.address == case.applicant.address
        )
        own = {notice for row in rows_of(wish.event) for notice in (*row.notices, "中性通知")}
        heard = Heard(message_id, _words(wish))
        silent = own if reads_here else ()
        return await self._unit.writes(step, found.version, at=at, silent=silent, heard=heard)

    def _done(self, case: Case, wish: CitizenWish, request: Request) -> CitizenMoved:
        text = self._wording.done(
            case, wish.event, request.language, score=wish.score, private=request.private
        )
        return CitizenMoved(case.id, text, done=True)


def _check(wish: CitizenWish) -> None:
    if wish.event not in EVENTS:
        raise Invalid({"event": "没有这个操作"})
    if wish.event == "rate" and wish.score not in _SCORES:
        raise Invalid({"score": "请选择 1 到 5 分"})
    if wish.event == "supplement" and not wish.text.strip():
        raise Invalid({"text": "请写明要补充的内容"})
    if len(wish.text) > MAX_TEXT:
        raise Invalid({"text": f"最多 {MAX_TEXT} 个字"})


def _fitting(case: Case, wish: CitizenWish) -> CitizenWish:
    """The event for the case as it is: an answer where we asked, a low rating where nothing is done again."""
    if wish.event == "supplement" and case.state is CaseState.NEED_INFO:
        return replace(wish, event="citizen_reply")
    if wish.event == "unsatisfied" and not any(case.track in row.tracks for row in rows_of("unsatisfied")):
        return replace(wish, event="rate", score=1)
    return wish


def _words(wish: CitizenWish) -> str:
    """The message as staff read it."""
    text = wish.text.strip()
    if wish.event in ("supplement", "citizen_reply"):
        return text
    label = rows_of(wish.event)[0].label
    what = f"{label}：{wish.score} 分" if wish.score else label
    return f"{what}\n{text}" if text else what
