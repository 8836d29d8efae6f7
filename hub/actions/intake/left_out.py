"""What could not be taken in of a letter is told to both sides: a line in the case, a line in the answer.

The letter itself is kept whole and goes with its message as a file (`keep_letter.py`), so nothing is lost.
"""

from __future__ import annotations

from hub.actions.cases.plan import PlannedCase
from hub.actions.dialogue.texts import Texts
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.cases.history import HistoryKind, recorded

WHOLE_LETTER = "来信原件.eml"
_WORDS = {"text": ("正文的一部分", "part of the text"), "parts": ("其余部分", "further parts")}
_NAMED = 20


class TellLeftOut:
    """Adds the lines to a plan."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __call__(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        """The plan as it is for a message that was taken in whole."""
        if not scene.event.left_out:
            return plan
        plan = self._noted(scene, plan)
        if plan.says is None:
            return plan
        what = _named(scene, 1 if scene.language == "en" else 0)
        return plan.saying(plan.says.with_more(self._texts.say("left_out", scene.language, what=what)))

    def _noted(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        planned = plan.case
        if planned is None and scene.case is not None and scene.case.value.id == plan.case_id:
            planned = PlannedCase.found(scene.case)
        if planned is None:
            return plan
        text = self._texts.say("left_out_noted", "zh", what=_named(scene, 0), file=WHOLE_LETTER)
        at = scene.event.received_at
        return plan.with_case(
            planned.after(*recorded(planned.case, at=at, actor="system", kind=HistoryKind.NOTED, text=text))
        )


def _named(scene: Scene, column: int) -> str:
    names = [_WORDS[one][column] if one in _WORDS else one for one in scene.event.left_out]
    shown = names[:_NAMED] + (["…"] if len(names) > _NAMED else [])
    return (", " if column else "、").join(shown)
