"""Turns 转 110 into writes: the alarm, the move of the table, the texts, and a word to the operator.

What is passed on leaves after the commit, so that a kill between leaves an intent that the next look
carries out (`hub/actions/alarms/forward_alarms.py`), and never a report nobody knows of.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.alarms.hand_over import HandOver
from hub.actions.alarms.report import MakeReport
from hub.actions.alarms.report_aid import told_110
from hub.actions.alarms.ways import Ways, urgent
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.step_unit import StepUnit
from hub.model.agent import Agent
from hub.model.alarms.alarm import Alarm, ForwardReason, Passing, Way, forwarded, missed
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_registrar
from hub.model.cases.step import SYSTEM, stepped
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.documents import Write


class PassOn:
    """Writes nothing by itself."""

    def __init__(
        self, repositories: Repositories, unit: StepUnit, rules: CaseRules, report: MakeReport, ways: Ways
    ) -> None:
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._report = report
        self._hand_over = HandOver(repositories, report, ways)
        self.ways = ways

    async def writes(
        self,
        alarm: Versioned[Alarm],
        case: Versioned[Case],
        reason: ForwardReason,
        ways: Sequence[Way],
        *,
        at: int,
        by: Agent | None = None,
        answered_by: str = "",
    ) -> list[Write]:
        """By hand or by the hub. A case that is handed over already stays so. Raises `IllegalMove`."""
        passings: list[Passing] = []
        writes: list[Write] = []
        for way in ways:
            told, delivered = await self._passed(way, alarm.value, case.value, at)
            passings += told
            writes += delivered
        after = forwarded(
            alarm.value, tuple(passings), reason, by=by.id if by else "", at=at, who=answered_by
        )
        writes.append(self._repositories.alarms.update(after, alarm.version))
        if tuple(ways) != (Way.TELEPHONE,):
            writes += await told_110(self._repositories.aid, case.value, at=at, by=by.id if by else "")
        if case.value.is_open:
            writes += await self._handed_over(case, after, ways, reason, at, by)
        if reason is ForwardReason.NOBODY:
            writes += self.to_operator(case.value, "无人值守，已自动转110", at=at)
        return writes

    def missed(self, alarm: Versioned[Alarm], case: Case, *, at: int) -> list[Write]:
        """It should be forwarded and no way is configured: the operator is told once, and it goes on
        ringing."""
        after = missed(alarm.value, at=at)
        told = self.to_operator(case, "无人确认，也没有配置自动转110的方式，请立即处理", at=at)
        return [self._repositories.alarms.update(after, alarm.version), *told]

    def to_operator(self, case: Case, what: str, *, at: int) -> list[Write]:
        """A message without a word of the case but its number."""
        if self.ways.operator is None:
            return []
        text = f"紧急警情（工单{case.reference}）{what}。"
        rows = urgent(
            self.ways.operator,
            text,
            title="紧急警情提醒",
            dedup=f"operator:{case.id}:{at}",
            at=at,
            contacts=self._repositories.contacts,
        )
        return [self._repositories.outbox.insert(row) for row in rows]

    async def _passed(self, way: Way, alarm: Alarm, case: Case, at: int) -> tuple[list[Passing], list[Write]]:
        desk = self.ways.desk("")
        if way is Way.TELEPHONE or desk is None:
            sent_at = alarm.dialled_at or at
            return [Passing(way, sent_at, acknowledged_at=at, taken_at=at)], []
        return await self._hand_over(desk, way, alarm, case, at=at)

    async def _handed_over(
        self,
        case: Versioned[Case],
        alarm: Alarm,
        ways: Sequence[Way],
        reason: ForwardReason,
        at: int,
        by: Agent | None,
    ) -> list[Write]:
        """Row 3 of the table, by who did it; the record shows when it was raised and when it was passed
        on."""
        asked = Attempt("emergency", at, CaseRole.SYS, self._rules.now, by.id if by else SYSTEM)
        attempt = asked if by is None else as_registrar(by, case.value, asked)
        facts = {"ways": " ".join(ways), "reason": reason, "raised_at": str(alarm.raised_at)}
        step = stepped(
            case.value,
            attempt,
            actor=by.id if by else SYSTEM,
            facts=facts,
            kind=HistoryKind.FORWARDED_110,
        )
        return await self._unit.writes(step, case.version, at=at)
