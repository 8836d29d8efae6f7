"""An emergency reaches a person who hears it, or 110: a reply to a law-education broadcast says 救命."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from channels.outbox.delivery import DeliveryState
from hub.model.agent import Role
from hub.model.alarms.alarm import Alarm, AlarmState, ForwardReason
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind
from hub.model.cases.state import CaseState
from hub.model.track import Track
from tests.command_centre import PlayedCentre, played_centre
from tests.journeys.test_broadcast import DaytimeClock, join, lesson, number
from tests.journeys.test_queue_pill import SAME, seat
from tests.releasing import start
from tests.world import World, browser, eventually, world

CITIZEN = number(0)
WORDS = "救命 在xx路 不能说话"
PAGE = "page-of-the-desk"


@dataclass
class MovedClock(DaytimeClock):
    """Ten in the morning, and the test moves it on."""

    def advance(self, seconds: float) -> None:
        self.shift += round(seconds * 1000)


@dataclass(frozen=True)
class Scene:
    """A hub with a command centre, and one officer in a browser."""

    hub: World
    clock: MovedClock
    centre: PlayedCentre
    http: aiohttp.ClientSession

    async def post(self, path: str, **fields: str) -> None:
        """A form of the alarm page."""
        async with self.http.get(f"{self.hub.url}/staff/alarms") as page:
            found = re.search(r'name="csrf" value="([^"]+)"', await page.text())
        assert found
        data = {"csrf": found[1], **fields}
        async with self.http.post(f"{self.hub.url}/staff/alarms{path}", data=data, headers=SAME) as answer:
            assert answer.status < 300, await answer.text()

    async def go_on_duty(self) -> None:
        """Signs on, with an open page whose sound was heard."""
        await self.post("/duty/on")
        await self.post(f"/pages/{PAGE}/sound")

    async def broadcast(self) -> None:
        """Law education that the citizen gets and then answers."""
        await join(self.hub, 1)
        desk = self.hub.hub.actions.campaigns
        campaign = await desk.create(lesson(), "a1")
        await start(self.hub.hub, campaign.id)

        async def arrived() -> bool:
            counted = await self.hub.hub.documents.count("outbox", {"state": DeliveryState.DELIVERED.value})
            return sum(counted.values()) == 1

        await eventually(arrived)

    async def says(self, text: str) -> None:
        """The citizen texts 12110."""
        await self.hub.carrier.send_text(CITIZEN, "12110", text)

    async def emergencies(self) -> list[Case]:
        """All of them, the oldest first."""
        stores = self.hub.hub.repositories
        ids = [stored.id async for stored in self.hub.hub.documents.scan("alarms")]
        return sorted((await stores.cases.many(ids)).values(), key=lambda case: case.received_at)

    async def alarm(self) -> Alarm:
        """Of the first emergency."""
        found = await self.hub.hub.repositories.alarms.get((await self.emergencies())[0].id)
        assert found is not None
        return found.value

    async def in_state(self, state: AlarmState) -> Alarm:
        """As soon as it is so."""

        async def look() -> Alarm | None:
            alarm = await self.alarm()
            return alarm if alarm.state is state else None

        found = await eventually(look)
        assert found is not None
        return found


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = MovedClock()
    async with (
        played_centre() as centre,
        world(tmp_path, clock=clock, auto_reply="answers", alarms=centre.settings()) as hub,
        browser(hub.url) as http,
    ):
        await seat(hub, Role.HANDLER, http)
        yield Scene(hub, clock, centre, http)


@asynccontextmanager
async def alarms_of(scene: Scene) -> AsyncIterator[aiohttp.StreamReader]:
    """The open page's stream."""
    async with scene.http.get(f"{scene.hub.url}/staff/alarms/events") as stream:
        assert stream.status == 200
        yield stream.content


async def rings(content: aiohttp.StreamReader, words: str) -> None:
    """Until the stream shows an alarm with these words."""
    shows = False
    async for line in content:
        shows = shows or b"data-rings" in line
        if shows and words in line.decode():
            return


async def test_a_cry_for_help_in_answer_to_a_broadcast_rings_within_5_s_and_reaches_110_after_60(
    scene: Scene,
) -> None:
    await scene.broadcast()
    await scene.go_on_duty()
    said_before = len(scene.hub.carrier.journal.messages)
    async with alarms_of(scene) as content:
        async with asyncio.timeout(5):
            await scene.says(WORDS)
            await rings(content, "xx路")
    raised = await scene.alarm()
    for _ in range(19):  # the page is open and answers; nobody confirms
        scene.clock.advance(3)
        await scene.post(f"/pages/{PAGE}", sounds="yes")
    assert (await scene.alarm()).state is AlarmState.WAITING
    assert scene.centre.told == []
    scene.clock.advance(3)
    await scene.post(f"/pages/{PAGE}", sounds="yes")
    alarm = await scene.in_state(AlarmState.FORWARDED)
    assert alarm.reason is ForwardReason.UNCONFIRMED
    assert 60_000 <= alarm.forwarded_at - raised.raised_at < 65_000

    async def heard() -> bool:
        return bool((await scene.alarm()).acknowledged_at)

    await eventually(heard)
    [report] = scene.centre.cases.values()
    assert (report["number"], report["text"], report["places"]) == (CITIZEN, WORDS, ["xx路"])
    [case] = await scene.emergencies()
    assert (case.track, case.state) == (Track.EMERGENCY, CaseState.HANDED_OFF)
    history = await scene.hub.hub.repositories.cases.whole_history(case.id)
    [entry] = [one for one in history if one.kind is HistoryKind.FORWARDED_110]
    assert (entry.facts["raised_at"], entry.at) == (str(raised.raised_at), alarm.forwarded_at)
    assert len(scene.hub.carrier.journal.messages) == said_before  # no chatbot text


async def test_who_confirms_has_it_and_nothing_is_forwarded(scene: Scene) -> None:
    await scene.go_on_duty()
    await scene.says(WORDS)
    [case] = await scene.emergencies()
    async with scene.http.get(f"{scene.hub.url}/staff/alarms") as page:
        assert "不要打电话" in await page.text()  # the telephone of who hides must not ring
    await scene.post(f"/cases/{case.id}/take")
    scene.clock.advance(300)
    taken = await scene.in_state(AlarmState.TAKEN)
    found = await scene.hub.hub.repositories.agents.by_login(Role.HANDLER.value)
    assert found is not None
    assert taken.by == found.value.id
    await scene.hub.hub.alarms.forward.step()
    assert scene.centre.told == []


async def test_with_nobody_on_duty_nothing_waits_and_what_is_written_next_rings_again(scene: Scene) -> None:
    await scene.says(WORDS)
    alarm = await scene.in_state(AlarmState.FORWARDED)
    assert alarm.reason is ForwardReason.NOBODY
    assert alarm.forwarded_at - alarm.raised_at < 5_000
    async with scene.http.get(f"{scene.hub.url}/readyz") as answer:
        assert "alarms" in (await answer.json())["issues"]

    async def told(count: int) -> bool:
        return len(scene.centre.cases) == count

    await eventually(lambda: told(1))
    await scene.says("三楼，门锁着")
    await eventually(lambda: told(2))
    first, second = await scene.emergencies()
    assert second.id != first.id
    assert scene.centre.cases[second.id]["text"] == "三楼，门锁着"
    assert len(scene.hub.carrier.journal.messages) == 0  # nothing lights up the telephone
