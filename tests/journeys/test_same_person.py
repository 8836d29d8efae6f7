"""One citizen, two channels: staff see that it is the same person and the same matter, attach one case to the
other in one click, and take it back. Scenario 9."""

from __future__ import annotations

import re

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.cases.state import CaseState
from hub.model.people.contact import Need
from hub.model.petition import PetitionKind
from tests.journeys.editor_at_work import sign_in
from tests.journeys.office import Office, filed
from tests.journeys.talking import Talker
from tests.world import World

PHONE = "13800138000"
MATTER = "东城小区门口每天晚上都有货车违停，我在网上反映过，还是没有人管，请你们处理"


async def test_a_second_text_about_the_same_matter_is_attached_and_taken_apart_again(hub: World) -> None:
    office = Office(hub)
    citizen = Talker(hub, ChannelKind.SMS)
    first = await office.case((await filed(hub, phone=citizen.address.value)).case_id)
    await citizen.say(MATTER)
    handler = await office.agent(Role.HANDLER)
    cases = [row.case for row in (await hub.hub.actions.read_queue.page(handler)).rows]
    second = next(case for case in cases if case.id != first.id)
    desk = await sign_in(hub, hub.http, Role.HANDLER, known=True)
    page = await desk.get(f"/staff/cases/{second.id}")
    assert "同人 100%" in page
    assert int(re.findall(r"同事 (\d+)%", page)[0]) >= 30
    assert first.reference in page
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    status, page = await desk.post(
        f"/staff/cases/{second.id}/moves/merge_into", version=version, master=first.reference
    )
    assert status == 200
    merged = await office.case(second.id)
    assert merged.state is CaseState.MERGED
    assert merged.proceeding.clocks == second.proceeding.clocks
    assert "已并入另一件工单" in page
    assert "并入本件的工单" in await desk.get(f"/staff/cases/{first.id}")
    told = [message.text for message in await hub.hub.repositories.conversations.of_case(second.id)]
    assert any("合并办理" in text for text in told)
    await citizen.say("补充：车牌尾号是88")
    conversations = hub.hub.repositories.conversations
    assert [message.text for message in await conversations.of_case(first.id)][-1:] == ["补充：车牌尾号是88"]
    first = await office.case(first.id)
    page = await desk.get(f"/staff/cases/{second.id}")
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    await desk.post(f"/staff/cases/{second.id}/moves/unmerge", version=version)
    after = await office.case(second.id)
    assert (after.state, after.proceeding.clocks) == (second.state, second.proceeding.clocks)
    assert await office.case(first.id) == first
    await citizen.say("补充：今天晚上又来了")
    assert [message.text for message in await conversations.of_case(second.id)][-1:] == [
        "补充：今天晚上又来了"
    ]


async def test_what_somebody_needs_is_noted_once_and_stands_in_the_queue(hub: World) -> None:
    case_id = (await filed(hub)).case_id
    case = await Office(hub).case(case_id)
    desk = await sign_in(hub, hub.http, Role.HANDLER)
    page = await desk.get(f"/staff/people/{case.applicant.contact_id}?case={case_id}")
    assert "张**" in page
    assert PHONE not in page
    fields = {"version": "1", "case_id": case_id, "need-elderly": "yes", "dialect": "闽南话"}
    status, page = await desk.post(
        f"/staff/people/{case.applicant.contact_id}", **fields, do_not_call="yes", why="家属要求"
    )
    assert status == 200
    assert "已保存" in page
    found = await hub.hub.repositories.contacts.get(case.applicant.contact_id)
    assert found is not None
    assert (found.value.needs, found.value.may_be_called) == ((Need.ELDERLY, Need.DIALECT), False)
    status, page = await desk.post(f"/staff/people/{case.applicant.contact_id}", **fields)
    assert status == 409
    assert "刚刚有变化" in page
    queue, case_page = await desk.get("/staff/queue"), await desk.get(f"/staff/cases/{case_id}")
    assert "老年" in queue
    assert "闽南话" in case_page
    assert "请勿致电" in case_page


async def test_two_contacts_are_merged_after_a_look_and_taken_apart(hub: World) -> None:
    office = Office(hub)
    first = await office.case((await filed(hub)).case_id)
    second = await office.case((await filed(hub, phone="+8613800138055", name="张三丰")).case_id)
    report = (await filed(hub, PetitionKind.REPORT, phone="+8613800138056")).case_id
    desk = await sign_in(hub, hub.http, Role.HANDLER)
    path = f"/staff/people/{first.applicant.contact_id}"
    await desk.get(path)
    hidden = (await office.case(report)).reference
    status, page = await desk.post(f"{path}/merge", reference=hidden, reason="同一人")
    assert (status, "没有这个编号的工单" in page) == (422, True)
    asked = {"reference": second.reference, "reason": "本人换号"}
    status, page = await desk.post(f"{path}/merge", **asked)
    assert "确认合并" in page
    assert second.id in page
    assert (
        len((await hub.hub.actions.people.read(await office.agent(Role.SUPERVISOR), path[14:])).merged) == 0
    )
    status, page = await desk.post(f"{path}/merge", **asked, confirmed="yes")
    assert (status, "已合并" in page) == (200, True)
    assert second.id in await desk.get(path)
    status, page = await desk.post(f"{path}/merge", **asked, confirmed="yes")
    assert (status, "已经是同一人" in page) == (422, True)
    member = second.applicant.contact_id
    status, page = await desk.post(f"{path}/unmerge", member=member, reason="弄错了")
    assert (status, "已取消合并" in page) == (200, True)
    assert second.id not in await desk.get(path)
    assert await office.case(second.id) == second
