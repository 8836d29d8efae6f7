"""By when an inspector decides about a case in 待甄别."""

from __future__ import annotations

from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.case import Case
from hub.model.track import Compartment


def screening_due_at(case: Case, calendar: WorkCalendar, *, days: int) -> int:
    """ms UTC, 0 where nobody has to decide. days: workdays it may take."""
    if case.compartment is not Compartment.SCREENING or not case.is_open:
        return 0
    return calendar.due_at(case.screening_at, days)
