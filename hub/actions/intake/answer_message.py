"""What follows from one inbound message: which case it opens or joins, and what is said at once.

`hub/actions/intake/weigh_message.py` says what the text is; here it becomes writes. A sure answer is given,
an unsure one is asked for; everything else goes to a person (`hub/actions/intake/message_case.py`).
"""

from __future__ import annotations

from dataclasses import replace

from channels.address import masked
from hub.actions.cases.plan import Plan, Says
from hub.actions.dialogue.danger_kind import denies_danger
from hub.actions.dialogue.question import asks
from hub.actions.dialogue.regions import Regions
from hub.actions.dialogue.texts import Texts
from hub.actions.dialogue.triage import Triage, with_question
from hub.actions.dialogue.verdict import (
    Answered,
    AnsweredEach,
    AskProgress,
    AskSlot,
    Danger,
    Lost,
    NeedsCode,
    Offer,
    OptIn,
    OptOut,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.dialogue.watch import Watch
from hub.actions.dialogue.wording import Wording
from hub.actions.intake.beside_case import BesideCase
from hub.actions.intake.by_meaning import MarkByMeaning, after_110
from hub.actions.intake.left_out import TellLeftOut
from hub.actions.intake.limit_answers import LimitAnswers
from hub.actions.intake.message_case import MessageCase
from hub.actions.intake.scene import MessagePlan, Scene
from hub.actions.intake.search_letter import Found
from hub.actions.intake.silence.keep_silent import KeepSilent
from hub.actions.intake.speak import Speak
from hub.actions.intake.tell_progress import TellProgress
from hub.actions.intake.unanswered import Unanswered
from hub.actions.intake.weigh_message import WeighMessage, heard_in
from hub.model.conversations.meaning_due import MeaningDue
from hub.model.dialogue import Dialogue
from hub.model.track import Track
from hub.repositories.alarms.silences import SilenceRepository
from hub.repositories.repositories import Repositories
from knowledge_base.dialogue.small_talk import Talk
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

_WORD_CHARS = 12  # of an opt-out that is nothing else


class AnswerMessage:
    """Turns a scene into a plan."""

    def __init__(
        self,
        repositories: Repositories,
        triage: Triage,
        weigh: WeighMessage,
        cases: MessageCase,
        beside: BesideCase,
        limit_answers: LimitAnswers,
        speak: Speak,
        texts: Texts,
        wording: Wording,
        progress: TellProgress,
        regions: Regions,
        watch: Watch,
        *,
        choices_seconds: int,
    ) -> None:
        """choices_seconds: how long a question of ours waits to be answered."""
        self._repositories = repositories
        self._triage = triage
        self._weigh = weigh
        self._mark_by_meaning = MarkByMeaning(cases)
        self._unanswered = Unanswered(triage, cases)
        self._keep_silent = KeepSilent(SilenceRepository(repositories.cases), cases)
        self._tell_left_out = TellLeftOut(texts)
        self._cases = cases
        self._beside = beside
        self._limit_answers = limit_answers
        self._speak = speak
        self._texts = texts
        self._wording = wording
        self._tell_progress = progress
        self._regions = regions
        self._watch = watch
        self._choices_ms = choices_seconds * 1000

    async def __call__(self, scene: Scene) -> MessagePlan:
        """What to write and what to say. Reads only what the rules ask for; writes nothing itself."""
        if scene.event.automatic or scene.event.passed_on_by:
            heard, _ = heard_in(scene, Utterance(scene.text))
            return self._tell_left_out(scene, await self._unanswered(scene, f"{scene.subject}|{heard.text}"))
        if scene.searched is not None:
            return self._tell_left_out(scene, await self._unread(scene, scene.searched))
        utterance = Utterance(scene.text)
        if denies_danger(utterance.folded):
            noted = await self._cases.no_emergency(scene)
            if noted is not None:
                return self._speak(scene, noted)
        scene = self._in_city(scene, utterance)
        scene, verdict, due = await self._weigh(scene, utterance)
        verdict = after_110(verdict) if scene.handed_off else verdict
        self._watch.decided(verdict)
        plan = None if isinstance(verdict, Danger) else await self._beside.answered(scene)
        plan = plan or await self._decide(scene, verdict)
        plan = await self._mark_by_meaning(scene, verdict, plan)
        plan = await self._cases.at_another_desk(scene, plan)
        if due:
            plan = plan.with_writes(self._repositories.meaning_due.insert(_due(scene, plan)))
        if plan.says and not isinstance(verdict, Danger) and self._triage.is_heated(utterance):
            calm = self._texts.say("calm", scene.language)
            plan = plan.saying(replace(plan.says, text=f"{calm}{plan.says.text}"))
        if plan.says and self._is_near_danger(utterance, verdict):
            plan = plan.saying(replace(plan.says, with_110=True))
        plan = await self._keep_silent(scene, plan, verdict)
        if not isinstance(verdict, Danger | AskProgress):
            plan = await self._limit_answers(scene, plan)
        return self._speak(scene, self._tell_left_out(scene, plan))

    async def _decide(self, scene: Scene, verdict: Verdict) -> MessagePlan:
        match verdict:
            case Danger():  # flagged before anything is said, in every state
                accuses = self._triage.accuses_police(Utterance(f"{scene.subject}|{scene.text}").folded)
                accuses = accuses or scene.judged.accusation is Level.SURE
                perhaps = scene.judged.accusation is Level.POSSIBLE
                return await self._cases.emergency(scene, verdict, accuses=accuses, screening=perhaps)
            case OptOut(subject, rest):
                return await self._opt(scene, subject, rest, out=True)
            case OptIn(subject):
                return await self._opt(scene, subject, "", out=False)
            case AskProgress():
                return await self._progress(scene, verdict)
            case NeedsCode():
                return Plan(scene.conversation).saying(self._text(scene, "need_code"))
            case ToPerson():
                return await self._beside.telling(scene, verdict)
            case _ if scene.profile.auto_reply == "off":
                return await self._cases.to_person(scene, ToPerson(Track.CONSULT))
            case SmallTalked(talk):
                return self._small_talk(scene, talk)
            case Answered(entry, by_slot):
                text = self._wording.answer(
                    entry, by_slot, scene.profile, scene.language, city=scene.conversation.city
                )
                shown = self._open(scene, Dialogue(shown=entry.id))
                return self._beside.answering(scene, verdict).saying(Says(text, (entry.id,), shown))
            case AnsweredEach(answers, left):
                text = self._wording.answers(
                    answers, left, scene.profile, scene.language, city=scene.conversation.city
                )
                shown = self._open(scene, Dialogue(shown=answers[-1].entry.id))
                return self._beside.answering(scene, verdict).saying(Says(text, dialogue=shown))
            case AskSlot(entry):
                text = self._wording.slot_question(entry, scene.language)
                asked = self._open(scene, Dialogue(entry_id=entry.id))
                return self._beside.answering(scene, verdict).saying(
                    Says(text, dialogue=asked, with_110=True)
                )
            case Offer() | Lost() if scene.case and (isinstance(verdict, Lost) or not self._may_offer(scene)):
                return self._cases.attach(scene)
            case Lost() if scene.event.attachments:  # the pictures tell it
                return await self._cases.to_person(scene, ToPerson(Track.CONSULT))
            case Offer() | Lost() if scene.profile.auto_reply != "all":
                return await self._cases.to_person(scene, ToPerson(Track.CONSULT))
            case Offer(entries, again):
                ids = tuple(entry.id for entry in entries)
                text = self._wording.choices(entries, scene.profile, scene.language, again=again)
                asked = self._open(scene, Dialogue(offered=ids))
                says = Says(text, entry_ids=ids, dialogue=asked, with_110=True)
                return self._beside.answering(scene, verdict).saying(says)
            case Lost():
                return Plan(scene.conversation).saying(self._text(scene, "lost"))

    async def _unread(self, scene: Scene, searched: Found) -> MessagePlan:
        """A letter for a person to look at. Nothing is said: nobody knows whether a machine wrote it."""
        if searched.danger is not None:
            plan = await self._cases.emergency(scene, searched.danger, accuses=searched.accuses)
        else:
            track = Track.REPORT if searched.accuses else Track.CONSULT
            plan = await self._cases.to_person(scene, ToPerson(track))
        return plan.saying(None)

    def _is_near_danger(self, utterance: Utterance, verdict: Verdict) -> bool:
        said = utterance.folded
        answers = verdict.answers if isinstance(verdict, AnsweredEach) else (verdict,)
        for answer in answers:
            said = with_question(said, answer.entry) if isinstance(answer, Answered) else said
        return isinstance(verdict, Danger) or self._triage.near_danger(said)

    def _in_city(self, scene: Scene, utterance: Utterance) -> Scene:
        """The scene with the city the citizen names now, named before or wrote to."""
        known = scene.conversation.city or self._regions.of_number(scene.event.recipient)
        city = self._regions.named_in(utterance) or known
        if city == scene.conversation.city:
            return scene
        return replace(scene, conversation=replace(scene.conversation, city=city))

    def _open(self, scene: Scene, dialogue: Dialogue) -> Dialogue:
        return replace(dialogue, until=scene.event.received_at + self._choices_ms, language=scene.language)

    @staticmethod
    def _may_offer(scene: Scene) -> bool:
        """Choices are offered beside a case to a question, and to a word as long as nobody has taken the
        case, so that nobody is interrupted; but not in danger, nor beside what stands behind the wall."""
        if scene.case is None or scene.is_walled:
            return False
        case = scene.case.value
        return case.track is not Track.EMERGENCY and (
            not case.handler_id or asks(Utterance(scene.text).folded)
        )

    def _text(self, scene: Scene, name: str) -> Says:
        return Says(self._texts.say(name, scene.language))

    def _small_talk(self, scene: Scene, talk: Talk) -> MessagePlan:
        """One line back; what was open stays open. Beside a case it is seen, and is nobody's work.

        What the one who handles a case may have to answer ("不对") is told to nobody but him.
        """
        if scene.case is not None and (talk.reproach or scene.case.value.track is Track.EMERGENCY):
            return self._cases.attach(scene).saying(None)
        text = self._wording.small_talk(talk, scene.language)
        case_id = scene.case.value.id if scene.case else ""
        return Plan(scene.conversation, case_id=case_id).saying(Says(text, dialogue=scene.dialogue))

    async def _opt(self, scene: Scene, subject: str, rest: str, *, out: bool) -> MessagePlan:
        writes = await self._repositories.suppressions.wish(
            scene.address_key,
            subject,
            out=out,
            by=scene.event.channel,
            at=scene.event.received_at,
            masked=masked(scene.event.sender),
            word=scene.text.strip()[:_WORD_CHARS] if not rest else "",
        )
        plan: MessagePlan = Plan(scene.conversation)
        if rest:
            folded = Utterance(rest).folded
            track = Track.REPORT if self._triage.accuses_police(folded) else Track.CONSULT
            perhaps = track is not Track.REPORT and self._triage.may_accuse(folded)
            plan = await self._cases.to_person(replace(scene, text=rest), ToPerson(track), screening=perhaps)
        if out and not writes:
            return plan  # confirmed once; a second 退订 changes nothing and is not answered again
        return plan.with_writes(*writes).saying(self._text(scene, "opted_out" if out else "opted_in"))

    async def _progress(self, scene: Scene, asked: AskProgress) -> MessagePlan:
        told = await self._tell_progress(scene, asked)
        plan: MessagePlan = Plan(scene.conversation)
        if asked.track is not None and not told.found:  # a right code is for nobody else's eyes
            plan = await self._cases.to_person(scene, ToPerson(asked.track))
        return plan.saying(Says(told.text, with_110=bool(plan.case_id)))


def _due(scene: Scene, plan: MessagePlan) -> MeaningDue:
    """Where words already tell of danger, it is looked at first."""
    first = scene.judged.danger is not Level.NONE
    return MeaningDue(scene.event_id, plan.exchange.id, scene.event.received_at, rank=0 if first else 1)
