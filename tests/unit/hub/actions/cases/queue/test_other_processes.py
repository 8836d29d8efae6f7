"""Changes of other processes are told once, also those whose clock is behind or whose commit was slow."""

from __future__ import annotations

from hub.actions.cases.queue.other_processes import OtherProcesses
from tests.unit.hub.web.desk.desk_world import a_case, processes


async def test_a_change_is_told_once_and_not_to_who_made_it() -> None:
    async with processes() as [hub]:
        now = hub.clock.now_ms()
        others = OtherProcesses(hub.stores.cases, hub.clock)
        await hub.insert(a_case("old", at=now - 60_000), a_case("c1", at=now), a_case("own", at=now))
        others.knows("own", 1)
        assert await others.look() == {"c1"}
        assert await others.look() == set()
        await hub.change("c1", handler="li")
        assert await others.look() == {"c1"}


async def test_a_change_dated_before_the_last_look_is_told_all_the_same() -> None:
    async with processes() as [hub]:
        others = OtherProcesses(hub.stores.cases, hub.clock)
        now = hub.clock.now_ms()
        await hub.insert(a_case("c1", at=now + 1_000))
        assert await others.look() == {"c1"}
        await hub.insert(a_case("c2", at=now - 2_000))
        assert await others.look() == {"c2"}
