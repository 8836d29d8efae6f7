"""Open pages of an office divided into units: each is told of its own unit's cases and of no other."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.queue.query import QueueQuery
from hub.model.units.place import Place
from hub.model.units.unit import Unit
from hub.web.desk.page import Shown
from tests.unit.hub.web.desk.desk_world import a_case, processes
from tests.unit.hub.web.desk.test_feed import LI, WANG, ZH, heard, listed

ONE, TWO = frozenset({"s1"}), frozenset({"s2"})
HERE = replace(LI, unit_id="s1", place=Place(ONE, ONE, routes=False))
THERE = replace(WANG, unit_id="s2", place=Place(TWO, TWO, routes=False))


async def test_a_new_case_of_another_unit_is_no_news_and_counts_for_nobody_there() -> None:
    async with processes() as [hub]:
        shown = [await listed(hub, HERE), await listed(hub, THERE)]
        async with hub.feed.opened(HERE, ZH, shown[0]) as here, hub.feed.opened(THERE, ZH, shown[1]) as there:
            here.take(), there.take()
            await hub.insert(replace(a_case("c1"), unit_id="s2"))
            await hub.told()
            assert heard(here) == {}
            events = heard(there)
    assert (events["pill"], events["counts"]["all"]) == ("1 new", 1)


async def test_a_case_that_is_sent_to_another_unit_vanishes_here() -> None:
    async with processes() as [hub]:
        await hub.insert(replace(a_case("c1"), unit_id="s1"))
        shown = Shown(QueueQuery(), rows=frozenset({"c1"}), case_id="c1", version=1)
        async with hub.feed.opened(HERE, ZH, shown) as page:
            page.take()
            await hub.change("c1", unit_id="s2")
            await hub.told()
            events = heard(page)
            assert events["row"] == {"id": "c1", "html": None}
            assert events["case"] == {"id": "c1", "version": 0, "gone": True}
            await hub.change("c1", unit_id="s2", urgent=True)
            await hub.told()
            assert heard(page) == {}


async def test_when_units_change_open_pages_are_told_nothing_more_and_connect_again() -> None:
    async with processes() as [hub], hub.feed.opened(LI, ZH, await listed(hub, LI)) as page:
        page.take()
        hub.bell.ring("elsewhere")
        await hub.told()
        assert not page.over
        await hub.stores.units.insert(Unit("s1", "一所", "s1"))
        await hub.insert(a_case("c1"))
        await hub.told()
        assert page.over
        assert heard(page) == {}
