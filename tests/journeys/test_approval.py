"""A campaign goes from its writer over an approver to its recipients, on the pages and by nobody alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from campaigns.campaign import CampaignState
from channels.outbox.delivery import MessageClass
from hub.model.agent import Role
from tests.journeys.editor_at_work import Editor, sign_in
from tests.journeys.test_broadcast import DaytimeClock, join, lesson
from tests.world import World, browser, eventually, world


@pytest.fixture
async def daytime(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=DaytimeClock()) as running:
        yield running


async def approve(approver: Editor, campaign_id: str, typed: str) -> tuple[int, str]:
    """What the sheet holds is sent back with the number typed."""
    sheet = await approver.get(f"/staff/campaigns/{campaign_id}/approval")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sheet))
    return await approver.post(
        f"/staff/campaigns/{campaign_id}/approve",
        typed=typed,
        shown=hidden.get("shown", "0"),
        digest=hidden.get("digest", ""),
    )


async def test_a_campaign_leaves_only_after_another_person_saw_what_would_leave(daytime: World) -> None:
    hub = daytime
    await join(hub, 12)
    desk = hub.hub.actions.campaigns
    async with browser(hub.url) as first, browser(hub.url) as second, browser(hub.url) as third:
        writer = await sign_in(hub, first, Role.PUBLICITY)
        both = await sign_in(hub, third, Role.PUBLICITY_LEAD)
        approver = await sign_in(hub, second, Role.SUPERVISOR)
        lead = next(
            one for one in await hub.hub.repositories.agents.list() if Role.PUBLICITY_LEAD in one.roles
        )
        campaign = await desk.create(lesson(web_text="网上可以读到的全文"), lead.id)
        path = f"/staff/campaigns/{campaign.id}"

        await writer.get(f"{path}/preview")
        status, page = await writer.post(f"{path}/start")
        assert status == 422  # a draft is nobody's to send
        assert "还没有批准" in page
        status, _ = await writer.post(f"{path}/schedule", mode="release")
        assert status == 200
        assert (await desk.get(campaign.id)).value.state is CampaignState.IN_REVIEW

        status, page = await approve(both, campaign.id, "12")  # its author may approve, but not this one
        assert status == 422
        assert "撰写和修改过内容的人不能审批" in page
        sheet = await approver.get(f"{path}/approval")
        for shown in (
            "网格员0，公检法不会通过电话要求转账",
            "138****0000",
            "预计费用",
            "最多一次",
            "网上可以读到的全文",
        ):
            assert shown in sheet
        assert sheet.count("phone-bubble") == 5
        assert "+8613800000000" not in sheet
        status, page = await approve(approver, campaign.id, "11")
        assert status == 422
        assert "不一致" in page
        status, _ = await approve(approver, campaign.id, "12")
        assert status == 200
        assert not [m for m in hub.carrier.journal.messages if "转账" in m.text]

        version = str((await desk.get(campaign.id)).version)
        form = {"name": "反诈宣传", "message_class": MessageClass.L.value, "channel": "sms-12110"}
        await writer.post(
            f"{path}/edit", **form, groups="社区网格员", template="请勿转账给陌生人。", version=version
        )
        assert (await desk.get(campaign.id)).value.state is CampaignState.DRAFT  # the approval is void
        await writer.post(f"{path}/schedule", mode="release")
        await approve(approver, campaign.id, "12")
        status, _ = await writer.post(f"{path}/start")
        assert status == 200

        async def all_left() -> bool:
            return len([m for m in hub.carrier.journal.messages if "转账" in m.text]) == 12

        assert await eventually(all_left, seconds=30)
        page = await writer.get(path)
        for step in ("送审", "批准", "修改内容，原审批作废", "发布"):
            assert step in page


async def test_a_calendar_address_works_until_it_is_revoked(daytime: World) -> None:
    hub = daytime
    await join(hub, 3)
    desk = hub.hub.actions.campaigns
    campaign = await desk.create(lesson(), "officer")
    async with browser(hub.url) as http:
        writer = await sign_in(hub, http, Role.PUBLICITY)
        await writer.get(f"/staff/campaigns/{campaign.id}/preview")
        await writer.post(f"/staff/campaigns/{campaign.id}/schedule", mode="once", at="2099-01-01T10:00")
        await writer.post(f"/staff/campaigns/{campaign.id}/withdraw")
        soon = hub.hub.clock.now_ms() + 48 * 3_600_000
        await hub.hub.actions.publicity.planning.move(campaign.id, "officer", soon)
        _, page = await writer.post("/staff/campaigns/calendar/address")
        found = re.search(r"/calendar/[\w-]+\.ics", page)
        assert found is not None
        async with hub.http.get(hub.url + found[0]) as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/calendar")
        assert "SUMMARY:反诈宣传" in text
        assert "公检法" not in text
        async with hub.http.get(f"{hub.url}/calendar/{'x' * 43}.ics") as answer:
            assert answer.status == 404
        await writer.post("/staff/campaigns/calendar/revoke")
        async with hub.http.get(hub.url + found[0]) as answer:
            assert answer.status == 404
