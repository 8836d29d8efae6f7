"""The rules in force for whoever moves a case: the clock profile and the national calendar."""

from __future__ import annotations

from typing import Protocol

from hub.model.cases.clock import Rules


class RulesAt(Protocol):
    """The rules at an instant (ms UTC), now by default."""

    def __call__(self, at: int | None = None) -> Rules: ...


class CaseRules:
    """Asks for them each time, so that a revision counts from its instant."""

    def __init__(self, read: RulesAt) -> None:
        self._read = read

    @property
    def now(self) -> Rules:
        return self._read()

    def at(self, instant: int) -> Rules:
        """Those in force then (ms UTC)."""
        return self._read(instant)
