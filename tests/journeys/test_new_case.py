"""An officer takes down what somebody says at the counter or on the telephone."""

from __future__ import annotations

import re
from datetime import timedelta

from channels.address import Address, AddressKind
from hub.model.agent import Role
from hub.model.call import Call
from hub.model.cases.case import Case
from hub.model.people.contact import Need
from hub.model.petition import PetitionKind
from hub.model.track import Compartment, Track
from hub.runtime.clock import to_local
from tests.journeys.editor_at_work import Editor, sign_in
from tests.journeys.office import Office, filed
from tests.journeys.talking import queue
from tests.world import World, eventually

PHONE = "13800138077"
FORM = "a1" * 16
MATTER = "东城小区门口每天晚上都有货车违停，出不去"


async def seated(hub: World, role: Role = Role.HANDLER) -> Editor:
    desk = await sign_in(hub, hub.http, role)
    await desk.get("/staff/cases/new")
    return desk


def fields(**more: str) -> dict[str, str]:
    return {"form_id": FORM, "source": "visit", "track": "SERVICE", "matter": MATTER, **more}


async def the_case(hub: World, role: Role = Role.HANDLER) -> Case:
    cases = await queue(hub, role)
    assert len(cases) == 1
    return cases[0]


async def test_a_form_sent_twice_is_one_case_with_one_receipt(hub: World) -> None:
    desk = await seated(hub)
    yesterday = to_local(hub.hub.clock.now_ms()) - timedelta(days=1)
    at = yesterday.replace(tzinfo=None).isoformat(timespec="minutes")
    posted = fields(phone=PHONE, name="李四", texted="yes", dialect="闽南话", at=at, electronic="yes")
    pages = [await desk.post("/staff/cases/new", **posted) for _ in range(2)]
    shown = [re.findall(r'receipt-number"[^>]*>([\d ]+)<', page) for status, page in pages if status == 200]
    assert shown[0] == shown[1]
    assert len(shown) == 2
    case = await the_case(hub)
    assert shown[0][0].replace(" ", "") == case.reference
    assert (case.track, case.origin.kind, case.received_at // 60_000) == (
        Track.SERVICE,
        "visit",
        int(yesterday.timestamp()) // 60,
    )
    assert case.electronic_consent_at > 0
    code = shown[0][1].replace(" ", "")

    async def texted() -> bool:
        return any(code in text.text for text in hub.carrier.journal.messages)

    await eventually(texted)
    contact = await hub.hub.repositories.contacts.get(case.applicant.contact_id)
    assert contact is not None
    assert (contact.value.name, contact.value.needs) == ("李四", (Need.DIALECT,))
    page = await desk.get(f"/staff/cases/{case.id}")
    assert "工作人员代为登记" in page
    assert MATTER in page
    assert (await hub.hub.actions.track_case.prove(case.reference, code, source="s")).id == case.id


async def what_is_wrong_is_said_and_kept(hub: World, desk: Editor) -> None:
    tomorrow = to_local(hub.hub.clock.now_ms()) + timedelta(days=1)
    at = tomorrow.replace(tzinfo=None).isoformat(timespec="minutes")
    posted = fields(at=at, phone="12", texted="yes", track="", occurred_on=tomorrow.date().isoformat())
    status, page = await desk.post("/staff/cases/new", **posted)
    assert status == 422
    for told in ("收到时间不能晚于现在", "电话号码格式不正确", "请选择一项", "发生日期不能晚于今天"):
        assert told in page
    assert MATTER in page
    assert await queue(hub) == []
    status, page = await desk.post("/staff/cases/new", **fields(texted="yes", phone="059187654321"))
    assert "收不到短信" in page


async def test_an_accusation_goes_behind_the_wall_and_the_officer_is_told_before(hub: World) -> None:
    desk = await seated(hub)
    await what_is_wrong_is_said_and_kept(hub, desk)
    posted = fields(matter="我要举报派出所民警收受红包，有转账记录")
    status, page = await desk.post("/staff/cases/new", **posted)
    assert (status, await queue(hub, Role.INSPECTOR)) == (422, [])
    assert "您将看不到此工单" in page
    status, page = await desk.post("/staff/cases/new", **posted, walled="yes")
    assert status == 200
    assert "工单已转督察" in page
    case = await the_case(hub, Role.INSPECTOR)
    perhaps = fields(matter="我要投诉物业，民警来过两次", walled="yes")
    _, page = await desk.post("/staff/cases/new", **{**perhaps, "form_id": "c3" * 16})
    assert "工单已转督察" in page
    found = {one.compartment: one for one in await queue(hub, Role.INSPECTOR) if one.id != case.id}
    assert (
        found[Compartment.SCREENING].track is Track.SERVICE
    )  # as the officer chose, until an inspector looks
    assert (case.track, case.compartment) == (Track.REPORT, Compartment.REPORT)
    assert await queue(hub) == []
    assert case.reference not in await desk.get("/staff/queue")
    assert case.title not in await desk.get(f"/staff/cases/{case.id}")


async def test_a_known_number_is_named_masked_and_a_lost_call_from_it_becomes_a_case(hub: World) -> None:
    office = Office(hub)
    before = await office.case((await filed(hub, phone=f"+86{PHONE}")).case_id)
    contacts, now = hub.hub.repositories.contacts, hub.hub.clock.now_ms()
    key = contacts.key(Address(AddressKind.PHONE, f"+86{PHONE}"))
    lost = Call("lost", "voice-12123", "12123", key, now - 60_000, now, ended=True)
    walled = Call("walled", "voice-12389", "12389", key, now - 60_000, now, ended=True)
    await hub.hub.documents.commit([hub.hub.repositories.calls.insert(call) for call in (lost, walled)])
    desk = await seated(hub)
    page = await desk.get(f"/staff/people/{before.applicant.contact_id}")
    assert "/staff/cases/new?call=lost" in page
    assert "call=walled" not in page + await desk.get("/staff/cases/new")
    page = await desk.get("/staff/cases/new?call=lost")
    assert PHONE not in page
    assert "138****8077" in page
    report = (await filed(hub, PetitionKind.REPORT, phone="+8613800138078", name="王五")).case_id
    _, page = await desk.post("/staff/cases/new", **fields(phone=PHONE, look="1"))
    hints = page.partition('id="hints"')[2]
    assert "可能是 张**" in hints
    assert before.id in hints
    assert PHONE not in hints
    _, page = await desk.post("/staff/cases/new", **fields(phone="13800138078", look="1"))
    assert "号码已知" not in page
    assert report not in page
    posted = fields(source="phone", call_id="lost", phone_known="yes")
    for _ in range(2):
        status, page = await desk.post("/staff/cases/new", **posted)
        assert status == 200
    case = next(case for case in await queue(hub) if case.id != before.id)
    assert case.applicant.address_key == key
    call = await hub.hub.repositories.calls.get("lost")
    assert call is not None
    assert call.value.case_id == case.id
    status, page = await desk.post("/staff/cases/new", **{**posted, "form_id": "b2" * 16})
    assert status == 422
    assert "已经有工单" in page
