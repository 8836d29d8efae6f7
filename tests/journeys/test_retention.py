"""A login that is over leaves the store by itself."""

from __future__ import annotations

from pathlib import Path

from hub.model.agent import Role
from hub.runtime.clock import FakeClock
from tests.journeys.test_evidence import log_in
from tests.world import browser, eventually, world


async def test_a_login_that_is_over_is_gone_after_a_day(tmp_path: Path) -> None:
    clock = FakeClock()
    async with world(tmp_path, clock=clock) as hub:
        inspector = await hub.agent(Role.INSPECTOR)
        async with browser(hub.url) as theirs:
            await log_in(hub, theirs, "inspector")
        assert len(await hub.hub.repositories.sessions.of(inspector.id)) == 1
    clock.advance(seconds=36 * 3_600 + 1)
    async with world(tmp_path, clock=clock) as hub:

        async def gone() -> bool:
            return await hub.hub.repositories.sessions.of(inspector.id) == []

        assert await eventually(gone)
        assert hub.hub.tasks()["retention"].running
