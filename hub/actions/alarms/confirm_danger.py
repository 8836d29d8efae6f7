"""确认险情: what was only possible is danger. It becomes an EMERGENCY, which raises an alarm, and is kept
as a decision: the same words weigh more from then on (`hub/actions/dialogue/danger_decisions.py`).

A question or a service matter becomes the emergency itself. A petition goes on, and what stands behind the
compartment stays there: the emergency beside it holds the number and no words.
"""

from __future__ import annotations

from dataclasses import replace

from campaigns.said import Said
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.open_case import NewCase, OpenCase
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.actions.staff.identities import Identities
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import DANGER, POSSIBLE_DANGER, Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played
from hub.model.cases.step import Step, stepped
from hub.model.cases.triage_decision import DecisionKind
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.ids import derived_id
from hub.store.documents import Write

_REASON = "确认险情"


class ConfirmDanger:
    """One key of the alarm page."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        keep: KeepDecision,
        open_case: OpenCase,
        identities: Identities,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._casework = casework
        self._keep = keep
        self._open_case = open_case
        self._identities = identities
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, *, version: int) -> None:
        """Raises `NotFound`, `Forbidden`, `Stale`, or `IllegalMove` for a case without 疑似险情."""
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        if POSSIBLE_DANGER not in case.flags or not case.is_open:
            raise IllegalMove(Said("没有疑似险情标记"))
        now = self._clock.now_ms()
        also: list[Write] = []
        flags = tuple(flag for flag in case.flags if flag not in (POSSIBLE_DANGER, DANGER))
        sure = replace(case, flags=(*flags, DANGER))
        if case.track in DIRECT_TRACKS and not case.is_restricted:
            step = self._reclassified(agent, replace(sure, urgent=True), now)
        else:
            step, also = await self._beside(agent, sure, now)
        await self._keep(agent, DecisionKind.REAL_DANGER, step, version=version, also=also)

    def _reclassified(self, agent: Agent, case: Case, at: int) -> Step:
        data = {"track": Track.EMERGENCY, "reason": _REASON}
        attempt = as_played(
            agent, case, Attempt("reclassify", at, CaseRole.TRI, self._rules.now, agent.id, data)
        )
        facts = {"track": str(Track.EMERGENCY)}
        return stepped(case, attempt, actor=agent.id, facts=facts, text=_REASON)

    async def _beside(self, agent: Agent, case: Case, at: int) -> tuple[Step, list[Write]]:
        """The matter goes on with an emergency of its own beside it."""
        walled = case.is_restricted
        details = case.details or {}
        place = {"place": details["place"]} if details.get("place") and not walled else {}
        opened = await self._open_case(
            NewCase(
                Track.EMERGENCY,
                case.origin,
                at,
                (await self._identities.whole(case)).applicant,  # 110 has to find who is in danger
                title="来信紧急求助" if walled else case.title,
                text="" if walled else case.text,
                id=await self._id_beside(case),
                urgent=True,
                flags=(DANGER,),
                linked_case_id="" if walled else case.id,
                details={"danger": _REASON, **place},
            )
        )
        facts = {"flag": DANGER, **({} if walled else {"emergency": opened.case.reference})}
        after, entry = recorded(case, at=at, actor=agent.id, kind=HistoryKind.FLAGGED, facts=facts)
        return Step(after, (entry,)), self._open_case.writes(opened)

    async def _id_beside(self, case: Case) -> str:
        """That of the first emergency beside a case, as messages name it too; another one for danger that
        comes after it."""
        first = derived_id("danger", case.id)
        known = await self._repositories.cases.get(first)
        return derived_id("danger", case.id, str(case.chain.length)) if known else first
