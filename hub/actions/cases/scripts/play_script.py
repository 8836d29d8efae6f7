"""Plays a script through the real table, clocks and calendar, on a store of its own in memory.

The script names every step. What the step needs besides is there: units and people exist and are competent,
one person stands for each role, facts, basis, seal and proof are complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.actions.cases.scripts.script import LOOK, Script, ScriptEvent
from hub.model.cases.attempt import Attempt
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import Case, Origin
from hub.model.cases.clock import Rules
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.moves import IllegalMove, allowed, move
from hub.model.cases.passing_time import WarningGiven
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import Step, kept_late, passed, stepped
from hub.model.cases.table import rows_of
from hub.model.cases.told import citizen_label
from hub.model.track import compartment_of
from hub.repositories.cases import CaseRepository
from hub.runtime.clock import FakeClock, day_of
from hub.store.documents import Documents

_CASE_ID = "case"
_FILLED_IN: Mapping[str, Mapping[str, Any]] = {
    "refuse": {"code": "OTHER", "second": "另一人"},
    "to_discipline": {"second": "另一人"},
    "to_procuratorate": {"second": "另一人"},
    "refuse_return": {"reason": "属于该单位职责"},
    "reject_draft": {"comment": "请修改"},
    "merge_into": {"master": "另一工单"},
    "duban": {"order": "请按期办结"},
    "reopen": {"reason": "有新的事实"},
    "reclassify": {"reason": "重新甄别"},
    "admit_late": {"reason": "有正当理由"},
    "refuse_late": {"reason": "已过期限"},
    "waive_notice": {"reason": "姓名地址不清"},
}
"""Words that an event needs and a script need not say."""


@dataclass(frozen=True, slots=True)
class PlayedEvent:
    """What an event of the script did. case: as it is afterwards. refused: why not, "" when it happened.

    notices: of everything so far. allowed: events that could happen now. master: the case it was merged into.
    """

    event: ScriptEvent
    refused: str
    case: Case
    notices: tuple[str, ...]
    allowed: tuple[str, ...]
    master: str = ""


class PlayScript:
    """One play."""

    def __init__(
        self, documents: Documents, cases: CaseRepository, clock: FakeClock, calendar: WorkCalendar
    ) -> None:
        self._documents = documents
        self._cases = cases
        self._clock = clock
        self._calendar = calendar
        self._notices: list[str] = []
        self._master = ""

    async def __call__(self, script: Script) -> list[PlayedEvent]:
        """One item per event of the script, in its order."""
        rules = Rules(script.profile, self._calendar)
        await self._submit(script, rules)
        return [await self._play(event, rules) for event in script.events]

    async def _submit(self, script: Script, rules: Rules) -> None:
        at = self._clock.at = script.received_at
        data = {"kind": script.kind, "channel": script.channel}
        moved = move(Proceeding(script.track), Attempt("submit", at, CaseRole.CIT, rules, data=data))
        self._notices += moved.notices
        case = Case(
            _CASE_ID,
            _CASE_ID,
            at,
            at,
            moved.proceeding,
            Origin(script.channel, script.channel),
            compartment=compartment_of(script.track),
        )
        case, entry = recorded(
            scheduled(case, at, rules), at=at, actor="citizen", kind=HistoryKind.REGISTERED
        )
        await self._documents.commit([self._cases.insert(case), self._cases.insert_entry(entry)])

    async def _play(self, event: ScriptEvent, rules: Rules) -> PlayedEvent:
        self._clock.at = event.at
        found = await self._cases.get(_CASE_ID)
        if found is None:
            raise RuntimeError("the case of the play is gone")
        case = found.value
        now = passed(case, event.at, rules)
        attempt = self._attempt(event, now.case.proceeding, rules)
        refused = ""
        if event.name == LOOK:
            step = now
        else:
            try:
                step = stepped(case, attempt, actor=attempt.person)
            except IllegalMove as problem:
                refused = problem.reason
                step = kept_late(case, attempt, problem) or now
        step = _with_what_is_due(step, event.at, rules)
        await self._keep(step, found.version, changed=step.case != case)
        if attempt.event == "merge_into" and not refused:
            self._master = attempt.text("master")
        could = allowed(step.case.proceeding, attempt)
        return PlayedEvent(event, refused, step.case, tuple(self._notices), could, self._master)

    async def _keep(self, step: Step, version: int, *, changed: bool) -> None:
        self._notices += [*map(_warning, step.warnings), *step.notices]
        if changed:
            await self._documents.commit(self._cases.step_writes(step, version))

    def _attempt(self, event: ScriptEvent, p: Proceeding, rules: Rules) -> Attempt:
        role = event.by or _first_role(event.name, p)
        data = {**_FILLED_IN.get(event.name, {}), **event.data}
        if event.name == "route":
            data.setdefault("received_at", event.at)
        if event.name == "duban":
            data.setdefault("due", (day_of(event.at) + timedelta(days=15)).isoformat())
        person = event.person or (p.handler if role is CaseRole.HND else "") or role
        if event.name == "assign":
            data.setdefault("handler", p.handler or str(CaseRole.HND))
        # The design has one name for both halves: HND asks, LEAD approves.
        name = "ask_extension" if event.name == "extend" and role is CaseRole.HND else event.name
        return Attempt(name, event.at, role, rules, str(person), data)


def _with_what_is_due(step: Step, at: int, rules: Rules) -> Step:
    """A clock that an event starts in the past may have run out already."""
    due = passed(step.case, at, rules)
    return Step(
        due.case,
        step.entries + due.entries,
        step.notices + due.notices,
        step.warnings + due.warnings,
        step.breaches + due.breaches,
    )


def _first_role(event: str, p: Proceeding) -> CaseRole:
    """The first role of the row that fits, else of the event's first row."""
    rows = rows_of(event)
    if not rows:
        return CaseRole.SYS
    row = next((row for row in rows if p.state in row.sources and p.track in row.tracks), rows[0])
    return row.may(p.track)[0]


def _warning(given: WarningGiven) -> str:
    side = "提醒群众" if given.citizen else "预警"
    return f"{side} {given.clock} {given.key}"


def as_json(played: PlayedEvent, rules: Rules) -> dict[str, Any]:
    """One item of the printed list."""
    p = played.case.proceeding
    last = {clock.name: number for number, clock in enumerate(p.clocks)}
    clocks = [clock for number, clock in enumerate(p.clocks) if last[clock.name] == number]
    clocks.sort(key=lambda clock: clock.started_at)  # a budget that goes on stands behind later clocks
    return {
        "at": played.event.said_at,
        "event": played.event.name,
        "ok": not played.refused,
        "refused": played.refused,
        "state": p.state,
        "citizen_label": citizen_label(p, unit_name=p.unit_id, master=played.master),
        "clocks": [
            {"name": c.name, "due_day": rules.last_day(c).isoformat(), "state": c.state} for c in clocks
        ],
        "breaches": [breach.clock for breach in p.breaches],
        "documents": [{"kind": paper.kind, "number": paper.number} for paper in p.papers],
        "notices": list(played.notices),
        "allowed": list(played.allowed),
    }
