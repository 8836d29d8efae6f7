"""A live list counts what the store counts, and what came in behind a place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.actions.cases.queue.follow_queue import LiveList
from hub.actions.cases.queue.query import QueueQuery, selection_of
from hub.actions.cases.queue.views import QueueView
from hub.model.cases.state import CaseState
from hub.model.track import Compartment
from hub.repositories.queue.feed import QueueChange
from tests.unit.hub.web.desk.desk_world import a_case, agent, processes

LI, WANG = agent("li"), agent("wang")
ALL = QueueQuery()
IN = {"compartment": "none", "open": 1}
OUT = {"compartment": "none", "open": 0}


def came(id: str, *, new: bool = False) -> QueueChange:
    return QueueChange(id, None if new else OUT, IN)


def went(id: str) -> QueueChange:
    return QueueChange(id, IN, OUT)


def a_list(total: int = 0) -> LiveList:
    return LiveList(LI, ALL, selection_of(LI, ALL), 0, total=total)


def test_only_what_came_in_behind_a_place_and_is_still_there_is_new() -> None:
    live = a_list(1)
    before = live.number(live.place)
    assert before is not None
    for id in ("a", "b", "c"):
        live.take(came(id, new=True))
    live.take(QueueChange("old", IN, IN))
    live.take(went("b"))
    assert (live.fresh(before, ()), live.total) == (2, 3)
    assert live.fresh(before, ("a", "old")) == 1
    assert live.fresh(live.now, ()) == 0
    assert a_list().number(live.place) is None
    assert live.number(f"{live.epoch}.{'9' * 5_000}") is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans())), st.integers(0, 8))
def test_counts_are_those_of_a_list_that_remembers_everything(
    changes: list[tuple[str, bool]], cut: int
) -> None:
    live, there, number = a_list(1), {"a"}, 0
    entered: set[str] = set()
    for step, (id, is_in) in enumerate(changes):
        if step == cut:
            number, entered = live.now, set()
        if is_in == (id in there):
            continue
        if is_in:
            entered.add(id)
            live.take(came(id))
        else:
            live.take(went(id))
        there = there | {id} if is_in else there - {id}
    assert live.total == len(there)
    assert live.fresh(number, ()) == len(entered & there)


async def test_a_list_follows_the_policy_and_the_query() -> None:
    async with processes() as [hub]:
        await hub.insert(
            a_case("c1"), a_case("c2", handler="li"), a_case("r", compartment=Compartment.REPORT)
        )
        views = {view: await hub.follow.live(LI, QueueQuery(view)) for view in QueueView}
        same = await hub.follow.live(WANG, ALL)
        await hub.change("c1", handler="li")
        await hub.change("c2", state=CaseState.CLOSED)
        await hub.change("r", handler="li")
        await hub.follow.take(["c1", "c2", "r"])
        totals = {view: live.total for view, live in views.items()}
        assert totals == await hub.reads.counts(LI)
        assert totals[QueueView.MINE] == 1
        assert same is views[QueueView.ALL]


async def test_what_another_process_left_is_new_when_it_came_and_counted_anew() -> None:
    async with processes(2) as [here, there]:
        await here.insert(a_case("old", handler="li"))
        live = await here.follow.live(LI, QueueQuery(QueueView.UNASSIGNED))
        number = live.now
        await there.insert(a_case("new", at=here.clock.now_ms()))
        await there.change("old", handler="")
        await here.follow.take(["new", "old"], frozenset({"new", "old"}))
        assert (live.total, live.fresh(number, ())) == (2, 1)
