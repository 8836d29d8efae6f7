"""The rules in force: profile and calendar that limits are counted with. Another revision replaces them whole."""

from __future__ import annotations

from hub.model.cases.clock import Rules


class CaseRules:
    """Holds them for everybody who moves a case."""

    def __init__(self, rules: Rules) -> None:
        self.now = rules
