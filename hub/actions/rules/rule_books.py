"""What administrators do with the books of rules."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.rules.read_rules import ReadRules
from hub.actions.rules.revise_rules import ReviseRules


@dataclass(frozen=True, slots=True)
class RuleBooks:
    """The books of rules: calendar, clocks, competence, who signs."""

    read: ReadRules
    revise: ReviseRules
