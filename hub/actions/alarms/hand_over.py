"""Hands an alarm over to a command desk by one of its ways: what is stored for it; nothing is sent yet.

A text says by which code it is answered. The code is made of the alarm and the desk, so that a repeat says
the same one; it is a proof only together with the number that it comes from
(`hub/actions/alarms/dispatch/take_over.py`).
"""

from __future__ import annotations

from hub.actions.alarms.report import MakeReport
from hub.actions.alarms.ways import CommandDesk, Ways, urgent
from hub.model.alarms.alarm import Alarm, Passing, Way
from hub.model.cases.case import Case
from hub.repositories.repositories import Repositories
from hub.runtime.ids import derived_id
from hub.store.documents import Write

_LOOK_MS = 2_000
"""How soon it is looked what became of a text."""
_CODES = 900_000


class HandOver:
    """Writes nothing by itself."""

    def __init__(self, repositories: Repositories, report: MakeReport, ways: Ways) -> None:
        self._repositories = repositories
        self._report = report
        self._ways = ways

    async def __call__(
        self, desk: CommandDesk, way: Way, alarm: Alarm, case: Case, *, at: int
    ) -> tuple[list[Passing], list[Write]]:
        """The passings of the alarm, and what is stored beside them. Nothing for a way it has not."""
        take_by = at + self._ways.takeover_ms
        match way:
            case Way.WEBHOOK if desk.centre is not None:
                return [Passing(way, at, next_at=at, desk=desk.id, take_by=take_by)], []
            case Way.PAGE if desk.unit:
                return [Passing(way, at, desk=desk.id, take_by=take_by)], []
            case Way.TEXT if desk.text is not None:
                code = code_of(alarm, desk, at)
                report = await self._report(alarm, case, desk.id)
                rows = urgent(
                    desk.text,
                    report.line(code),
                    title="转110" if not desk.id else "派警",
                    dedup=":".join(filter(None, (case.id, desk.id, str(at)))),
                    at=at,
                    contacts=self._repositories.contacts,
                )
                passings = [
                    Passing(
                        way,
                        at,
                        delivery_id=row.id,
                        next_at=at + _LOOK_MS,
                        desk=desk.id,
                        code=code,
                        take_by=take_by,
                    )
                    for row in rows
                ]
                return passings, [self._repositories.outbox.insert(row) for row in rows]
            case _:
                return [], []


def code_of(alarm: Alarm, desk: CommandDesk, at: int) -> str:
    """Six digits."""
    number = int(derived_id("takeover", alarm.id, desk.id, str(at))[:12], 16)
    return str(_CODES // 9 + number % _CODES)
