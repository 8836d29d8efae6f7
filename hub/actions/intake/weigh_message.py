"""What one inbound message is: the verdict of its words and of what they mean, together.

Words are asked first; danger that they tell of is weighed by the meaning of the text, an accusation of police
is never weighed away. Nothing is decided here but what the text says.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.dialogue.danger_decisions import DangerDecisions
from hub.actions.dialogue.follow_up import sentences_in
from hub.actions.dialogue.look_up import LookUp
from hub.actions.dialogue.question import asks
from hub.actions.dialogue.quote import split_quote, without_ours
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand, Understood
from hub.actions.dialogue.verdict import Answered, AskSlot, Danger, Verdict
from hub.actions.dialogue.word_of_danger import worth
from hub.actions.intake.ask_first import asking_first
from hub.actions.intake.by_meaning import raised
from hub.actions.intake.one_by_one import one_by_one
from hub.actions.intake.scene import Scene
from hub.actions.knowledge.in_force import Knowledge
from hub.runtime.aside import aside
from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.meaning.safety import NOTHING_SHOWN, Judgement, Level
from knowledge_base.text.utterance import Utterance

_MARGIN = 1000
_LOOKED_AT = 100_000
"""Characters at the end of a text that was cut, in which danger is still looked for."""


class WeighMessage:
    """Reads a text as the citizen of a scene means it."""

    def __init__(
        self,
        triage: Triage,
        understand: Understand,
        decisions: DangerDecisions,
        look_up: LookUp,
        knowledge: Knowledge,
        small_talk: SmallTalk,
    ) -> None:
        self._triage = triage
        self._understand = understand
        self._decisions = decisions
        self._look_up = look_up
        self._knowledge = knowledge
        self._small_talk = small_talk

    async def __call__(self, scene: Scene, utterance: Utterance) -> tuple[Scene, Verdict, bool]:
        """The scene with what its text means, the verdict of rules and meaning together, and whether a part
        of the meaning is still due."""
        heard, beside = heard_in(scene, utterance)
        whole = f"{beside}|{heard.text}" if beside else heard.text
        asked = sentences_in(self._knowledge.snapshot.written(heard.text))
        understood = await self._understand(whole, asked=asked)
        folded = Utterance(whole).folded
        judged = replace(understood.judgement, accusation=self._triage.accusation(folded, understood))
        verdict = self._verdict(scene, heard, beside, understood)
        accuses = self._triage.accuses_police(folded)
        if isinstance(verdict, Danger) and not accuses:
            danger = await aside(len(folded), worth, verdict, understood.judgement, folded)
            judged = replace(judged, danger=danger)
        weighed = await self._decisions.weighed(judged.danger, whole, understood.vectors)
        judged = replace(judged, danger=weighed)
        if isinstance(verdict, Danger) and judged.danger is not Level.SURE and not accuses:
            verdict = self._verdict(scene, heard, beside, understood, danger_words=False)
        verdict = asking_first(scene, utterance, verdict, self._small_talk)
        if self._is_known_question(heard, verdict, understood):
            # 孩子找不到了 is published as a question; who writes it asks nothing: a flag beside the answer.
            tells = judged.danger is not Level.NONE and not asks(heard.folded)
            judged = Judgement(danger=Level.POSSIBLE) if tells else NOTHING_SHOWN
        return replace(scene, judged=judged), raised(verdict, judged), understood.due

    def _is_known_question(self, heard: Utterance, verdict: Verdict, understood: Understood) -> bool:
        """Whether these very words are published as a question: nothing in them is weighed."""
        if not isinstance(verdict, Answered | AskSlot):
            return False
        return self._look_up.is_published(heard.text, self._knowledge.snapshot, vectors=understood.vectors)

    def _verdict(
        self,
        scene: Scene,
        utterance: Utterance,
        beside: str,
        understood: Understood,
        *,
        danger_words: bool = True,
    ) -> Verdict:
        snapshot, city = self._knowledge.snapshot, scene.conversation.city
        verdict = self._triage(
            utterance,
            snapshot=snapshot,
            dialogue=scene.dialogue,
            opt_outs=scene.event.kind is ChannelKind.SMS,
            beside=beside,
            city=city,
            # In an open case who tells more of it wants no list of questions.
            told=scene.event.kind is ChannelKind.CHAT and scene.case is None,
            danger_words=danger_words,
            vectors=understood.vectors,
        )
        vectors = understood.vectors
        return one_by_one(verdict, utterance.text, self._look_up, snapshot, city=city, vectors=vectors)


def heard_in(scene: Scene, utterance: Utterance) -> tuple[Utterance, str]:
    """What the citizen says now, and what stands beside it: the subject, a quotation, what is cut off."""
    beside = scene.subject
    if not scene.text:
        utterance, beside = Utterance(scene.subject), ""
    if len(scene.event.text) > len(scene.text) + _MARGIN:  # what is not kept is still looked at
        beside = f"{beside}|{scene.event.text[-_LOOKED_AT:]}"
    if scene.event.kind is ChannelKind.MAIL:
        fresh, quotation = split_quote(utterance.text)
        quotation = without_ours(quotation, scene.ours)
        # A mail program may put nothing but the quotation; without our words it is the citizen's.
        utterance = Utterance(fresh or quotation)
        beside = f"{beside}|{quotation}" if fresh else beside
    return utterance, beside
