"""Which numbers the procedure of a case is counted with."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Cases(Table):
    profile: str = "national"
    undo_seconds: int = Field(default=15, ge=0, le=300)


class Assignment(Table):
    """Whether new cases are given to agents who take them. at_most: open cases of one agent."""

    automatic: bool = False
    at_most: int = Field(default=30, ge=1, le=1000)
