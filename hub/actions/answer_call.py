"""What a caller asks in words: answered, offered by keys, or handed over; the same rules as for a text.

Danger and the wish for a person were looked for before (`hub/actions/handle_call.py`). An accusation of
police is not looked up: it is told once more behind the wall.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.actions.call_work import CallWork
from hub.actions.dialogue.look_up import LookUp, entries_of
from hub.actions.dialogue.verdict import (
    Answered,
    AskSlot,
    Danger,
    Offer,
    SmallTalked,
    ToPerson,
    Verdict,
)
from hub.actions.dialogue.wording import Wording
from hub.actions.triage import Triage
from hub.knowledge import Knowledge
from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.model.track import Track
from knowledge_base.entry import Entry
from knowledge_base.utterance import Utterance

MOST_KEYS = 8
"""Keys 1 to 8: 0, 9 and * mean the same everywhere."""

Outcome = tuple[str, Mapping[str, str]]
"""How a hook ended, and the facts it found."""


class AnswerCall:
    """Asks the knowledge base for callers."""

    def __init__(self, triage: Triage, look_up: LookUp, knowledge: Knowledge, wording: Wording) -> None:
        self._triage = triage
        self._look_up = look_up
        self._knowledge = knowledge
        self._wording = wording

    def heard(self, text: str) -> Mapping[str, str]:
        """What counts in any words at any place of a flow (`HEARD_FACTS`)."""
        utterance = Utterance(text)
        danger = self._triage.danger(utterance.folded)
        return {
            "danger": "、".join(danger.words) if danger else "",
            "wants_person": "1" if self._triage.wants_person(utterance) else "",
        }

    def question(self, work: CallWork, text: str, language: str) -> Outcome:
        """The outcome of `answer_question`."""
        verdict = self._triage(
            Utterance(text), snapshot=self._knowledge.snapshot, opt_outs=False, speech=True
        )
        return self._outcome(work, verdict, language)

    def choice(self, work: CallWork, number: int, language: str) -> Outcome:
        """The outcome of `answer_choice`; what was offered stands on the call."""
        open_ = work.call.dialogue
        snapshot = self._knowledge.snapshot
        if open_.entry_id:
            for entry in entries_of(snapshot, (open_.entry_id,)):
                values = entry.by_slot[: MOST_KEYS - 1]
                by_slot = values[number - 1] if 0 < number <= len(values) else None
                return self._outcome(work, Answered(entry, by_slot), language)
        offered = entries_of(snapshot, open_.offered)
        if not 0 < number <= len(offered):
            return "unknown", {}
        verdict = self._triage.without_asking(self._look_up.about(offered[number - 1]), "")
        return self._outcome(work, verdict, language)

    def _outcome(self, work: CallWork, verdict: Verdict, language: str) -> Outcome:
        work.call = replace(work.call, dialogue=NOTHING_OPEN)
        match verdict:
            case Answered(entry, by_slot):
                return "answered", {"answer": self._wording.spoken(entry, by_slot, language)}
            case AskSlot(entry):
                return self._values(work, entry, language)
            case Offer(entries):
                ids = tuple(entry.id for entry in entries)
                work.call = replace(work.call, dialogue=Dialogue(offered=ids))
                names = [self._wording.spoken_name(entry) for entry in entries]
                return "choices", _by_keys(self._wording.did_you_mean(language), names, language)
            case SmallTalked(talk):
                return "answered", {"answer": talk.line(language)}
            case ToPerson(track, asked):
                return ("report" if track is Track.REPORT else "person" if asked else "unknown"), {}
            case Danger():
                raise ValueError("danger is raised before a question is answered")
            case _:
                return "unknown", {}

    def _values(self, work: CallWork, entry: Entry, language: str) -> Outcome:
        """The values by keys; whoever does not know presses the key behind the last one."""
        values = [answer.value for answer in entry.by_slot[: MOST_KEYS - 1]]
        work.call = replace(work.call, dialogue=Dialogue(entry_id=entry.id))
        names = [*values, "other or not sure" if language == "en" else "其他或不清楚"]
        return "choices", _by_keys(self._wording.spoken_question(entry, language), names, language)


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
