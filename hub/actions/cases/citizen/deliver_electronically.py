"""Electronic delivery (电子送达): a document has reached the citizen who agreed to it.

The first of two things delivers: the case is opened with number and code, or the carrier says that the notice
of the document was delivered. Taken, sent and unknown are no delivery; without recorded consent nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from channels.outbox.delivery import DeliveryState
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.step_unit import StepUnit
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case
from hub.model.cases.proceeding import DeliveryMethod, Paper
from hub.model.cases.roles import CaseRole
from hub.model.cases.step import SYSTEM, Step, stepped
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.documents import Documents, Write
from hub.store.until_committed import until_committed

_TRIES = 8


class DeliverElectronically:
    """Makes `deliver` happen for documents that wait."""

    def __init__(
        self, documents: Documents, repositories: Repositories, unit: StepUnit, rules: CaseRules, clock: Clock
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._unit = unit
        self._rules = rules
        self._clock = clock

    async def opened(self, case_id: str) -> None:
        """Somebody with number and code reads the case now. Raises `Conflict` after several tries."""
        await self._deliver(case_id, lambda paper: True, self._clock.now_ms(), "opened")

    async def received(self, delivery_id: str) -> None:
        """The carrier spoke of a delivery; it counts when it is delivered and told of a document.

        A notice leaves in the commit that issues its document: they have the same instant.
        """
        found = await self._repositories.outbox.get(delivery_id)
        if found is None or not found.value.case_id or found.value.state is not DeliveryState.DELIVERED:
            return
        notice = await self._repositories.conversations.by_delivery(delivery_id)
        if notice is None:
            return
        issued_at = notice.at
        at = found.value.receipt_at or self._clock.now_ms()
        await self._deliver(found.value.case_id, lambda paper: paper.issued_at == issued_at, at, "receipt")

    async def _deliver(self, case_id: str, which: Callable[[Paper], bool], at: int, how: str) -> None:
        async def decide() -> tuple[Sequence[Write], None]:
            found = await self._repositories.cases.get(case_id)
            if found is None or not found.value.electronic_consent_at:
                return (), None
            step = self._step(found.value, which, at, how)
            if step is None:
                return (), None
            silent = frozenset(step.notices)  # the citizen reads it now, or was just told
            return await self._unit.writes(step, found.version, at=at, silent=silent), None

        await until_committed(self._documents, decide, tries=_TRIES)

    def _step(self, case: Case, which: Callable[[Paper], bool], at: int, how: str) -> Step | None:
        whole: Step | None = None
        for paper in case.proceeding.papers:
            if paper.delivered_at or not which(paper):
                continue
            data = {"document": paper.kind, "method": DeliveryMethod.ELECTRONIC, "consent": True}
            attempt = Attempt("deliver", at, CaseRole.SYS, self._rules.now, data=data)
            facts = {"document": paper.kind, "method": DeliveryMethod.ELECTRONIC, "by": how}
            step = stepped(whole.case if whole else case, attempt, actor=SYSTEM, facts=facts)
            whole = step if whole is None else _joined(whole, step)
        return whole


def _joined(first: Step, then: Step) -> Step:
    return replace(
        then,
        entries=(*first.entries, *then.entries),
        notices=(*first.notices, *then.notices),
        warnings=(*first.warnings, *then.warnings),
        breaches=(*first.breaches, *then.breaches),
    )
