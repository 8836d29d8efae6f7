"""What the holder of number and code sees of the procedure: limits, documents, what may be asked for now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.citizen.citizen_move import EVENTS
from hub.actions.cases.citizen.deliver_electronically import DeliverElectronically
from hub.actions.cases.citizen.open_question import open_question
from hub.actions.cases.citizen.wording import CitizenWording
from hub.actions.cases.documents.read_documents import ReadDocuments
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.clock import Rules
from hub.model.cases.clock_names import ClockName
from hub.model.cases.moves import IllegalMove, move
from hub.model.cases.proceeding import Paper
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import DONE_STATES, CaseState
from hub.model.cases.step import passed
from hub.model.cases.table import rows_of
from hub.model.legal_documents.legal_document import LegalDocument
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock, day_of
from hub.runtime.errors import NotFound

C = ClockName
LIMIT_LABELS: Mapping[ClockName, str] = {
    C.NOTIFY_15: "告知是否受理",
    C.REPORT_ACCEPT: "告知是否受理",
    **dict.fromkeys(
        (C.HANDLE_60, C.HANDLE_REMAND, C.CONSULT, C.SUGGEST, C.REDO, C.REPORT_INVEST), "办理期限"
    ),
    **dict.fromkeys((C.SERVICE_HELP, C.SERVICE_COMPLAINT, C.SERVICE_COMPLEX), "办理期限"),
    C.NEED_INFO_10: "请您补充材料",
    C.REPORT_FEEDBACK: "反馈结果",
    C.REPORT_OBJECTION: "提出异议的最后一日",
    C.FUCHA_WINDOW: "申请复查的最后一日",
    C.FUCHA_30: "复查期限",
    C.FUHE_WINDOW: "申请复核的最后一日",
    C.FUHE_30: "复核期限",
}
"""The clocks that concern a citizen, in plain words; of one label the latest counts."""

_YOURS = frozenset({C.NEED_INFO_10, C.REPORT_OBJECTION, C.FUCHA_WINDOW, C.FUHE_WINDOW})


@dataclass(frozen=True, slots=True)
class CitizenLimit:
    """yours: the citizen has this time, else the organ. days_left: to its last day, negative once over."""

    label: str
    last_day: date
    days_left: int
    yours: bool


@dataclass(frozen=True, slots=True)
class CitizenOffer:
    """A step. why_not: why it is not possible now. note: what is to be known before it is asked for."""

    event: str
    why_not: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CitizenCase:
    """consent_at: ms UTC, 0 = no electronic delivery. asked: our question that waits, or "". documents: those
    that were delivered, by their place among the papers."""

    case: Case
    limits: tuple[CitizenLimit, ...]
    papers: tuple[Paper, ...]
    offers: tuple[CitizenOffer, ...]
    consent_at: int
    asked: str
    documents: Mapping[int, LegalDocument]


class ShowCase:
    """Opens a case for its citizen. Number and code were proven before."""

    def __init__(
        self,
        cases: CaseRepository,
        deliver: DeliverElectronically,
        wording: CitizenWording,
        rules: CaseRules,
        clock: Clock,
        documents: ReadDocuments,
    ) -> None:
        self._documents = documents
        self._cases = cases
        self._deliver = deliver
        self._wording = wording
        self._rules = rules
        self._clock = clock

    async def __call__(self, case_id: str, *, language: str) -> CitizenCase:
        """The case as it is now; where electronic delivery was agreed to, this delivers what waits."""
        await self._deliver.opened(case_id)
        found = await self._cases.get(case_id)
        if found is None:
            raise NotFound("case")
        now, rules = self._clock.now_ms(), self._rules.now
        case = passed(found.value, now, rules).case  # to look at; who writes it is not the page
        return CitizenCase(
            case=case,
            limits=_limits(case, rules, now),
            papers=case.proceeding.papers,
            offers=tuple(filter(None, (self._offer(case, event, now, language) for event in EVENTS))),
            consent_at=case.electronic_consent_at,
            asked=await open_question(self._cases, case),
            documents=await self._documents.delivered(case),
        )

    def _offer(self, case: Case, event: str, now: int, language: str) -> CitizenOffer | None:
        """None for a step that this kind of matter does not have."""
        p = case.proceeding
        if not any(p.track in row.tracks for row in rows_of(event)):
            return None
        try:
            move(p, Attempt(event, now, CaseRole.CIT, self._rules.now))
        except IllegalMove as problem:
            if problem.kept is None:
                return CitizenOffer(event, self._wording.refused(case, event, problem, language))
            waits = {late.level for late in p.late} & {problem.kept.late[-1].level}
            if waits:
                return CitizenOffer(event, self._wording.say("late_waits", language))
            return CitizenOffer(event, note=self._wording.say("late_possible", language))
        return CitizenOffer(event)


def _limits(case: Case, rules: Rules, now: int) -> tuple[CitizenLimit, ...]:
    found: dict[str, CitizenLimit] = {}
    for clock in case.proceeding.clocks:
        label = LIMIT_LABELS.get(clock.name)
        if label is None or clock.stopped_at or case.state in DONE_STATES - {CaseState.CLOSED}:
            continue
        last = rules.last_day(clock)
        found[label] = CitizenLimit(label, last, (last - day_of(now)).days, clock.name in _YOURS)
    return tuple(found.values())
