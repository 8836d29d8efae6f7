"""What a caller asks in words: answered, offered by keys, or handed over; the same rules as for a text.

Danger and the wish for a person were looked for before (`hub/actions/calls/handle_call.py`). An accusation of
police is not looked up: it is told once more behind the wall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.actions.calls.call_work import CallPlan
from hub.actions.dialogue.follow_up import sentences_in
from hub.actions.dialogue.look_up import LookUp, entries_of
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand
from hub.actions.dialogue.verdict import (
    Answered,
    AskSlot,
    Danger,
    Offer,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.dialogue.watch import Watch
from hub.actions.dialogue.wording import Wording
from hub.actions.knowledge.in_force import Knowledge
from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.model.track import Track
from knowledge_base.entry import Entry
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

MOST_KEYS = 8
"""Keys 1 to 8: 0, 9 and * mean the same everywhere."""

Outcome = tuple[str, Mapping[str, str]]
"""How a hook ended, and the facts it found."""


class AnswerCall:
    """Asks the knowledge base for callers."""

    def __init__(
        self,
        triage: Triage,
        understand: Understand,
        look_up: LookUp,
        knowledge: Knowledge,
        wording: Wording,
        watch: Watch,
    ) -> None:
        self._triage = triage
        self._understand = understand
        self._look_up = look_up
        self._knowledge = knowledge
        self._wording = wording
        self._watch = watch

    async def heard(self, text: str) -> Mapping[str, str]:
        """What counts in any words at any place of a flow (`HEARD_FACTS`)."""
        utterance = Utterance(text)
        judged = (await self._understand(text)).judgement
        danger = self._triage.danger(utterance.folded)
        wants_person = self._triage.wants_person(utterance)
        if danger or wants_person:
            self._watch.decided(danger or ToPerson(Track.CONSULT, asked=True))
        return {
            "danger": "、".join(danger.words) if danger else "",
            "may_be_danger": "1" if judged.danger is Level.SURE and not wants_person else "",
            "wants_person": "1" if wants_person else "",
        }

    async def question(self, plan: CallPlan, text: str, language: str) -> tuple[CallPlan, Outcome]:
        """The outcome of `answer_question`."""
        utterance = Utterance(text)
        understood = await self._understand(text, asked=sentences_in(text))
        verdict = self._triage(
            utterance,
            snapshot=self._knowledge.snapshot,
            dialogue=Dialogue(shown=plan.exchange.dialogue.shown),
            opt_outs=False,
            speech=True,
            vectors=understood.vectors,
        )
        accusation = self._triage.accusation(utterance.folded, understood)
        may_accuse = accusation is Level.POSSIBLE and isinstance(verdict, ToPerson)
        if may_accuse or (accusation is Level.SURE and not isinstance(verdict, SmallTalked)):
            verdict = ToPerson(Track.REPORT)  # nobody listens to it before an inspector does
        self._watch.decided(verdict)
        return self._answer(plan, verdict, language)

    def choice(self, plan: CallPlan, number: int, language: str) -> tuple[CallPlan, Outcome]:
        """The outcome of `answer_choice`; what was offered stands on the call."""
        open_ = plan.exchange.dialogue
        snapshot = self._knowledge.snapshot
        if open_.entry_id:
            for entry in entries_of(snapshot, (open_.entry_id,)):
                values = entry.by_slot[: MOST_KEYS - 1]
                by_slot = values[number - 1] if 0 < number <= len(values) else None
                return self._answer(plan, Answered(entry, by_slot), language)
        offered = entries_of(snapshot, open_.offered)
        if not 0 < number <= len(offered):
            return plan, ("unknown", {})
        verdict = self._triage.without_asking(self._look_up.about(offered[number - 1]), "")
        return self._answer(plan, verdict, language)

    def _answer(self, plan: CallPlan, verdict: Verdict, language: str) -> tuple[CallPlan, Outcome]:
        dialogue, outcome = self._outcome(verdict, language)
        return replace(plan, exchange=replace(plan.exchange, dialogue=dialogue)), outcome

    def _outcome(self, verdict: Verdict, language: str) -> tuple[Dialogue, Outcome]:
        """What the answer asks by keys, and the outcome."""
        match verdict:
            case Answered(entry, by_slot):
                answer = self._wording.spoken(entry, by_slot, language)
                return Dialogue(shown=entry.id), ("answered", {"answer": answer})
            case AskSlot(entry):
                return Dialogue(entry_id=entry.id), ("choices", self._values(entry, language))
            case Offer(entries):
                names = [self._wording.spoken_name(entry, language) for entry in entries]
                keys = _by_keys(self._wording.did_you_mean(language), names, language)
                return Dialogue(offered=tuple(entry.id for entry in entries)), ("choices", keys)
            case SmallTalked(talk):
                return NOTHING_OPEN, ("answered", {"answer": talk.line(language)})
            case ToPerson(track, asked):
                kind = "report" if track is Track.REPORT else "person" if asked else "unknown"
                return NOTHING_OPEN, (kind, {})
            case Danger():
                raise ValueError("danger is raised before a question is answered")
            case _:
                return NOTHING_OPEN, ("unknown", {})

    def _values(self, entry: Entry, language: str) -> Mapping[str, str]:
        """The values by keys; whoever does not know presses the key behind the last one."""
        values = [answer.value for answer in entry.by_slot[: MOST_KEYS - 1]]
        names = [*values, "other or not sure" if language == "en" else "其他或不清楚"]
        return _by_keys(self._wording.spoken_question(entry, language), names, language)


def _by_keys(lead: str, names: Sequence[str], language: str) -> Mapping[str, str]:
    numbered = list(enumerate(names, 1))
    if language == "en":
        aloud = " ".join(f"For {name}, press {number}." for number, name in numbered)
    else:
        aloud = "".join(f"{name}，请按{number}。" for number, name in numbered)
    return {
        "choices": " ".join(f"{number}={number}" for number, _ in numbered),
        "choices_aloud": lead + aloud,
    }
