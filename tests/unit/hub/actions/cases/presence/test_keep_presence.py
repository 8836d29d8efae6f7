"""People at cases: told to other processes, gone when nobody says so any more."""

from __future__ import annotations

from hub.model.desk.presence import BEGUN_MS, HELD_MS, IDLE_MS, TYPING_MS
from tests.unit.hub.web.desk.desk_world import Process, a_case, agent, processes

LI, WANG = agent("li"), agent("wang")
CASE = a_case("c1")


async def exchanged(*hubs: Process) -> None:
    for hub in hubs:
        await hub.presence.exchange()


def at(hub: Process) -> list[str]:
    return [one.agent_id for one in hub.presence.at("c1")]


async def test_another_process_hears_who_is_there_and_when_they_leave() -> None:
    async with processes(2) as [one, two]:
        one.presence.enter(LI, CASE)
        one.presence.enter(LI, CASE)  # in two windows
        await exchanged(one, two)
        assert at(two) == ["li"]
        one.presence.leave(LI, "c1")
        await exchanged(one, two)
        assert at(two) == ["li"]
        one.presence.leave(LI, "c1")
        await exchanged(one, two)
        assert at(one) == at(two) == []
        one.presence.enter(LI, CASE)
        await exchanged(one, two)
        assert at(two) == ["li"]


async def test_who_stays_is_said_again_and_a_process_that_dies_takes_its_people_with_it() -> None:
    async with processes(2) as [one, two]:
        one.presence.enter(LI, CASE)
        for _ in range(5):
            await exchanged(one, two)
            assert at(two) == ["li"]
            one.clock.advance(seconds=HELD_MS / 1000 / 2)
        one.clock.advance(seconds=HELD_MS / 1000)  # `one` says nothing more
        await exchanged(two)
        assert at(two) == []


async def test_a_person_is_one_line_and_the_one_who_types_counts() -> None:
    async with processes(2) as [one, two]:
        one.presence.enter(LI, CASE)
        two.presence.enter(LI, CASE)
        two.presence.act(LI, "c1", types=True)
        await exchanged(two, one)
        [there] = one.presence.at("c1")
        assert there.types(one.clock.now_ms())


async def test_signs_fade_one_after_the_other() -> None:
    async with processes() as [hub]:
        hub.presence.enter(LI, CASE)
        hub.presence.act(LI, "c1", types=True)
        [there] = hub.presence.at("c1")
        begun = there.begun_at
        signs = []
        for after in (0, TYPING_MS + 1, IDLE_MS + 1, BEGUN_MS + 1):
            now = begun + after
            signs.append((there.types(now), there.is_idle(now), there.has_begun(now)))
        assert signs == [
            (True, False, True),
            (False, False, True),
            (False, True, True),
            (False, True, False),
        ]
        hub.clock.advance(seconds=20)
        hub.presence.act(LI, "c1", types=True)
        assert hub.presence.at("c1")[0].begun_at == begun  # the same answer is still being written
        hub.presence.stop_typing(LI, "c1")
        assert not hub.presence.at("c1")[0].has_begun(hub.clock.now_ms())


async def test_a_sign_without_an_open_page_makes_nobody_present() -> None:
    async with processes() as [hub]:
        hub.presence.act(WANG, "c1", types=True)
        hub.presence.stop_typing(WANG, "c1")
        assert at(hub) == []
