"""What a citizen is told of an own step, or why it is not possible, in Chinese or English.

The sentences of the table are Chinese; for somebody who writes English the same is said from the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.step_unit import StepUnit
from hub.actions.dialogue.texts import Texts
from hub.model.cases.case import Case
from hub.model.cases.moves import IllegalMove
from hub.runtime.clock import day_of

_DONE: Mapping[str, str] = {
    "cuiban": "did_remind",
    "supplement": "added",
    "citizen_reply": "added",
    "rate": "did_rate",
    "withdraw": "told_withdrawn",
    "unsatisfied": "told_redo",
    "request_fucha": "told_fucha",
    "request_fuhe": "told_fuhe",
}


class CitizenWording:
    """Words for pages, texts and the telephone."""

    def __init__(self, unit: StepUnit, texts: Texts, rules: CaseRules) -> None:
        self._unit = unit
        self._texts = texts
        self._rules = rules

    def done(self, case: Case, event: str, language: str, *, score: int = 0, private: bool = True) -> str:
        """What happened. private: only the citizen reads it; else a walled matter is told neutrally."""
        if case.is_restricted and not private:
            return self._texts.say("did_neutral", language, reference=case.reference)
        days = self._rules.now.profile.reminder_by_citizen.value
        return self._unit.say(_DONE[event], case, language, days=str(days), score=str(score))

    def refused(self, case: Case, event: str, problem: IllegalMove, language: str) -> str:
        """Why it did not happen, in one sentence."""
        rules, p = self._rules.now, case.proceeding
        if problem.kept is not None:
            name, last = "no_late", problem.kept.late[-1].last_day
            return self._texts.say(name, language, reason=problem.reason, last=last)
        if event == "cuiban" and case.is_open and p.reminded_at:
            days = rules.profile.reminder_by_citizen.value
            again = day_of(p.reminded_at) + timedelta(days=days)
            return self._texts.say(
                "no_remind", language, reason=problem.reason, days=str(days), again=again.isoformat()
            )
        return self._texts.say("no_move", language, reason=problem.reason, reference=case.reference)

    def say(self, name: str, language: str) -> str:
        """A text of the catalogue."""
        return self._texts.say(name, language)
