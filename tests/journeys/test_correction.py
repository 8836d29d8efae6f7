"""A wrong text is stopped in the middle, and exactly those who may have read it get a correction."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from campaigns.campaign import CampaignState
from channels.loopback.faults import Fault, FaultKind
from channels.outbox.delivery import DeliveryState
from hub.model.agent import Role
from tests.journeys.editor_at_work import sign_in
from tests.journeys.test_broadcast import DaytimeClock, join, lesson
from tests.releasing import start
from tests.world import World, browser, eventually, world

PEOPLE = 120
RATE = 40.0
WRONG, RIGHT = "明天停水", "更正：明天不停水，请以本条为准。"
LATEST_MS = 2_000


@pytest.fixture
async def daytime(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=DaytimeClock(), text_rate=RATE) as running:
        yield running


async def test_a_wrong_text_is_paused_stopped_and_corrected_for_whoever_may_have_it(daytime: World) -> None:
    hub = daytime
    await join(hub, PEOPLE)
    for fault in (
        Fault(FaultKind.SERVER_ERROR),
        Fault(FaultKind.ERROR_CODE, code=21211),
    ):
        hub.carrier.faults.add(fault)
    desk, outbox = hub.hub.actions.campaigns, hub.hub.repositories.outbox
    wrong = await desk.create(lesson(template=WRONG, public=False), "officer")
    async with browser(hub.url) as theirs:
        officer = await sign_in(hub, theirs, Role.PUBLICITY)
        path = f"/staff/campaigns/{wrong.id}"
        await officer.get(path)
        run = await start(hub.hub, wrong.id)

        async def some() -> bool:
            counts = await outbox.counts(run.id)
            found = counts.get(DeliveryState.AMBIGUOUS, 0) and counts.get(DeliveryState.FAILED, 0)
            return bool(found) and counts.get(DeliveryState.DELIVERED, 0) >= 10

        assert await eventually(some, seconds=30)

        clicked_at = hub.hub.clock.now_ms()
        status, page = await officer.post(f"{path}/pause")
        assert (status, "已暂停" in page) == (200, True)

        async def quiet() -> bool:
            counted = await hub.hub.documents.count("outbox", {"state": {"$in": ["leased", "sending"]}})
            return sum(counted.values()) == 0

        assert await eventually(quiet)
        seen = await officer.get(path)
        assert "条在点击后仍已发出" in seen or "点击之后没有再发出" in seen
        read = [m for m in hub.carrier.journal.messages if WRONG in m.text]
        assert len(read) < PEOPLE - 2
        [doubtful] = (await outbox.of_origin(run.id, state=DeliveryState.AMBIGUOUS)).deliveries
        assert max(m.taken_at for m in read) <= clicked_at + LATEST_MS

        look = await officer.get(f"{path}/correct?run={run.id}")
        assert f"<dd>{len(read) + 1}<small>" in look  # and the one nobody knows of
        status, editor = await officer.post(f"{path}/correct", run=run.id)
        assert status == 200
        draft = re.search(r'action="(/staff/campaigns/(\w+)/edit)"', editor)
        assert draft
        assert "名单由系统确定" in editor
        version = re.search(r'name="version" value="(\d+)"', editor)
        assert version
        form = {"name": "更正", "message_class": "L", "channel": "sms-12110", "version": version[1]}
        status, _ = await officer.post(draft[1], template=RIGHT, title="", **form)
        assert status == 200
        assert await officer.get(f"/staff/campaigns/{draft[2]}")
    assert (await desk.get(wrong.id)).value.state is CampaignState.CANCELED
    await start(hub.hub, draft[2])

    async def finished() -> bool:
        return (await desk.get(draft[2])).value.state is CampaignState.FINISHED

    assert await eventually(finished, seconds=30)
    await answers_are_in_the_report(hub, draft[2], [m.recipient for m in read])
    corrected = sorted(m.recipient for m in hub.carrier.journal.messages if RIGHT in m.text)
    assert corrected == sorted({*(m.recipient for m in read), doubtful.value.recipient.value})
    assert len([m for m in hub.carrier.journal.messages if WRONG in m.text]) == len(read)


async def answers_are_in_the_report(hub: World, campaign_id: str, readers: list[str]) -> None:
    """One of the readers thanks, one wants no more, and somebody writes who got nothing."""
    before = len(hub.carrier.journal.messages)
    await hub.carrier.send_text(readers[0], "12110", "收到了，请问什么时候来水")
    await hub.carrier.send_text(readers[1], "12110", "退订")
    await hub.carrier.send_text("+8613999990000", "12110", "退订")

    async def answered() -> bool:
        return len(hub.carrier.journal.messages) >= before + 3

    assert await eventually(answered)
    assert isinstance(hub.hub.clock, DaytimeClock)
    hub.hub.clock.shift += 11_000
    officer = await hub.agent(Role.SUPERVISOR)
    sending = hub.hub.actions.publicity.sending

    async def noted() -> bool:
        await sending.note_responses.step()
        report = await sending.report(officer, campaign_id)
        return (report.reply_count, report.opt_outs) == (1, 1)

    assert await eventually(noted)
