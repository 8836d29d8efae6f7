"""Cases from before the clocks come under them on either engine: once each, whole, and told to nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hub.actions.cases.all_cases.raise_open import RaiseOpen
from hub.actions.cases.all_cases.take_over import TakeOver
from hub.actions.cases.verify_histories import verify_histories
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind
from hub.model.cases.passing_time import next_at
from hub.model.cases.queue.order import rank_of
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.repositories.alarms.alarms import AlarmRepository
from hub.repositories.cases import CaseRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.settings.read import load
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.migrations import migrate
from hub.wiring.migrations import migrations_of
from hub.wiring.store import open_store, open_vault
from tests.contract.store.conftest import Engine
from tests.old_cases import old_case, old_writes
from tests.rules import RULES
from tests.unit.hub.cli.test_cli import configured

DAY = 86_400_000
MONDAY = 1_767_578_400_000  # 2026-01-05 10:00 in China
NOW = MONDAY + 100 * DAY
VAULT = Vault(KeyRing.fresh())
K, S, T = HistoryKind, CaseState, Track


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock(NOW))


@pytest.fixture
def cases(documents: Documents) -> CaseRepository:
    return CaseRepository(documents, VAULT)


class Killed(Exception):
    """The process ends here."""


async def take_over(documents: Documents, *, killed_after: int = 0) -> None:
    def told(done: int, total: int) -> None:
        assert done <= total
        if killed_after and done >= killed_after:
            raise Killed

    cases = CaseRepository(documents, VAULT)
    await TakeOver(documents, cases, RULES, FakeClock(NOW))(told)


async def every(cases: CaseRepository, documents: Documents) -> list[Case]:
    found = [await cases.get(stored.id) async for stored in documents.scan("cases")]
    return [one.value for one in found if one is not None]


async def nothing_was_told(documents: Documents) -> bool:
    left = [await documents.count(name, {}) for name in ("outbox", "case_warnings", "messages", "notices")]
    return not any(number for counted in left for number in counted.values())


async def test_killed_in_the_middle_it_goes_on_and_does_nothing_twice(
    documents: Documents, cases: CaseRepository
) -> None:
    for number in range(111):
        track = (T.CONSULT, T.APPEAL, T.REPORT)[number % 3]
        made = old_case(number, track, S.REGISTERED, MONDAY)
        await documents.commit(old_writes(cases, made))
    draft, _ = old_case(900, T.CONSULT, S.DRAFT, MONDAY)
    await documents.commit([cases.insert(draft)])
    with pytest.raises(Killed):
        await take_over(documents, killed_after=1)
    half = [case for case in await every(cases, documents) if case.proceeding.registered_at]
    assert len(half) == 100
    new, entries = old_case(901, T.CONSULT, S.REGISTERED, NOW)
    new = replace(new, proceeding=replace(half[0].proceeding, registered_at=NOW, clocks=(), breaches=()))
    await documents.commit([cases.insert(new), *map(cases.insert_entry, entries)])

    await asyncio.gather(take_over(documents), take_over(documents))  # two processes start at once
    await take_over(documents)

    now = await every(cases, documents)
    untouched = [replace(case, rank=rank_of(case)) for case in (draft, new)]
    assert [case for case in now if case.id in (draft.id, new.id)] == untouched
    for case in now[:111]:
        assert case.proceeding.registered_at == case.received_at == case.updated_at
        assert [entry.kind for entry in await cases.history(case.id)] == [K.REGISTERED, K.MIGRATED]
    assert (await verify_histories(cases)).broken == ((draft.reference, 1),)  # it never had a history here
    found = [stored.body async for stored in documents.scan("breaches")]
    assert all(body["migrated"] for body in found)
    assert len(found) == 37 + 2 * 37 + 2 * 37
    assert await nothing_was_told(documents)


async def taken(documents: Documents, cases: CaseRepository, made: Case) -> Case:
    found = await cases.get(made.id)
    assert found is not None
    assert (await verify_histories(cases)).broken == ()
    assert await nothing_was_told(documents)
    return found.value


def clocks(case: Case) -> dict[str, tuple[int, int]]:
    """Start and stop in days since the beginning, -1 for a clock that runs."""
    return {
        clock.name.value: (
            (clock.started_at - MONDAY) // DAY,
            (clock.stopped_at - MONDAY) // DAY if clock.stopped_at else -1,
        )
        for clock in case.proceeding.clocks
    }


@pytest.mark.parametrize("engine", ["memory"], indirect=True)
@pytest.mark.parametrize(
    ("track", "state", "later", "waiting", "stands", "expected", "missed"),
    [
        (T.CONSULT, S.HANDLING, [(K.ASSIGNED, 1)], True, S.HANDLING, {"CONSULT": (0, -1)}, ["CONSULT"]),
        (T.CONSULT, S.CLOSED, [(K.REPLIED, 1), (K.CLOSED, 9)], False, S.CLOSED, {"CONSULT": (0, 1)}, []),
        (T.CONSULT, S.CLOSED, [(K.CLOSED, 9)], False, S.CLOSED, {"CONSULT": (0, 9)}, ["CONSULT"]),
        (T.CONSULT, S.REPLIED, [(K.REPLIED, 98)], False, S.REPLIED, {"CONSULT": (0, 98)}, ["CONSULT"]),
        (T.CONSULT, S.REPLIED, [(K.REPLIED, 1)], False, S.CLOSED, {"CONSULT": (0, 1)}, []),
        (T.CONSULT, S.REPLIED, [(K.REPLIED, 1)], True, S.HANDLING, {"CONSULT": (0, 1)}, []),
        (
            T.APPEAL,
            S.HANDLING,
            [(K.ASSIGNED, 2)],
            False,
            S.TRIAGE,
            {"FORWARD_15": (0, -1), "NOTIFY_15": (0, -1)},
            ["FORWARD_15", "NOTIFY_15"],
        ),
        (
            T.APPEAL,
            S.REPLIED,
            [(K.REPLIED, 10), (K.REPLIED, 90)],
            False,
            S.REPLIED,
            {"FORWARD_15": (0, 10), "NOTIFY_15": (0, 10), "FUCHA_WINDOW": (90, -1)},
            [],
        ),
        (
            T.REPORT,
            S.CLOSED,
            [(K.REPLIED, 4), (K.CLOSED, 50)],
            False,
            S.CLOSED,
            {"REPORT_ACCEPT": (0, 4), "REPORT_FIRST": (0, 4), "REPORT_OBJECTION": (4, 50)},
            ["REPORT_FIRST"],
        ),
    ],
)
async def test_clocks_have_the_days_that_the_history_names(
    documents: Documents,
    cases: CaseRepository,
    track: Track,
    state: CaseState,
    later: list[tuple[HistoryKind, int]],
    waiting: bool,
    stands: CaseState,
    expected: dict[str, tuple[int, int]],
    missed: list[str],
) -> None:
    days = [(kind, MONDAY + day * DAY) for kind, day in later]
    case, entries = old_case(1, track, state, MONDAY, *days, waiting=waiting)
    await documents.commit(old_writes(cases, (case, entries)))
    await take_over(documents)
    after = await taken(documents, cases, case)
    assert after.state is stands
    assert clocks(after) == {"ACK": (0, 0), **expected}
    assert sorted(breach.clock for breach in after.proceeding.breaches) == missed
    assert after.handler_id == case.handler_id
    assert (after.text, after.waiting, after.rank) == (case.text, case.waiting, rank_of(after))
    assert after.due_at == next_at(after.proceeding, RULES)
    assert not 0 < after.due_at <= NOW
    assert (after.due_at > 0) == (stands in (S.REPLIED,))  # what was overdue tells nobody any more
    entry = (await cases.history(case.id))[-1]
    assert entry.facts.get("to", state) == stands
    assert entry.facts.get("breached", "").split("、") == (missed or [""])


async def test_an_emergency_that_was_open_before_rings_and_a_closed_one_does_not(
    documents: Documents, cases: CaseRepository
) -> None:
    emergencies = [
        old_case(1, T.EMERGENCY, S.REGISTERED, MONDAY),
        old_case(2, T.EMERGENCY, S.HANDED_OFF, MONDAY),
        old_case(3, T.CONSULT, S.REGISTERED, MONDAY),
    ]
    for made in emergencies:
        await documents.commit(old_writes(cases, made))
    await take_over(documents)
    for _ in range(2):  # a migration that was cut off runs again
        await RaiseOpen(documents, VAULT, FakeClock(NOW), wait_seconds=60)()
    [alarm] = await AlarmRepository(documents, VAULT).waiting(limit=9)
    assert (alarm.value.id, alarm.value.raised_at) == (emergencies[0][0].id, MONDAY)
    assert alarm.value.forward_at == NOW + 60_000


@pytest.mark.parametrize(("workdays", "missed"), [(2, 1), (99, 0)])
async def test_the_profile_of_the_office_says_what_was_overdue(
    tmp_path: Path, workdays: int, missed: int
) -> None:
    clock_of_the_office = f'[clock.CONSULT]\nworkdays = {workdays}\nlegal_basis = "本单位规定"\n'
    (tmp_path / "office.toml").write_text(f'base = "national"\n{clock_of_the_office}', "utf-8")
    office = f'[cases]\nprofile = "{tmp_path}/office.toml"\n'
    settings, clock = load(Path(configured(tmp_path, extra=office))), FakeClock(NOW)
    documents = await open_store(settings, clock, migrated=False)
    try:
        vault = await open_vault(settings, documents)
        case = old_case(1, T.CONSULT, S.REGISTERED, MONDAY)
        await documents.commit(old_writes(CaseRepository(documents, vault), case))
        steps = migrations_of(settings, clock)
        assert await migrate(documents, vault, steps, clock=clock) == [step.number for step in steps]
        assert len([one async for one in documents.scan("breaches")]) == missed
    finally:
        await documents.close()
