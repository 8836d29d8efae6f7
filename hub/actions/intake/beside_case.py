"""A message beside an open case: answered outside a report, added to the case, or a new matter of its own.

The rule: nothing of a report leaves its compartment but a sure answer to a question that tells nothing of
anybody. Whether something is new is asked only where the citizen reads and answers; a text message or a
letter about a report joins it.
"""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.cases.plan import Plan, Says
from hub.actions.dialogue.about_nobody import asks_about_nobody
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.verdict import Answered, AnsweredEach, ToPerson, Verdict
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.same_matter import Matter, is_new, matter_of
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.dialogue import Dialogue
from hub.model.track import Track
from hub.repositories.conversations import ConversationRepository
from knowledge_base.text.utterance import Utterance


class BesideCase:
    """Decides about what is said while a case is open."""

    def __init__(
        self,
        conversations: ConversationRepository,
        cases: MessageCase,
        texts: Texts,
        *,
        choices_seconds: int,
    ) -> None:
        self._conversations = conversations
        self._cases = cases
        self._texts = texts
        self._choices_ms = choices_seconds * 1000

    def answering(self, scene: Scene, verdict: Verdict) -> MessagePlan:
        """The plan in which a sure answer is said: the handler sees what was asked meanwhile."""
        if scene.case is None:
            return Plan(scene.conversation)
        told = Utterance(f"{scene.subject}|{scene.text}").folded
        is_sure = isinstance(verdict, Answered | AnsweredEach)
        if scene.is_walled and is_sure and not scene.event.attachments and asks_about_nobody(told):
            return Plan(scene.conversation)
        return self._cases.attach(scene)

    async def telling(self, scene: Scene, verdict: ToPerson) -> MessagePlan:
        """What goes to a person: an addition, a matter of its own, or a question which of the two."""
        accuses = verdict.track is Track.REPORT
        if scene.case is None or verdict.asked or accuses != scene.is_walled:
            return await self._cases.to_person(scene, verdict)
        matter = self._matter(scene, verdict)
        if matter is Matter.NEW:
            return await self._cases.new_matter(scene, scene.text, verdict.track)
        plan = await self._cases.to_person(scene, verdict)
        if matter is Matter.SAME:
            return plan
        until = scene.event.received_at + self._choices_ms
        asked = Dialogue(matter=scene.event_id, until=until, language=scene.language)
        name = "new_report" if scene.is_walled else "new_matter"
        return plan.saying(Says(self._texts.say(name, scene.language), dialogue=asked))

    async def answered(self, scene: Scene) -> MessagePlan | None:
        """What follows from 是 or 不是 to our question; None when none is open or it is something else."""
        answer = is_new(scene.text) if scene.dialogue.matter and scene.case else None
        if answer is None or scene.case is None:
            return None
        reference = scene.case.value.reference
        told = await self._conversations.message(scene.dialogue.matter) if answer else None
        if told is None:
            says = Says(self._texts.say("added", scene.language, reference=reference))
            return Plan(scene.conversation, case_id=scene.case.value.id).saying(says)
        return await self._cases.new_matter(scene, told.text, scene.case.value.track)

    def _matter(self, scene: Scene, verdict: ToPerson) -> Matter:
        """Where nobody would answer, nothing is asked."""
        if scene.case is None or scene.case.value.track is Track.EMERGENCY:
            return Matter.SAME
        case = scene.case.value
        matter = matter_of(scene.text, f"{case.title} {case.text}", shared=2 if scene.is_walled else 1)
        may_ask = scene.event.kind is ChannelKind.CHAT or (
            scene.event.kind is ChannelKind.SMS and scene.profile.auto_reply == "all" and not scene.is_walled
        )
        if not scene.is_walled:
            return matter if matter is not Matter.UNSURE or may_ask else Matter.SAME
        # A second allegation: never a case of its own before somebody said so.
        accuses_again = verdict.track is Track.REPORT and matter is not Matter.SAME
        return Matter.UNSURE if accuses_again and may_ask else Matter.SAME
