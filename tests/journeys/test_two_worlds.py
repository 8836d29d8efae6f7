"""Whether there is a report or not makes no difference to anybody outside the compartment: two hubs that
differ in one report only give the same answers to every request of the table of routes, for the same number
of reads, and their streams say the same.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from hub.app import open_hub
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.call import Recording
from hub.model.petition import Petition, PetitionKind
from hub.repositories.publicity.bounces import BouncedMail
from hub.runtime.bell import ALARMS
from hub.runtime.clock import FakeClock
from hub.settings.settings import Settings
from hub.store.documents import Update
from ivr.evidence.recordings import RecordingState
from tests.first_start import started_before
from tests.journeys.talking import Talker
from tests.two_worlds import OUTSIDE, copied, difference, overheard, places_in, requests, streams, twin
from tests.world import world_settings

NOW = 1_795_000_000_000
SECRET = "金丝雀举报东城派出所民警收黑钱"
ORDINARY = Petition("p2", PetitionKind.COMPLAINT, "路灯", "路灯三个月没有亮", phone="+8613800139004")


async def office(hub: Hub) -> None:
    """One of each role, and ordinary work."""
    now = hub.clock.now_ms()
    for role in Role:
        await hub.repositories.agents.insert(
            Agent(f"agent-{role.value}", role.value, "", (role,), now, name=f"测试{role.value}")
        )
    await Talker(hub, ChannelKind.SMS, "1").say("楼下烧烤店每天深夜占道经营没有人管")
    await Talker(hub, ChannelKind.SMS, "2").say("救命，有人持刀抢劫")
    await hub.actions.file_petition(
        Petition("p1", PetitionKind.COMPLAINT, "货车占道", "货车每天晚上停在小区门口", phone="+8613800139003")
    )


async def nothing(hub: Hub) -> None:
    """The world without a report."""


async def report(hub: Hub) -> None:
    """By text, from somebody whose ordinary case the desk knows."""
    await Talker(hub, ChannelKind.SMS, "1").say(f"我要{SECRET}")


async def report_with_trouble(hub: Hub) -> None:
    """The same; what the hub answered may not have arrived, came back, and a recording does not come."""
    known = {row.id async for row in hub.documents.scan("outbox")}
    await report(hub)
    now = hub.clock.now_ms()
    [case] = [row async for row in hub.documents.scan("cases") if row.body["compartment"] != "none"]
    receipts = [row async for row in hub.documents.scan("outbox") if row.id not in known]
    assert {row.body["case_id"] for row in receipts} == {case.id}
    for row in receipts:
        bounce = BouncedMail(row.id, row.body["recipient_key"], "5.1.1", now)
        await hub.documents.commit(
            [
                Update("outbox", row.id, {"state": "ambiguous"}, row.version),
                hub.repositories.publicity.bounces.insert(bounce),
            ]
        )
    late = Recording(
        "rec-1",
        "call-1",
        "voice-12389",
        "RE1",
        case.id,
        "s",
        RecordingState.PENDING,
        now - 86_400_000,
        tries=9,
    )
    await hub.documents.commit([hub.repositories.recordings.insert(late)])


@pytest.fixture(scope="module")
async def office_of_both(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A hub with ordinary work, closed again."""
    folder: Path = tmp_path_factory.mktemp("first")
    given = world_settings(folder, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=9)
    settings = await started_before(given)
    hub = await open_hub(settings, FakeClock(NOW))
    await office(hub)
    await hub.close()
    return settings


async def test_a_report_changes_no_answer_and_no_read_outside(
    office_of_both: Settings, tmp_path: Path
) -> None:
    settings = copied(office_of_both, tmp_path / "a"), copied(office_of_both, tmp_path / "b")
    async with (
        twin(settings[0], FakeClock(NOW + 60_000), nothing) as without,
        twin(settings[1], FakeClock(NOW + 60_000), report_with_trouble) as with_report,
    ):
        places, case = await places_in(without, with_report)
        attack = {"q": case.reference, "reference": case.reference, "code": "12345678", "text": SECRET}
        attack |= {"version": "1", "reason": "核实", "handler": "agent-handler"}
        asked = list(requests(places, attack, without.agents))
        assert {one.role for one in asked} == {None, *OUTSIDE}
        assert len(asked) > 900
        assert await difference(without, with_report, asked) == {}


async def test_streams_say_the_same_while_a_report_comes_in(office_of_both: Settings, tmp_path: Path) -> None:
    settings = copied(office_of_both, tmp_path / "a"), copied(office_of_both, tmp_path / "b")

    async def alarmed(hub: Hub) -> None:
        await report(hub)
        hub.bell.ring(ALARMS)  # as an alarm behind the compartment does

    async def ordinary(hub: Hub) -> None:
        await hub.actions.file_petition(ORDINARY)

    async with (
        twin(settings[0], FakeClock(NOW + 60_000), nothing, live=True) as without,
        twin(settings[1], FakeClock(NOW + 60_000), nothing, live=True) as with_report,
    ):
        query = await without.list_shown(), await with_report.list_shown()
        heard = await asyncio.gather(
            overheard(without, streams(without, query[0]), (nothing, ordinary)),
            overheard(with_report, streams(with_report, query[1]), (alarmed, ordinary)),
        )
        assert len(heard[0]) > len(OUTSIDE)  # the desk of each, and alarms
        assert any("event: pill" in line for line in heard[0]["handler /staff/desk/events"])
        assert heard[0] == heard[1]
