"""Letters that nobody answers: a machine wrote them, or a mailing list passed them on.

What a machine wrote is shown in the case it answers and is no case of its own. A list gets one case a day, at
the end of the queue. In both, danger is looked for as in every letter: a person may have written the words.
"""

from __future__ import annotations

from hub.actions.cases.plan import Plan
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.verdict import Danger, ToPerson
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.cases.case import DANGER
from hub.model.track import Track
from knowledge_base.text.utterance import Utterance


class Unanswered:
    """Decides without a word back."""

    def __init__(self, triage: Triage, cases: MessageCase) -> None:
        self._triage = triage
        self._cases = cases

    async def __call__(self, scene: Scene, heard: str) -> MessagePlan:
        """heard: what the letter says itself, with its subject."""
        folded = Utterance(heard).folded
        danger = None if scene.event.report is not None else self._triage.danger(folded)
        if danger is not None:
            return await self._alarm(scene, danger, accuses=self._triage.accuses_police(folded))
        if scene.event.automatic:
            return Plan(scene.conversation, case_id=scene.case.value.id if scene.case else "")
        accuses = self._triage.may_accuse(folded)
        plan = await self._cases.to_person(scene, ToPerson(Track.CONSULT), screening=accuses)
        return plan.saying(None)

    async def _alarm(self, scene: Scene, danger: Danger, *, accuses: bool) -> MessagePlan:
        running = scene.case.value if scene.case else None
        if running is not None and DANGER in running.flags:  # said already: a machine says it again and again
            return Plan(scene.conversation, case_id=running.id)
        plan = await self._cases.emergency(scene, danger, accuses=accuses)
        return plan.saying(None)
