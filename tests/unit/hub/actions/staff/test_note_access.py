"""Who reads what lies behind the compartment leaves a row that nobody can change or drop unseen."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hub.actions.staff.note_access import ONE_LOOK_MS, NoteAccess
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.staff.audit import AuditAct, breaks, entry
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.repositories.staff.audit import AuditRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.people.office import PeopleOffice

KEY = bytes(range(32))
INSPECTOR = Agent("inspector", "inspector", "u1", (Role.INSPECTOR,), 1)


async def case_of(track: Track) -> Case:
    return await PeopleOffice().case("+8613800000001", track=track)


async def test_one_look_at_a_report_is_one_row_and_an_ordinary_case_leaves_none() -> None:
    clock = FakeClock()
    audit = repositories(MemoryDocuments(COLLECTIONS, clock=clock), Vault(KeyRing.fresh()), cities={}).audit
    note = NoteAccess(audit, clock)
    report, ordinary = await case_of(Track.REPORT), await case_of(Track.CONSULT)
    for case in (report, report, ordinary):
        await note(INSPECTOR, case, AuditAct.CASE_READ)
    await note(INSPECTOR, report, AuditAct.FILE_READ)
    clock.advance(seconds=ONE_LOOK_MS / 1000)
    await note(INSPECTOR, report, AuditAct.CASE_READ)
    rows = await audit.newest()
    assert [(one.agent_id, one.act, one.case_id) for one in reversed(rows)] == [
        ("inspector", AuditAct.CASE_READ, report.id),
        ("inspector", AuditAct.FILE_READ, report.id),
        ("inspector", AuditAct.CASE_READ, report.id),
    ]
    assert await audit.verify() == (3, ())


async def test_rows_added_at_once_make_one_chain() -> None:
    clock, vault = FakeClock(), Vault(KeyRing.fresh())
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    others = [AuditRepository(documents, vault) for _ in range(8)]
    await asyncio.gather(
        *(one.add(AuditAct.CASE_READ, agent_id="a", case_id=str(n), at=n) for n, one in enumerate(others))
    )
    assert await others[0].verify() == (8, ())


def test_a_changed_a_dropped_and_an_added_row_show() -> None:
    rows = [entry(None, AuditAct.CASE_READ, agent_id="a", case_id="c", at=1, key=KEY)]
    for at in range(2, 6):
        rows.append(entry(rows[-1], AuditAct.CASE_READ, agent_id="a", case_id="c", at=at, key=KEY))
    assert breaks(rows, KEY) == []
    assert breaks([*rows[:2], *rows[3:]], KEY)
    assert breaks([*rows[:2], replace(rows[2], agent_id="b"), *rows[3:]], KEY)
    forged = entry(rows[1], AuditAct.CASE_READ, agent_id="b", case_id="c", at=3, key=bytes(32))
    assert breaks([*rows[:2], forged], KEY)
