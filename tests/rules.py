"""The rules most tests count with: the national profile and the shipped calendar."""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.model.cases.clock import Rules
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar

RULES = Rules(load_profile("national"), shipped_calendar())


def case_rules() -> CaseRules:
    """A holder of its own."""
    return CaseRules(lambda at=None: RULES)
