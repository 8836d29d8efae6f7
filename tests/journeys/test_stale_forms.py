"""Forms of a page that is out of date: every page that moves something says so, and none of them fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns.campaign import CampaignState
from channels.contract import ChannelKind
from hub.actions.deliveries.decide_delivery import Decision
from hub.model.agent import Role
from hub.model.cases.state import CaseState
from tests.journeys.editor_at_work import sign_in
from tests.journeys.talking import Talker, queue
from tests.journeys.test_broadcast import join, lesson
from tests.web.staff_stage import unsure
from tests.world import World, browser

CASE_FORMS = {
    "reply": {"text": "已联系交警处理。"},
    "note": {"text": "内部备注"},
    "assign": {"handler_id": "self"},
    "close": {"reason": "已办结"},
}
CAMPAIGN_FORMS: dict[str, dict[str, str]] = {
    "pause": {},
    "resume": {},
    "withdraw": {},
    "start": {},
    "schedule": {"mode": "once", "at": "2099-01-01T10:00"},
    "cancel": {"remaining": "0", "shown": "0"},
}


@pytest.mark.parametrize("form", CASE_FORMS)
async def test_a_form_of_a_case_closed_meanwhile(hub: World, form: str) -> None:
    await Talker(hub, ChannelKind.SMS).say("楼下烧烤店每天深夜占道经营没有人管")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER)
        [case] = await queue(hub)
        await handler.get(f"/staff/cases/{case.id}")
        version = await version_of(hub, case.id)
        await close(hub, case.id)
        typed = await typed_in(hub, form)
        status, page = await handler.post(f"/staff/cases/{case.id}/{form}", version=str(version), **typed)
        assert status == 409
        written = [text for name, text in typed.items() if name != "handler_id"]
        assert all(text in page for text in written)  # what was typed is never lost


@pytest.mark.parametrize("form", ["reply", "assign", "close"])
async def test_a_form_of_this_very_version_for_what_a_closed_case_allows_no_more(
    hub: World, form: str
) -> None:
    await Talker(hub, ChannelKind.SMS).say("楼下烧烤店每天深夜占道经营没有人管")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER)
        [case] = await queue(hub)
        await handler.get(f"/staff/cases/{case.id}")
        await close(hub, case.id)
        version = await version_of(hub, case.id)
        typed = await typed_in(hub, form)
        status, _ = await handler.post(f"/staff/cases/{case.id}/{form}", version=str(version), **typed)
        assert status == 409
        found = await hub.hub.repositories.cases.get(case.id)
        assert found
        assert (found.value.state, found.version) == (CaseState.CLOSED, version)


@pytest.mark.parametrize("form", CAMPAIGN_FORMS)
async def test_a_form_of_a_campaign_that_has_ended(hub: World, form: str) -> None:
    await join(hub, 1)
    desk = hub.hub.actions.campaigns
    async with browser(hub.url) as theirs:
        officer = await sign_in(hub, theirs, Role.PUBLICITY)
        campaign = await desk.create(lesson(), "")
        await officer.get(f"/staff/campaigns/{campaign.id}")
        await desk.cancel(campaign.id)
        status, page = await officer.post(f"/staff/campaigns/{campaign.id}/{form}", **CAMPAIGN_FORMS[form])
        assert status in (409, 422)
        assert "已终止" in page
    assert (await desk.get(campaign.id)).value.state is CampaignState.CANCELED


@pytest.mark.parametrize("decision", Decision)
async def test_a_form_of_a_delivery_somebody_has_decided(hub: World, decision: Decision) -> None:
    await unsure(hub.hub, "row", "+8613900000005")
    found = await hub.hub.repositories.outbox.get("row")
    assert found
    async with browser(hub.url) as theirs:
        admin = await sign_in(hub, theirs, Role.ADMIN)
        await admin.get("/staff/deliveries")
        form = {"decision": decision.value, "version": str(found.version)}
        assert (await admin.post("/staff/deliveries/row", **form))[0] == 200
        status, page = await admin.post("/staff/deliveries/row", **form)
    assert status == 409
    assert "刚刚有了新的结果" in page


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("submit", {}),
        ("publish", {}),
        ("send-back", {"remark": "请补充"}),
        ("expire", {"why": "政策调整"}),
        ("bring-back", {}),
        ("discard", {}),
        ("versions/1/restore", {}),
    ],
)
async def test_a_form_of_an_entry_that_moved_on(hub: World, form: str, typed: dict[str, str]) -> None:
    page = await hub.hub.repositories.knowledge.entries.page({}, limit=1)
    entry_id = page.records[0].id
    found = await hub.hub.repositories.knowledge.entries.get(entry_id)
    assert found
    edit = hub.hub.actions.edit_entry
    typed_entry = replace(found.value.newest, answer="改过的答复。")
    await edit.save(typed_entry, by="somebody", version=found.version)
    async with browser(hub.url) as theirs:
        editor = await sign_in(hub, theirs, Role.REVIEWER)
        await editor.get(f"/staff/entries/{entry_id}")
        status, text = await editor.post(
            f"/staff/entries/{entry_id}/{form}", version=str(found.version), **typed
        )
    assert status == 409
    assert "刚刚" in text


async def typed_in(hub: World, form: str) -> dict[str, str]:
    me = await hub.hub.repositories.agents.by_login(Role.HANDLER.value)
    assert me
    return {name: me.value.id if text == "self" else text for name, text in CASE_FORMS[form].items()}


async def version_of(hub: World, case_id: str) -> int:
    found = await hub.hub.repositories.cases.get(case_id)
    assert found
    return found.version


async def close(hub: World, case_id: str) -> None:
    colleague = await hub.agent(Role.HANDLER, "colleague")
    await hub.hub.actions.close_case(colleague, case_id, "已办结", version=await version_of(hub, case_id))
