"""What stands in the address of the queue is read back as it was, and nothing personal stands there."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actions.cases.queue.query import Flag, QueuePlace, QueueQuery, selection_of
from hub.actions.cases.queue.views import QueueView
from hub.model.agent import Agent, Role
from hub.model.cases.clock_names import ClockName
from hub.model.cases.queue.standing import Mark
from hub.model.track import Compartment, Track
from hub.runtime.clock import to_local

HANDLER = Agent("li", "li", "u1", (Role.HANDLER,), 0)
IDS = st.sampled_from(["", "u1", "sms-12110", "350100", "0198c2.x_y"])
QUERIES = st.builds(
    QueueQuery,
    show=st.sampled_from(QueueView),
    channel=IDS,
    track=st.sampled_from(["", *Track]),
    region=IDS,
    unit=IDS,
    handler=IDS,
    clock=st.sampled_from(["", *ClockName]),
    flag=st.sampled_from(["", *Flag]),
    since=st.sampled_from(["", "2026-11-01"]),
    until=st.sampled_from(["", "2026-11-30"]),
)


@given(QUERIES, st.integers(0, 10**16 - 1))
def test_a_query_is_read_back_from_its_address_and_from_its_token(query: QueueQuery, place: int) -> None:
    assert QueueQuery.parse(dict(parse_qsl(query.address()[1:]))) == query
    assert QueuePlace.parse(QueuePlace(query, place).token()) == QueuePlace(query, place)


@given(st.dictionaries(st.sampled_from([one.name for one in fields(QueueQuery)]), st.text(max_size=80)))
def test_whatever_is_asked_for_gives_a_list(given: dict[str, str]) -> None:
    query = QueueQuery.parse(given)
    assert QueueQuery.parse(query.parameters()) == query
    selection_of(HANDLER, query)


@pytest.mark.parametrize("token", ["", "%%%", "====", "c2hvdz1taW5l\n", "_" * 9_000, "/w"])
def test_a_damaged_token_is_the_whole_list(token: str) -> None:
    assert QueuePlace.parse(token).query in (QueueQuery(), QueueQuery(QueueView.MINE))


@pytest.mark.parametrize("term", ["13800138000 李四", "李四", "张 三", "+8613800138000", "a b"])
def test_names_and_numbers_do_not_come_into_an_address(term: str) -> None:
    asked = QueueQuery.parse(dict.fromkeys(("channel", "unit", "handler", "region", "q", "flag"), term))
    assert asked == QueueQuery()
    assert asked.address() == "?show=all"


def test_a_day_is_counted_from_its_midnight_to_its_end() -> None:
    found = selection_of(HANDLER, QueueQuery(since="2026-11-30", until="2026-11-30"))
    span = [f"{to_local(at):%m-%d %H:%M}" for at in (found.since, found.until)]
    assert span == ["11-30 00:00", "12-01 00:00"]


def test_the_policy_comes_before_the_view_and_the_view_before_the_filters() -> None:
    handler = selection_of(HANDLER, QueueQuery(QueueView.SCREENING))
    assert handler.sight.compartments == frozenset()
    inspector = Agent("du", "du", "u9", (Role.INSPECTOR,), 0)
    behind = {Compartment.REPORT, Compartment.SCREENING}
    assert selection_of(inspector, QueueQuery()).sight.compartments == behind
    mine = selection_of(HANDLER, QueueQuery(QueueView.MINE, handler="somebody-else"))
    assert mine.fields["handler_id"] == ()  # a filter takes away and never adds
    higher = Agent("gao", "gao", "u9", (Role.HIGHER_REVIEWER,), 0)
    one = {"compartment": "none", "open": 1, "received_at": 5}
    seen = [selection_of(higher, QueueQuery()).holds({**one, "higher": value}) for value in (0, 1)]
    assert seen == [False, True]


def test_a_view_about_marks_and_a_flag_ask_for_both() -> None:
    found = selection_of(HANDLER, QueueQuery(QueueView.REMINDED, flag=Flag.DIALECT))
    assert found.marks == Mark.REMINDED | Mark.DIALECT
    one = {"compartment": "none", "open": 1, "received_at": 5}
    assert found.holds({**one, "marks": int(Mark.REMINDED | Mark.DIALECT | Mark.URGENT)})
    assert not found.holds({**one, "marks": int(Mark.REMINDED)})
