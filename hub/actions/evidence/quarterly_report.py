"""The quarter of the reports, for the organ above: how many came, by which way, how they stand, and the
result of each that ended.

For inspectors alone, who hand it on. Nothing of a report is in it but its number and dates. Where it goes
beyond the inspectorate, small numbers are left out: one case in a cell points at somebody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hub.model.agent import Agent, Permission
from hub.model.cases.state import OPEN_STATES, CaseState
from hub.model.track import Compartment
from hub.runtime.clock import CHINA, Clock, to_ms
from hub.runtime.errors import Forbidden
from hub.store.documents import MAX_LIMIT, Documents

FEW = 5


@dataclass(frozen=True, slots=True)
class ReportResult:
    """One that ended. Instants: ms UTC, 0 = never. outcomes: of its items, as they were decided."""

    reference: str
    received_at: int
    accepted_at: int
    closed_at: int
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quarter:
    """Of those received in the quarter. kinds: by the kind of channel they came by. overdue: open, and behind
    their limit. results: of those that ended. whole: False when there are more than one read gives."""

    first: date
    received: int
    kinds: Mapping[str, int]
    open: int
    overdue: int
    accepted: int
    results: tuple[ReportResult, ...]
    whole: bool


class QuarterlyReport:
    """Counts for inspectors."""

    def __init__(self, documents: Documents, clock: Clock) -> None:
        self._documents = documents
        self._clock = clock

    async def __call__(self, agent: Agent, first: date) -> Quarter:
        """first: any day of the quarter. Nothing is unsealed. Raises `Forbidden`."""
        if not agent.may(Permission.REPORT_READ):
            raise Forbidden(Permission.REPORT_READ)
        begins, ends = quarter_of(first)
        where = {
            "compartment": Compartment.REPORT.value,
            "open": {"$in": [0, 1]},
            "received_at": {"$gte": _ms(begins), "$lt": _ms(ends)},
        }
        found = await self._documents.find("cases", where, sort=(("received_at", -1),), limit=MAX_LIMIT)
        bodies = [stored.body for stored in found]
        running = [body for body in bodies if CaseState(body["state"]) in OPEN_STATES]
        now = self._clock.now_ms()
        return Quarter(
            first=begins,
            received=len(bodies),
            kinds=Counter(body["kind"] for body in bodies),
            open=len(running),
            overdue=sum(0 < body.get("limit_at", 0) <= now for body in running),
            accepted=sum(body.get("accepted_at", 0) > 0 for body in bodies),
            results=tuple(
                ReportResult(
                    body["reference"],
                    body["received_at"],
                    body.get("accepted_at", 0),
                    body.get("closed_at", 0),
                    tuple(body.get("outcomes", ())),
                )
                for body in bodies
                if body not in running
            ),
            whole=len(found) < MAX_LIMIT,
        )


def quarter_of(day: date) -> tuple[date, date]:
    """The first day of its quarter, and of the next one."""
    month = 3 * ((day.month - 1) // 3) + 1
    begins = date(day.year, month, 1)
    return begins, date(day.year + month // 10, (month + 2) % 12 + 1, 1)


def shared(count: int) -> str:
    """A number as others may read it."""
    return str(count) if count == 0 or count >= FEW else f"<{FEW}"


def _ms(day: date) -> int:
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=CHINA))
