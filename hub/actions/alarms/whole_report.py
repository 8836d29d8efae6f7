"""The report as 110 is told: with what helps to find who wrote, and to be understood by them.

Pages show the report without it, twice a second for hundreds of alarms; they have `staff/aid.html`.
"""

from __future__ import annotations

from dataclasses import replace

from hub.actions.alarms.report import AlarmReport, MakeReport
from hub.actions.alarms.report_aid import by_carrier, record_of
from hub.model.alarms.alarm import Alarm
from hub.model.cases.case import Case


class MakeWholeReport(MakeReport):
    """For who passes alarms on."""

    async def __call__(self, alarm: Alarm, case: Case, desk: str = "") -> AlarmReport:
        """The same, with the record and the carrier's answers as far as they may leave."""
        report, aid = await super().__call__(alarm, case, desk), self._repositories.aid
        return replace(report, registered=await record_of(aid, case), carrier=await by_carrier(aid, case))
