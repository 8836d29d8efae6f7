"""Figures are what the cases say, whatever was changed in which order and wherever it stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.actions.cases.supervision.follow_figures import CHECK_HOUR, FollowFigures
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.queue.standing import REPEATED
from hub.model.supervision.figures import Figure, summed
from hub.model.supervision.month import UnitMonth, counted
from hub.model.track import Compartment
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.repositories.supervision.figures import FigureRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Delete, Insert, StoreUnavailable, Update, Write
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.cases.queue.test_read_queue import NOW, a_case

VAULT = Vault(KeyRing.fresh())


class Office:
    """A store with cases, and who counts them."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.documents = MemoryDocuments(COLLECTIONS, clock=self.clock)
        self.stores = repositories(self.documents, VAULT, cities={})
        self.figures = FigureRepository(self.documents, VAULT)
        self.follow = FollowFigures(self.documents, self.stores, self.figures, self.clock)
        self.cases: dict[str, tuple[Case, int]] = {}

    async def put(self, case: Case) -> None:
        self.clock.advance(seconds=10)
        case = replace(case, updated_at=self.clock.now_ms())
        version = self.cases[case.id][1] if case.id in self.cases else 0
        stores = self.stores.cases
        await self.documents.commit([stores.update(case, version) if version else stores.insert(case)])
        self.cases[case.id] = (case, version + 1)

    async def counted(self) -> None:
        while await self.follow.step():
            pass

    async def kept(self) -> dict[str, UnitMonth]:
        rows = await self.figures.months(await self.figures.places())
        return {place: row.value for place, row in rows.items() if row.value.figures}

    def by_hand(self) -> dict[str, UnitMonth]:
        found: dict[str, UnitMonth] = {}
        for case, version in self.cases.values():
            one = counted(case, version, 0)
            if one.figures:
                found[one.place] = found.get(one.place, UnitMonth.of(one.place)).changed(None, one)
        return found


moves = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 400), st.sampled_from(Compartment), st.booleans()),
    max_size=20,
)


@given(moves, st.integers(1, 5))
@settings(max_examples=40, deadline=None)
async def test_whatever_happens_the_sums_are_those_of_the_cases(
    changes: list[tuple[int, int, Compartment, bool]], every: int
) -> None:
    office = Office()
    for place, (id, kind, compartment, repeated) in enumerate(changes):
        flags = (REPEATED,) if repeated else ()
        case = replace(a_case(kind), id=f"c{id}", reference=f"{id:014}", compartment=compartment, flags=flags)
        await office.put(case)
        if place % every == 0:
            await office.counted()
    await office.counted()
    assert await office.kept() == office.by_hand()
    assert await office.follow.check() == 0


async def test_more_than_one_page_of_the_same_instant_is_counted_once() -> None:
    office = Office()
    for number in range(1, 451):
        case = replace(a_case(number), id=f"c{number}", reference=f"{number:014}", updated_at=NOW)
        await office.documents.commit([office.stores.cases.insert(case)])
        office.cases[case.id] = (case, 1)
    await office.counted()
    await office.counted()
    assert await office.kept() == office.by_hand()


async def test_what_stops_in_the_middle_counts_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    await office.put(a_case(3))
    commit = office.documents.commit

    async def lost(writes: list[Write]) -> None:
        await commit(writes)  # it is on disk, and nobody hears of it
        raise StoreUnavailable("gone")

    monkeypatch.setattr(office.documents, "commit", lost)
    with pytest.raises(StoreUnavailable):
        await office.follow.step()
    monkeypatch.undo()
    again = FollowFigures(office.documents, office.stores, office.figures, office.clock)
    while await again.step():
        pass
    assert await office.kept() == office.by_hand()


async def test_the_night_finds_what_is_wrong_and_mends_it() -> None:
    office = Office()
    for number in (3, 5, 8):
        await office.put(a_case(number))
    await office.counted()
    [first, *_] = sorted(await office.kept())
    stored = await office.documents.get("unit_months", first)
    assert stored is not None
    wrong = {"figures": {Figure.RECEIVED: 999}}
    lost = await office.documents.get("case_figures", "c005")
    assert lost is not None
    writes: list[Write] = [
        Update("unit_months", first, wrong, stored.version),
        Delete("case_figures", "c005", lost.version),
        Insert("unit_months", "2020-01|none|x", {"month": "2020-01", "compartment": "none", "unit": "x"}),
    ]
    await office.documents.commit(writes)
    assert await office.follow.check() >= 1
    assert await office.kept() == office.by_hand()
    assert await office.follow.check() == 0


async def test_it_is_checked_once_a_night() -> None:
    office = Office()
    await office.put(a_case(3))
    await office.counted()
    stored = await office.documents.get("unit_months", (await office.figures.places())[0])
    assert stored is not None
    broken = Update("unit_months", stored.id, {"figures": {Figure.RECEIVED: 999}}, stored.version)
    await office.documents.commit([broken])
    await office.counted()
    assert summed(one.figures for one in (await office.kept()).values())[Figure.RECEIVED] == 999
    while office.clock.now_ms() // 3_600_000 % 24 != (CHECK_HOUR - 8) % 24:
        office.clock.advance(seconds=1_800)
    await office.counted()
    assert await office.kept() == office.by_hand()


async def test_the_last_points_a_citizen_gave_count() -> None:
    office = Office()
    case = a_case(8)
    rated = replace(case, proceeding=replace(case.proceeding, ratings=1))
    for score in ("2", "5"):
        rated, entry = recorded(
            rated, at=NOW, actor="citizen", kind=HistoryKind.MOVED, facts={"event": "rate", "score": score}
        )
        await office.documents.commit([office.stores.cases.insert_entry(entry)])
    await office.put(rated)
    await office.counted()
    [figures] = [one.figures for one in (await office.kept()).values()]
    assert (figures.get(Figure.RATED), figures.get(Figure.SATISFIED)) == (1, 1)
