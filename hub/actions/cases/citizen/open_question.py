"""What the citizen was asked and has not answered yet, for who proved number and code."""

from __future__ import annotations

from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.repositories.cases import CaseRepository


async def open_question(cases: CaseRepository, case: Case) -> str:
    """The question as it was written, "" when none waits."""
    if case.state is not CaseState.NEED_INFO:
        return ""
    history = await cases.whole_history(case.id)
    return next((entry.text for entry in reversed(history) if entry.facts.get("event") == "ask"), "")
