"""A department between two platforms: everything of the office, and what its cut-over uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from channels.outbox.gate import Gate
from channels.outbox.limits import Limits
from channels.outbox.ports import Change
from hub.actions.departments.cutover.change_phase import ChangePhase
from hub.actions.departments.cutover.checklist import Checklist, ImportsSigned
from hub.actions.departments.cutover.read_cutover import ReadCutover
from hub.actions.departments.cutover.report_sent import ReportSent
from hub.actions.departments.cutover.shadow_texts import ShadowTexts
from hub.actions.departments.department_desk import DepartmentDesk
from hub.model.agent import Agent, Role
from hub.model.departments.cutover import Phase
from hub.model.departments.registered import Contract, SenderLine
from hub.repositories.agents import AgentRepository
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.clock import CHINA
from hub.store.documents import Documents
from tests.unit.hub.actions.departments.department_office import (
    NOON,
    SENDER,
    TRAFFIC,
    Office,
    an_office,
)

READY = replace(
    TRAFFIC,
    contract=Contract(parts_per_second=100, price_milli=45, ends_on="2030-12-31"),
    senders=(SenderLine(SENDER, "0591"),),
    monthly_parts=100_000,
    callback_url="",
)
"""TRAFFIC with everything the registry has to say before it is switched."""
ADMIN = Agent("admin", "admin", "", (Role.ADMIN,), NOON, name="测试管理员")


class NoJitter:
    """No chance."""

    def random(self) -> float:
        """0."""
        return 0.0


@dataclass
class CutoverOffice:
    """See there."""

    office: Office
    suppressions: SuppressionRepository
    shadow: ShadowTexts
    report: ReportSent
    checklist: Checklist
    change: ChangePhase
    read: ReadCutover

    async def in_phase(self, phase: Phase) -> None:
        """Moves the department there, whatever is open."""
        records, now = self.office.records, self.office.clock.now_ms()
        await self.change.begin(ADMIN, "traffic", why="试点")
        begun = await records.cutovers.get("traffic")
        assert begun is not None
        after = begun.value.moved(phase, by="admin", at=now)
        await self.office.documents.commit([records.cutovers.update(after, begun.version)])

    async def move(self, to: Phase, *, why: str = "按计划", seq: int | None = None) -> None:
        """As an administrator who sees the page as it is."""
        found = await self.office.records.cutovers.get("traffic")
        assert found is not None
        await self.change.move(ADMIN, "traffic", to, seq=found.value.seq if seq is None else seq, why=why)

    async def settle(self, row_id: str, **moved: object) -> None:
        """Moves a row of the outbox, as the dispatcher does."""
        [row] = (await self.office.outbox.reread([row_id])).values()
        after = row.delivery.moved(**moved)  # type: ignore[arg-type]
        lost = await self.office.outbox.settle([Change(row, after)])
        assert lost == []

    async def stored(self) -> dict[str, int]:
        """How many documents there are of what a shadow copy must not touch."""
        names = ("outbox", "submissions", "sent_lately", "department_parts", "department_traffic")
        return {name: sum((await self.office.documents.count(name, {})).values()) for name in names}


def a_cutover_office(
    imports: ImportsSigned | None = None,
    *,
    shadow_days: int = 2,
    office: Office | None = None,
    wrapped: Callable[[Documents], Documents] = lambda plain: plain,
) -> CutoverOffice:
    """On a store in memory; or of another process on the store of `office`."""
    made = an_office(office.documents, office.ring) if office else an_office(wrapped=wrapped)
    seen = wrapped(made.documents)
    suppressions = SuppressionRepository(seen, made.vault)
    gate = Gate(
        made.outbox, suppressions, NoJitter(), zone=CHINA, limits=Limits(quotas=made.departments.quotas)
    )
    shadow = ShadowTexts(
        seen, made.records, made.outbox, made.departments, made.submit, made.platforms, gate, made.clock
    )
    checklist = Checklist(
        made.records, made.clock, channels=frozenset({SENDER}), shadow_days=shadow_days, imports=imports
    )
    desk = DepartmentDesk(seen, made.records, made.departments, made.read, made.clock, alarm_days=30)
    return CutoverOffice(
        made,
        suppressions,
        shadow,
        ReportSent(seen, made.records, made.outbox, shadow, made.platforms, made.clock),
        checklist,
        ChangePhase(seen, made.records, desk, checklist, made.clock),
        ReadCutover(made.records, desk, checklist, AgentRepository(seen, made.vault)),
    )
