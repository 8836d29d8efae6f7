"""The rules in force for whoever moves a case: the clock profile and the national calendar, as they are now."""

from __future__ import annotations

from collections.abc import Callable

from hub.model.cases.clock import Rules


class CaseRules:
    """Asks for them each time, so that a revision counts from its instant."""

    def __init__(self, read: Callable[[], Rules]) -> None:
        self._read = read

    @property
    def now(self) -> Rules:
        return self._read()
