"""One feed for all pages of a process: each is told what it shows, and nothing its reader may not see."""

from __future__ import annotations

import json
from typing import Any

from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.views import QueueView
from hub.model.agent import Agent, Role
from hub.model.track import Compartment
from hub.runtime.bell import delivery_topic
from hub.web.desk.feed import Channel
from hub.web.desk.page import AGAIN, MOST_BYTES, DeskPage, Shown
from hub.web.i18n import Language
from tests.unit.hub.web.desk.desk_world import Process, a_case, agent, processes

ZH, EN = Language.ZH, Language.EN
LI, WANG, DU = agent("li"), agent("wang"), agent("du", Role.INSPECTOR)
LIST = Shown(QueueQuery(), rows=frozenset({"c1", "c2"}))


def heard(page: DeskPage) -> dict[str, Any]:
    """The events that waited, by name; the last of each."""
    events = {}
    for event in page.take().decode().split("\n\n"):
        if event:
            name, _, data = event.partition("\ndata: ")
            events[name.removeprefix("event: ")] = json.loads(data) if data.startswith("{") else data
    return events


async def listed(process: Process, who: Agent, view: QueueView = QueueView.ALL, *rows: str) -> Shown:
    """A list as it stands now."""
    query = QueueQuery(view)
    place = await process.feed.place(who, query)
    return Shown(query, place=place, rows=frozenset(rows))


async def test_a_page_is_told_of_new_cases_counts_and_its_own_rows_only() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"), a_case("c9"))
        async with hub.feed.opened(LI, ZH, await listed(hub, LI, QueueView.ALL, "c1")) as page:
            page.take()
            await hub.insert(a_case("c2"))
            await hub.change("c1", handler="li")
            await hub.change("c9", handler="li")
            await hub.told()
            events = heard(page)
    assert events["pill"] == "1 new"
    assert (events["counts"]["all"], events["counts"]["mine"], events["counts"]["unassigned"]) == (3, 2, 1)
    assert events["row"] == {"id": "c1", "html": "c1 li zh"}
    assert hub.made == ["c1"]


async def test_a_row_is_made_once_for_a_language_however_many_pages_show_it() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"))
        languages = [ZH, EN, ZH, ZH]
        opened = [hub.feed.opened(agent(f"a{n}"), lang, LIST) for n, lang in enumerate(languages)]
        pages = [await one.__aenter__() for one in opened]
        for page in pages:
            page.take()
        await hub.change("c1", handler="li")
        await hub.told()
        assert [heard(page)["row"]["html"] for page in pages] == [f"c1 li {lang}" for lang in languages]
        for one in opened:
            await one.__aexit__(None, None, None)
    assert hub.made == ["c1", "c1"]


async def test_a_case_that_goes_behind_the_compartment_vanishes_and_says_nothing_more() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"))
        shown = Shown(QueueQuery(), rows=frozenset({"c1"}), case_id="c1", version=1)
        async with hub.feed.opened(LI, ZH, shown) as page, hub.feed.opened(WANG, ZH, shown) as other:
            page.take(), other.take()
            await hub.change("c1", compartment=Compartment.SCREENING)
            await hub.told()
            events = heard(page)
            assert events["row"] == {"id": "c1", "html": None}
            assert events["case"] == {"id": "c1", "version": 0, "gone": True}
            hub.presence.act(WANG, "c1", types=True)
            await hub.change("c1", handler="du")
            await hub.told()
            assert heard(page) == {}


async def test_who_was_there_before_the_compartment_is_named_to_nobody_in_it() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1", compartment=Compartment.SCREENING))
        beside = Shown(case_id="c1", version=1)
        async with hub.feed.opened(DU, ZH, beside):
            await hub.change("c1", compartment=Compartment.NONE)  # released
            await hub.told()
            async with hub.feed.opened(LI, ZH, Shown(case_id="c1", version=2)) as page:
                await hub.told()
                assert heard(page)["presence"]["head"] == "LI"


async def test_the_open_case_is_told_by_its_version_and_once_more_after_a_break() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"))
        await hub.change("c1", handler="li")
        async with hub.feed.opened(LI, ZH, Shown(case_id="c1", version=1)) as page:
            assert heard(page)["case"]["version"] == 2  # it changed while the page was not connected
        async with hub.feed.opened(LI, ZH, Shown(case_id="c1", version=2)) as page:
            assert "case" not in heard(page)
            await hub.change("c1", handler="wang")
            await hub.told()
            assert heard(page)["case"] == {"id": "c1", "version": 3}


async def test_what_became_of_an_answer_has_the_open_case_read_again() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"), a_case("c2"))
        listed_only = Shown(QueueQuery(), rows=frozenset({"c1"}), case_id="c2", version=1)
        async with (
            hub.feed.opened(LI, ZH, Shown(case_id="c1", version=1)) as page,
            hub.feed.opened(WANG, ZH, listed_only) as other,
        ):
            page.take(), other.take()
            hub.bell.ring(delivery_topic("answer to c1"), delivery_topic("another"))
            await hub.told()
            assert heard(page)["case"] == {"id": "c1", "version": 1, "again": True}
            assert "case" not in heard(other)
            await hub.change("c1", compartment=Compartment.SCREENING)
            await hub.told()
            page.take()
            hub.bell.ring(delivery_topic("answer to c1"))
            await hub.told()
            assert heard(page) == {}


async def test_a_case_that_is_not_for_the_reader_is_as_one_that_never_was() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1", compartment=Compartment.REPORT))
        said = []
        for case_id in ("c1", "nothing"):
            async with hub.feed.opened(LI, ZH, Shown(case_id=case_id, version=1)) as page:
                said.append(heard(page)["case"] | {"id": ""})
        assert said[0] == said[1]
        assert not hub.presence.at("c1")


async def test_colleagues_hear_who_is_there_and_who_types() -> None:
    async with processes() as [hub]:
        await hub.insert(a_case("c1"))
        async with hub.feed.opened(LI, ZH, Shown(QueueQuery(), rows=frozenset({"c1"}))) as page:
            page.take()
            async with hub.feed.opened(WANG, ZH, Shown(case_id="c1", version=1)):
                hub.presence.act(WANG, "c1", types=True)
                await hub.told()
                assert heard(page)["presence"] == {"id": "c1", "head": "WANG*"}
            await hub.told()
            assert heard(page)["presence"] == {"id": "c1", "head": ""}


async def test_a_reader_who_is_too_slow_keeps_no_memory_and_connects_again() -> None:
    page = DeskPage(LI, ZH, Shown())
    event = b"x" * 1000
    for _ in range(2 * MOST_BYTES // len(event)):
        page.push(event)
    assert page.over
    assert page.take() == AGAIN


async def test_a_channel_is_read_once_for_all_with_the_same_topic_and_after_its_ring_only() -> None:
    reads: list[str] = []

    async def read(who: Agent, language: Language) -> str:
        reads.append(who.id)
        return f"alarm {len(reads)}"

    def topic(who: Agent) -> str | None:
        return "alarms" if Role.HANDLER in who.roles else None

    async with processes(1, Channel("alarms", topic, read)) as [hub]:
        assert (hub.feed.channels_of(LI), hub.feed.channels_of(DU)) == (["alarms"], [])
        nothing = Shown()
        async with (
            hub.feed.opened(LI, ZH, nothing) as one,
            hub.feed.opened(WANG, ZH, nothing) as two,
            hub.feed.opened(DU, ZH, nothing) as outside,
        ):
            assert [page.take() != b"" for page in (one, two, outside)] == [True, True, False]
            before = len(reads)
            hub.bell.ring("other")
            await hub.told()
            assert len(reads) == before
            hub.bell.ring("alarms")
            await hub.told()
            told = {"alarms": f"alarm {before + 1}"}
            assert [heard(page) for page in (one, two, outside)] == [told, told, {}]


async def test_a_stop_ends_every_page_also_one_that_comes_later() -> None:
    async with processes() as [hub]:
        async with hub.feed.opened(LI, ZH, Shown()) as page:
            hub.bell.close()
            await page.ready.wait()
            while not page.over:
                page.take()
                await page.ready.wait()
        async with hub.feed.opened(LI, ZH, Shown()) as late:
            assert late.over


async def test_pages_of_another_process_hear_of_a_change_and_of_who_types() -> None:
    async with processes(2) as [one, two]:
        await one.insert(a_case("c1", at=one.clock.now_ms()))
        async with two.feed.opened(WANG, ZH, Shown(case_id="c1", version=1)) as page:
            page.take()
            async with one.feed.opened(LI, ZH, Shown(case_id="c1", version=1)):
                one.presence.act(LI, "c1", types=True)
                await one.presence.exchange()
                await two.presence.exchange()
                await one.change("c1", handler="li")
                await two.told()
                events = heard(page)
                assert events["case"]["version"] == 2
                assert events["presence"]["head"] == "LI* WANG"
                await two.told()
                assert heard(page) == {}  # what was told is not told again
