"""Takes the words out of a plan where a text could betray its reader (`hub/model/alarms/silence.py`).

What would have been answered is for a person then: nothing somebody wrote is left unseen.
"""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.dialogue.verdict import OptIn, OptOut, SmallTalked, ToPerson, Verdict
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.alarms.silence import is_silent
from hub.model.track import Track
from hub.repositories.alarms.silences import SilenceRepository

_NOBODYS_WORK = OptOut | OptIn | SmallTalked


class KeepSilent:
    """Changes a plan that was decided."""

    def __init__(self, silences: SilenceRepository, cases: MessageCase) -> None:
        self._silences = silences
        self._cases = cases

    async def __call__(self, scene: Scene, plan: MessagePlan, verdict: Verdict | None = None) -> MessagePlan:
        """The plan, saying nothing where silence holds."""
        if plan.says is None or scene.event.kind is not ChannelKind.SMS or not await self._holds(scene, plan):
            return plan
        if plan.case_id or scene.case is not None or isinstance(verdict, _NOBODYS_WORK):
            return plan.saying(None)
        opened = await self._cases.to_person(scene, ToPerson(Track.CONSULT))
        return opened.with_writes(*plan.writes).saying(None)

    async def _holds(self, scene: Scene, plan: MessagePlan) -> bool:
        """By the cases as this message leaves them, and all others of the address."""
        at = scene.event.received_at
        if any(is_silent(planned.case, at) for planned in plan.cases):
            return True
        planned_ids = [planned.case.id for planned in plan.cases]
        return bool(await self._silences.of([scene.address_key], at, but=planned_ids))
