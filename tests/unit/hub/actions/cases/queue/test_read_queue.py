"""Lists and counts of the queue are what looking at every case gives, as far as the reader may see."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hub.actions.cases.queue.query import Flag, QueuePlace, QueueQuery, selection_of
from hub.actions.cases.queue.read_queue import MANY, ReadQueue
from hub.actions.cases.queue.views import QueueView
from hub.model import policy
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin, Snooze
from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import DAY_MS, rank_of
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track, compartment_of
from hub.model.units.place import Place
from hub.repositories.queue.feed import QueueFeed, before_and_after
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from hub.store.query import parse_where
from hub.store.sqlite import open_sqlite
from hub.store.sqlite.where import where_sql
from tests.rules import RULES

NOW = 1_790_049_600_000
S, T = CaseState, Track
ONE, TWO, WANG = frozenset({"u1"}), frozenset({"u2"}), frozenset({"wang"})
HERE, THERE = Place(ONE, ONE, routes=False), Place(TWO, TWO, routes=False)
ABOVE = Place(ONE, ONE | TWO, routes=False)
AGENTS = [
    Agent("li", "li", "u1", (Role.HANDLER,), 0),
    Agent("du", "du", "u2", (Role.INSPECTOR,), 0),
    Agent("wang", "wang", "u2", (Role.HANDLER, Role.INSPECTOR), 0),
    Agent("gao", "gao", "u2", (Role.HIGHER_REVIEWER,), 0),
    Agent("xuan", "xuan", "u3", (Role.PUBLICITY,), 0),
    Agent("li", "li", "u1", (Role.HANDLER,), 0, name="station", place=HERE),
    Agent("he", "he", "u2", (Role.HANDLER, Role.INSPECTOR), 0, name="both", place=THERE),
    Agent("zhu", "zhu", "u1", (Role.SUPERVISOR,), 0, name="above", place=ABOVE),
    Agent("lu", "lu", "u1", (Role.HANDLER,), 0, name="routes", place=Place(ONE, ONE | TWO, stands_in=WANG)),
    Agent("fu", "fu", "u2", (Role.HIGHER_REVIEWER,), 0, name="review", place=Place(TWO, TWO)),
]
QUERIES = [
    *(QueueQuery(view) for view in QueueView),
    QueueQuery(track=T.APPEAL),
    QueueQuery(unit="u1", channel="sms"),
    QueueQuery(handler="none", region="350100"),
    QueueQuery(clock=ClockName.HANDLE_60),
    QueueQuery(flag=Flag.DIALECT),
    QueueQuery(QueueView.OVERDUE, flag=Flag.DIALECT, track=T.CONSULT),
    QueueQuery(tag="3"),
    QueueQuery(QueueView.MINE, tag="3"),
    QueueQuery(QueueView.CLOSED, unit="u1"),
    QueueQuery(since="2026-09-22", until="2026-09-22"),
    QueueQuery(QueueView.CLOSED, since="2026-09-21"),
]
STATES = (S.REGISTERED, S.HANDLING, S.REVIEW_DRAFT, S.ROUTED, S.FUCHA, S.REPLIED, S.CLOSED, S.DRAFT)
LIMITS = (0, -DAY_MS, DAY_MS // 2, 2 * DAY_MS, 9 * DAY_MS)


def a_case(number: int) -> Case:
    """All kinds of cases, by their number."""
    track = (T.CONSULT, T.APPEAL, T.SERVICE, T.EMERGENCY, T.REPORT)[number % 5]
    state, left = STATES[number % 8], LIMITS[number % 7 % 5]
    missed = Clock(ClockName.HANDLE_60, track, 1, breached_at=2)
    runs = Clock((ClockName.NOTIFY_15, ClockName.SUPERVISE, ClockName.CALLBACK)[number % 5 % 3], track, NOW)
    p = Proceeding(
        track,
        state,
        event="citizen_reply" if number % 8 == 1 else "",
        came_from=S.NEED_INFO,
        handler=("", "li", "wang")[number % 3],
        receives_at=-1 if number % 2 else 0,
        signed_by="zhang" if number % 3 else "",
        reminded_at=7 if number % 11 == 0 else 0,
        clocks=(missed,) if number % 6 == 0 else (runs,),
    )
    compartment = Compartment.SCREENING if number % 13 == 0 else compartment_of(track)
    return Case(
        f"c{number:03}",
        f"{number:014}",
        NOW - (number * 7 % 50) * DAY_MS // 9,
        NOW - number,
        p,
        Origin(("sms", "web")[number % 2], "sms", region="350100" if number % 4 else ""),
        compartment=compartment,
        unit_id=f"u{number % 3}",
        waiting=number % 5 < 2,
        urgent=number % 17 == 0,
        flags=("dialect",) if number % 3 == 0 else ("possible_danger",) if number % 19 == 0 else (),
        limit_at=NOW + left if left else 0,
        limit_clock=ClockName.HANDLE_60 if left else "",
        ranked_at=NOW,
        tags=(0, 1 << 3, 1 << 3 | 1 << 40)[number // 2 % 3],
        snooze=Snooze(NOW + DAY_MS, ("", "li", "wang")[number % 3]) if number % 4 < 2 else Snooze(),
    )


[CASES_DECLARED] = [one for one in COLLECTIONS if one.name == "cases"]
CASES = [a_case(number) for number in range(160)]


@pytest.fixture
async def stores() -> Repositories:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock(NOW))
    made = repositories(documents, Vault(KeyRing.fresh()), cities={})
    await documents.commit([made.cases.insert(case) for case in CASES])
    return made


def queue_of(stores: Repositories) -> ReadQueue:
    return ReadQueue(stores, lambda: RULES.calendar, screening_days=2)


def fields_of(stores: Repositories, case: Case) -> dict[str, object]:
    return dict(stores.cases.insert(case).body)


async def everything(queue: ReadQueue, agent: Agent, query: QueueQuery) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    after = None
    while True:
        page = await queue.page(agent, query, after=after)
        ids += [row.case.id for row in page.rows]
        after = page.next
        if after is None:
            return ids


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name or agent.id)
async def test_every_list_holds_what_belongs_to_it_in_order_and_is_counted(
    stores: Repositories, agent: Agent
) -> None:
    queue = queue_of(stores)
    counts = await queue.counts(agent)
    for query in QUERIES:
        selection = selection_of(agent, query)
        wanted = [case for case in CASES if selection.holds(fields_of(stores, case))]
        assert all(policy.may_see(agent, case) for case in wanted), query
        if query == QueueQuery():
            seen = [case for case in CASES if policy.may_see(agent, case)]
            assert wanted == [case for case in seen if fields_of(stores, case)["open"] == 1]
        if selection.by_time:
            way = -1 if selection.of_done else 1
            wanted.sort(key=lambda case: (way * case.received_at, case.id), reverse=False)
        else:
            wanted.sort(key=lambda case: (rank_of(case), case.id))
        found = await everything(queue, agent, query)
        if selection.by_time:  # cases of the same instant stand by their ids, either way
            assert sorted(found) == sorted(case.id for case in wanted)
        else:
            assert found == [case.id for case in wanted], query
        number, is_bounded = await queue.count(agent, query)
        assert number == (min(len(wanted), MANY) if is_bounded else len(wanted)), query
        if query == QueueQuery(query.show):
            assert counts[query.show] == len(wanted), query


async def test_most_lists_hold_something(stores: Repositories) -> None:
    """Or the test above would compare nothing with nothing."""
    queue = queue_of(stores)
    found = {query: len(await everything(queue, AGENTS[2], query)) for query in QUERIES}
    assert all(found.values()), [query for query, number in found.items() if not number]


async def test_a_higher_reviewer_finds_in_the_queue_what_may_be_read_and_no_other_case(
    stores: Repositories,
) -> None:
    [reviewer] = [agent for agent in AGENTS if agent.id == "gao"]
    seen = set(await everything(queue_of(stores), reviewer, QueueQuery()))
    assert seen == {
        case.id for case in CASES if policy.may_see(reviewer, case) and fields_of(stores, case)["open"] == 1
    }
    assert 0 < len(seen) < len(CASES)


@pytest.mark.parametrize(
    "query", [QueueQuery(), QueueQuery(QueueView.DUE_SOON), QueueQuery(since="2026-09-20")]
)
async def test_walking_from_case_to_case_goes_through_the_whole_list_and_back(
    stores: Repositories, query: QueueQuery
) -> None:
    queue, agent = queue_of(stores), AGENTS[2]
    ids = await everything(queue, agent, query)
    [first] = (await stores.cases.many(ids[:1])).values()
    place = QueuePlace(query, first.received_at if query.by_time else first.rank)
    walked = [ids[0]]
    while (beside := await queue.neighbour(agent, place, walked[-1], 1)) is not None:
        id, place = beside
        walked.append(id)
    assert walked == ids
    back = [ids[-1]]
    while (beside := await queue.neighbour(agent, place, back[-1], -1)) is not None:
        id, place = beside
        back.append(id)
    assert back == ids[::-1]


async def test_the_next_case_after_closing_is_the_one_behind_the_place_it_had(stores: Repositories) -> None:
    queue, agent = queue_of(stores), AGENTS[0]
    page = await queue.page(agent)
    row, behind = page.rows[3], page.rows[4]
    place = QueuePlace.parse(row.place)
    closed = replace(row.case, proceeding=replace(row.case.proceeding, state=S.CLOSED), waiting=False)
    documents = stores.cases._documents
    await documents.commit([stores.cases.update(closed, row.version)])
    assert await queue.neighbour(agent, place, row.case.id, 1) == (
        behind.case.id,
        QueuePlace.parse(behind.place),
    )


async def test_nobody_is_led_behind_the_wall_or_on_from_nowhere(stores: Repositories) -> None:
    queue, agent, query = queue_of(stores), AGENTS[0], QueueQuery()
    for report in (case for case in CASES if case.compartment is Compartment.REPORT):
        beside = await queue.neighbour(agent, QueuePlace(query, report.rank), report.id, 1)
        assert beside is None or policy.may_see(agent, (await stores.cases.many([beside[0]]))[beside[0]])
        assert await queue.neighbour(agent, QueuePlace(query), report.id, 1) is None


async def test_a_place_of_another_list_gives_the_first_page(stores: Repositories) -> None:
    queue, agent = queue_of(stores), AGENTS[0]
    for after in ("damaged", "W10", (await queue.page(agent, QueueQuery(since="2026-09-01"))).next or "x"):
        page = await queue.page(agent, after=after)
        assert page.rows


async def test_pages_hear_what_enters_and_leaves_their_list(stores: Repositories) -> None:
    documents, feed = stores.cases._documents, QueueFeed(kept=3)
    mine, begin = selection_of(AGENTS[0], QueueQuery(QueueView.MINE)), feed.position
    case = next(case for case in CASES if case.handler_id == "wang" and case.state is S.HANDLING)
    found = await stores.cases.get(case.id)
    assert found

    async def publish(after: Case, version: int) -> None:
        writes = [stores.cases.update(after, version)]
        changes = await before_and_after(documents, writes)
        await documents.commit(writes)
        feed.publish(changes)

    await publish(found.value.in_hands_of("li"), 1)
    await publish(replace(found.value.in_hands_of("li"), urgent=True), 2)
    await publish(found.value.in_hands_of("wang"), 3)
    changes = feed.since(begin)
    assert changes is not None
    assert [one.moves(mine) for one in changes] == [1, 0, -1]
    assert feed.since(feed.position) == ()
    await publish(found.value, 4)
    assert feed.since(begin) is None  # too long ago
    assert feed.since("another.3") is None
    told = " ".join(str(one.before) + str(one.after) for one in changes)
    assert "pii" not in told


@pytest.mark.parametrize("query", [query for query in QUERIES if not query.filters or query.flag])
async def test_no_list_is_sorted_by_looking_at_all_of_it(tmp_path: Path, query: QueueQuery) -> None:
    """Every way of every view, and a flag, is read in the order of an index."""
    documents: Documents = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOW))
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
    await documents.commit([stores.cases.insert(case) for case in CASES])
    reading = documents._reading  # type: ignore[attr-defined]
    for where in await stores.case_queue._ways(selection_of(AGENTS[2], query)):
        text, values = where_sql(parse_where(CASES_DECLARED, where))
        sql = f'EXPLAIN QUERY PLAN SELECT * FROM c_cases WHERE {text} ORDER BY "f_rank", id LIMIT 51'  # noqa: S608
        [plan] = [row[3] for row in reading.execute(sql, values)]
        assert "USING INDEX i_cases_compartment_open" in plan
        if len(where) <= 3:  # of two filters one has to be looked at row by row
            assert all(f"f_{name}" in plan.partition("(")[2] for name in where), plan
    await documents.close()


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        (QueueQuery(QueueView.MINE, track=T.APPEAL), "handler_id"),
        (QueueQuery(QueueView.WAITING, unit="u1"), "unit"),
        (QueueQuery(track=T.APPEAL, channel="sms"), "track"),
    ],
)
async def test_of_two_filters_the_one_that_leaves_fewer_leads(
    tmp_path: Path, query: QueueQuery, leads: str
) -> None:
    for _ in range(2):  # also when the file was made by an earlier release, with other indexes first
        documents: Documents = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock(NOW))
        stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
        [where] = await stores.case_queue._ways(selection_of(AGENTS[0], query))
        text, values = where_sql(parse_where(CASES_DECLARED, where))
        sql = f'EXPLAIN QUERY PLAN SELECT * FROM c_cases WHERE {text} ORDER BY "f_rank", id LIMIT 51'  # noqa: S608
        [plan] = [row[3] for row in documents._reading.execute(sql, values)]  # type: ignore[attr-defined]
        assert f"i_cases_compartment_open_{leads}_rank" in plan
        await documents.close()
        with closing(sqlite3.connect(tmp_path / "hub.db")) as file, file:
            file.execute("DROP INDEX i_cases_compartment_open_waits_rank")
            file.execute("DROP INDEX i_cases_compartment_open_track_rank")
