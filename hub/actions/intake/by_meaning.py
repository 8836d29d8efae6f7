"""What the meaning of a text adds to the verdict of the rules.

Rules protected: danger that is sure opens an EMERGENCY case; danger that is possible is a flag on a case
that a person sees; a chat is answered as before, a telephone is not lit up (`silence/keep_silent.py`). An
accusation that is sure is a REPORT; one that is possible waits in 待甄别, so that nothing of it is read by
ordinary staff before an inspector has looked.
"""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.plan import Says
from hub.actions.dialogue.verdict import (
    Answered,
    AskProgress,
    AskSlot,
    Danger,
    Lost,
    NeedsCode,
    OptIn,
    OptOut,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.alarms.silence import signed_anew
from hub.model.cases.alarm import flagged, is_alarm
from hub.model.track import Track
from knowledge_base.meaning.safety import Judgement, Level

BY_MEANING = "按意思判断"
"""Stands where the words of danger are named, when it was not a word of the list that told."""

AFTER_110 = "转110后又来信"
"""The same for what was written after an emergency was handed over."""

_TELLS_NOTHING = OptOut | OptIn | AskProgress | NeedsCode
"""Numbers, codes and a wish not to be written to: nothing in them is weighed."""


def raised(verdict: Verdict, judged: Judgement) -> Verdict:
    """The verdict after what was understood."""
    if isinstance(verdict, Danger | _TELLS_NOTHING):
        return verdict
    if judged.danger is Level.SURE:
        return Danger((BY_MEANING,))
    if judged.accusation is Level.SURE and not isinstance(verdict, SmallTalked):
        return ToPerson(Track.REPORT, asked=isinstance(verdict, ToPerson) and verdict.asked)
    if judged.danger is Level.POSSIBLE and isinstance(verdict, AskSlot):
        return Answered(verdict.entry)
    return verdict


def after_110(verdict: Verdict) -> Verdict:
    """What is written after an emergency was handed to 110 is one again, and rings: nobody here has the case
    any more, and an answer of ours may light up the telephone of somebody in hiding."""
    return verdict if isinstance(verdict, Danger | SmallTalked | _TELLS_NOTHING) else Danger((AFTER_110,))


def is_screened(verdict: Verdict, judged: Judgement) -> bool:
    """Whether the text waits in 待甄别. Where it is a REPORT already, nothing is to be screened."""
    if judged.accusation is Level.NONE:
        return False
    return not (isinstance(verdict, ToPerson) and verdict.track is Track.REPORT)


class MarkByMeaning:
    """Changes a plan that was decided by the rules."""

    def __init__(self, cases: MessageCase) -> None:
        self._cases = cases

    async def __call__(self, scene: Scene, verdict: Verdict, plan: MessagePlan) -> MessagePlan:
        """The plan with the case and the flag that the meaning asks for."""
        judged = scene.judged
        if isinstance(verdict, Danger | SmallTalked | Lost | _TELLS_NOTHING):
            return plan
        if is_screened(verdict, judged) and not scene.is_walled:
            plan = await self._screened(scene, verdict, plan)
        if judged.danger is Level.POSSIBLE:
            plan = await self._flagged(scene, plan)
        return plan

    async def _screened(self, scene: Scene, verdict: Verdict, plan: MessagePlan) -> MessagePlan:
        """What was decided is said; the text itself is read by inspectors only."""
        asked = verdict if isinstance(verdict, ToPerson) else ToPerson(Track.CONSULT)
        screened = await self._cases.to_person(scene, asked, screening=True)
        if isinstance(verdict, ToPerson) or plan.says is None:
            return screened
        receipt = screened.says
        if receipt is None:
            return screened.saying(plan.says)
        both = f"{plan.says.text}\n{receipt.text}"
        return screened.saying(replace(plan.says, text=both, tells_code=receipt.tells_code))

    async def _flagged(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        if plan.case is None:
            opened = await self._cases.to_person(scene, ToPerson(Track.CONSULT))
            plan = opened.with_writes(*plan.writes).saying(plan.says or opened.says)
        planned = plan.case
        if planned is not None and is_alarm(planned.case):
            plan = plan.with_case(replace(planned, case=signed_anew(planned.case)))
        elif planned is not None:
            plan = plan.with_case(planned.after(*flagged(planned.case, at=scene.event.received_at)))
        return plan.saying(_with_110(plan.says))


def _with_110(says: Says | None) -> Says | None:
    return replace(says, with_110=True) if says else None
