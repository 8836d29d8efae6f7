"""The quarter of the reports counts what inspectors have, and says small numbers to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from hub.actions.evidence.quarterly_report import QuarterlyReport, quarter_of, shared
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.runtime.clock import CHINA, FakeClock, to_ms
from hub.runtime.errors import Forbidden
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

INSPECTOR = Agent("du", "du", "", (Role.INSPECTOR,), 1)


def at(*moment: int) -> int:
    return to_ms(datetime(*moment, tzinfo=CHINA))  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 6, 30), date(2026, 4, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_a_quarter_begins_and_ends(day: date, begins: date, ends: date) -> None:
    assert quarter_of(day) == (begins, ends)


async def test_only_reports_of_the_quarter_are_counted() -> None:
    clock, vault = FakeClock(at(2026, 12, 1)), Vault(KeyRing.fresh())
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, vault, cities={})
    running = Case(
        "c1",
        "26101000000000",
        at(2026, 10, 1),
        1,
        Proceeding(Track.REPORT, CaseState.HANDLING, accepted_at=at(2026, 10, 3)),
        origin=Origin("sms-12110", "sms"),
        compartment=Compartment.REPORT,
        limit_at=at(2026, 11, 30),
    )
    ended = Proceeding(Track.REPORT, CaseState.CLOSED, accepted_at=5, closed_at=7, outcomes=("支持",))
    over = replace(running, id="c2", reference="2", received_at=at(2026, 12, 31, 23, 59), proceeding=ended)
    cases = [
        running,
        over,
        replace(running, id="c3", reference="3", received_at=at(2026, 9, 30, 23, 59)),
        replace(running, id="c4", reference="4", received_at=at(2027, 1, 1)),
        replace(running, id="c5", reference="5", compartment=Compartment.SCREENING),
        replace(running, id="c6", reference="6", compartment=Compartment.NONE),
    ]
    await documents.commit([stores.cases.insert(case) for case in cases])
    found = await QuarterlyReport(documents, clock)(INSPECTOR, date(2026, 11, 5))
    assert (found.received, found.open, found.overdue, found.accepted) == (2, 1, 1, 2)
    assert (dict(found.kinds), found.whole) == ({"sms": 2}, True)
    [result] = found.results
    assert (result.reference, result.closed_at, result.outcomes) == ("2", 7, ("支持",))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INSPECTOR])
async def test_nobody_else_counts_reports(role: Role) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock())
    with pytest.raises(Forbidden):
        await QuarterlyReport(documents, FakeClock())(Agent("x", "x", "", (role,), 1), date(2026, 1, 1))


def test_a_small_number_is_not_said() -> None:
    assert [shared(count) for count in (0, 1, 4, 5)] == ["0", "<5", "<5", "5"]
