"""Files that departments hand over; see docs/department-handover.md."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Imports(Table):
    most_bad_percent: int = Field(default=20, ge=1, le=100)
