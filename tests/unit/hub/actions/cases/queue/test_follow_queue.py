"""A live view holds what the same query would find, and counts what came in behind a place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.actions.cases.queue.follow_queue import LiveView
from hub.actions.cases.queue.read_queue import QueueView, filter_of
from hub.model.cases.state import CaseState
from hub.model.track import Compartment
from hub.store.documents import Stored
from tests.unit.hub.web.desk.desk_world import a_case, agent, processes

LI, WANG = agent("li"), agent("wang")


def of(id: str, is_in: bool) -> Stored:
    return Stored(id, 1, {"open": int(is_in)})


def a_view() -> LiveView:
    return LiveView(lambda stored: stored.body["open"] == 1)


def test_only_what_came_in_behind_a_place_and_is_still_there_is_new() -> None:
    view = a_view()
    view.begin(["old"])
    before = view.number(view.place)
    assert before is not None
    for id in ("a", "b", "c"):
        view.take(of(id, True))
    view.take(of("old", True))
    view.take(of("b", False))
    assert view.fresh(before, ()) == 2
    assert view.fresh(before, ("a", "old")) == 1
    assert view.fresh(view.now, ()) == 0
    assert a_view().number(view.place) is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans())), st.integers(0, 8))
def test_counts_are_those_of_a_view_that_remembers_everything(
    changes: list[tuple[str, bool]], cut: int
) -> None:
    view, there, number = a_view(), {"a"}, 0
    view.begin(there)
    came: set[str] = set()
    for step, (id, is_in) in enumerate(changes):
        if step == cut:
            number, came = view.now, set()
        if is_in and id not in there:
            came.add(id)
        there = there | {id} if is_in else there - {id}
        view.take(of(id, is_in))
    assert view.ids == there
    assert view.fresh(number, ()) == len(came & there)


async def test_a_view_follows_the_policy_and_the_filter_of_the_list() -> None:
    async with processes() as [hub]:
        await hub.insert(
            a_case("c1"), a_case("c2", handler="li"), a_case("r", compartment=Compartment.REPORT)
        )
        views = {view: await hub.follow.view(LI, view) for view in QueueView}
        same = await hub.follow.view(WANG, QueueView.ALL)
        await hub.change("c1", handler="li")
        await hub.change("c2", state=CaseState.CLOSED)
        await hub.change("r", handler="li")
        await hub.follow.take(["c1", "c2", "r"])
        for view, live in views.items():
            page = await hub.stores.cases.ids(*filter_of(view, LI))
            assert live.ids == page, view
        assert views[QueueView.MINE].ids == {"c1"}
        assert same is views[QueueView.ALL]
