"""Somebody wants to do something to a case: the request that the table of moves answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from hub.model.cases.clock import Rules
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.runtime.clock import day_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """One event that is asked for.

    at: ms UTC. person: id of who does it. data: by the event, see `hub/model/cases/table.py`; text that
    people wrote is checked here and kept in the history.
    """

    event: str
    at: int
    role: CaseRole
    rules: Rules
    person: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The local day."""
        return day_of(self.at)

    def text(self, key: str) -> str:
        """A text of the data, "" when there is none."""
        value = self.data.get(key, "")
        return value.strip() if isinstance(value, str) else ""


Guard: TypeAlias = Callable[[Proceeding, Attempt], str]
"""Why it may not happen, in Chinese; "" when it may."""

Effect: TypeAlias = Callable[[Proceeding, Attempt], Proceeding]
"""What it changes besides the state."""
