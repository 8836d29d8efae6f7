"""Scenario 7: who handles a report reads 举报人A, and learns more by a custodian and for some hours only."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.address import Address, AddressKind
from channels.contract import Attachment, ChannelKind, InboundMessage
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.petition import Petition, PetitionKind
from hub.model.staff.audit import AuditAct
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.web.guard.auth import is_granted
from hub.web.routes import ROUTES
from hub.wiring.store import identity_vault
from tests.first_start import started_before
from tests.journeys.talking import Talker
from tests.two_worlds import Answer, Asked, Places, TwinHub, twin
from tests.world import world_settings

NAME, NUMBER, MAIL = "张金丝", "+8613811112222", "jinsi@example.com"
TOLD = (NAME, "张**", "13811112222", "1112222", "138****2222", "jinsi", "ji***")
NOW = 1_795_000_000_000


async def office(hub: Hub) -> None:
    """Inspectors, a custodian, an auditor, and two reports of one person."""
    for role in (Role.INSPECTOR, Role.CUSTODIAN, Role.AUDITOR, Role.HANDLER):
        await hub.repositories.agents.insert(
            Agent(
                f"agent-{role.value}", role.value, "", (role,), hub.clock.now_ms(), name=f"测试{role.value}"
            )
        )
    await hub.actions.file_petition(
        Petition("r1", PetitionKind.REPORT, "民警收钱", "举报民警收黑钱", name=NAME, phone=NUMBER, email=MAIL)
    )


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[TwinHub]:
    given = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=9)
    async with twin(await started_before(given), FakeClock(NOW), office) as running:
        for role in running.agents:
            await running.login(role)
        yield running


async def report(hub: TwinHub) -> str:
    """Its id."""
    [case] = [row async for row in hub.hub.documents.scan("cases") if row.body["compartment"] == "report"]
    return case.id


async def ask(hub: TwinHub, role: Role, method: str, path: str, **fields: str) -> Answer:
    return await hub.ask(Asked(role, method, path, fields), as_it_is=True)


async def test_no_page_of_an_inspector_tells_who_reported(hub: TwinHub) -> None:
    case_id = await report(hub)
    [contact] = [row.id async for row in hub.hub.documents.scan("contacts")]
    places = Places({"case_id": case_id, "contact_id": contact}, {"case_id": case_id, "contact_id": contact})
    told, seen = {}, 0
    for route in ROUTES:
        if not route.login or not is_granted(hub.agents[Role.INSPECTOR], route) or "events" in route.path:
            continue
        if route.path == "/staff/logout":
            continue
        for path in places.of(route.path):
            answer = await ask(hub, Role.INSPECTOR, route.method, path, q="收黑钱")
            seen += answer.status == 200
            found = [word for word in TOLD if word in answer.body]
            if found:
                told[f"{route.method} {route.path}"] = found
    assert told == {}
    assert seen > 20
    page = await ask(hub, Role.INSPECTOR, "GET", f"/staff/cases/{case_id}")
    assert "举报人A" in page.body
    assert "保存答复并通知 举报人A" in page.body  # who answers knows that they are told


async def test_an_inspector_asks_a_custodian_agrees_and_it_ends(hub: TwinHub) -> None:
    case_id = await report(hub)
    place = f"/staff/cases/{case_id}/identity"
    assert (await ask(hub, Role.INSPECTOR, "POST", place, reason="")).status == 422
    assert (await ask(hub, Role.INSPECTOR, "POST", place, reason="当面核实线索")).status == 303
    assert (await ask(hub, Role.INSPECTOR, "POST", f"{place}/read")).status == 403

    waiting = await ask(hub, Role.CUSTODIAN, "GET", "/staff/identity-requests")
    assert "当面核实线索" in waiting.body
    assert not [word for word in (*TOLD, "收黑钱") if word in waiting.body]
    [action] = re.findall(r'action="(/staff/identity-requests/\w+)"', waiting.body)
    [version] = re.findall(r'name="version" value="(\d+)"', waiting.body)
    given = {"version": version, "verdict": "grant", "hours": "2"}
    assert (await ask(hub, Role.CUSTODIAN, "POST", action, opinion="", **given)).status == 422
    assert (await ask(hub, Role.INSPECTOR, "POST", action, opinion="好", **given)).status == 403
    assert (await ask(hub, Role.CUSTODIAN, "POST", action, opinion="同意", **given)).status == 303
    assert (await ask(hub, Role.CUSTODIAN, "POST", action, opinion="再同意", **given)).status == 409

    shown = await ask(hub, Role.INSPECTOR, "POST", f"{place}/read")
    assert NAME in shown.body
    assert NUMBER in shown.body
    assert (await ask(hub, Role.CUSTODIAN, "POST", f"{place}/read")).status == 403
    hub.clock.advance(seconds=2 * 3600)
    for role in hub.agents:
        await hub.login(role, again=True)
    assert (await ask(hub, Role.INSPECTOR, "POST", f"{place}/read")).status == 403

    audit = await ask(hub, Role.AUDITOR, "GET", "/staff/audit")
    assert not [word for word in (*TOLD, "收黑钱", "当面核实线索") if word in audit.body]
    assert re.findall(r"(?:申请查看|批准查看|查看)举报人身份(?=<)", audit.body)[-3:]
    assert "姓名" in audit.body


async def test_the_quarter_is_a_table_without_content_and_small_numbers_are_left_out_for_others(
    hub: TwinHub,
) -> None:
    page = await ask(hub, Role.INSPECTOR, "GET", "/staff/reports/quarter")
    first = re.findall(r'<option value="(\d{4}-\d\d-01)"', page.body)[0]
    whole = await ask(hub, Role.INSPECTOR, "POST", "/staff/reports/quarter", first=first)
    assert whole.body.startswith("\ufeff收到,1")
    assert not [word for word in (*TOLD, "收黑钱") if word in whole.body]
    outside = await ask(hub, Role.INSPECTOR, "POST", "/staff/reports/quarter", first=first, shared="yes")
    assert "收到,<5" in outside.body
    assert (
        await ask(hub, Role.INSPECTOR, "POST", "/staff/reports/quarter", first="2000-01-01")
    ).status == 400


async def test_an_answer_reaches_a_reporter_whose_number_nobody_sees(hub: TwinHub) -> None:
    case_id, agent = await report(hub), hub.agents[Role.INSPECTOR]
    case = await hub.hub.repositories.cases.get(case_id)
    assert case is not None
    await hub.hub.actions.replies.reply(agent, case_id, "经查属实", version=case.version)
    rows = [row async for row in hub.hub.documents.scan("outbox")]
    deliveries = await hub.hub.repositories.outbox.reread([row.id for row in rows])
    sent = [one.delivery for one in deliveries.values()]
    assert {one.recipient.value for one in sent} == {NUMBER}
    assert not any("属实" in one.text or "举报" in one.text for one in sent)


async def test_the_number_of_a_texted_report_is_not_in_its_case_either(hub: TwinHub) -> None:
    await Talker(hub.hub, ChannelKind.SMS, "7").say("我要举报东城派出所民警收黑钱")
    cases = [row async for row in hub.hub.documents.scan("cases")]
    opened = [hub.hub.vault.open(f"cases/{row.id}", row.body["pii"]).decode() for row in cases]
    assert not [text for text in opened if "+8613800139007" in text or NUMBER in text or NAME in text]
    kept = [await identity_vault(hub.hub.settings, hub.hub.documents).get(row.id) for row in cases]
    assert {one.value.address for one in kept if one} == {"+8613800139007", NUMBER}
    assert "identities" in {collection.name for collection in COLLECTIONS}


async def test_a_report_leaves_as_one_file_that_proves_itself_and_names_nobody(hub: TwinHub) -> None:
    case_id, inspector = await report(hub), hub.agents[Role.INSPECTOR]
    reference, content = await hub.hub.actions.compartment.export_case(inspector, case_id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    assert manifest["reference"] == reference
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(part).hexdigest() for name, part in parts.items()
    }
    case = await hub.hub.repositories.cases.get(case_id)
    assert case is not None
    entries = json.loads(parts["history.json"])
    assert manifest["history"] == {"length": len(entries), "head": entries[-1]["hash"]}
    assert manifest["history"]["head"] == case.value.chain.head
    everything = b"".join(parts.values()).decode()
    assert "收黑钱" in everything
    assert not [word for word in TOLD if word in everything]
    acts = [row.act for row in await hub.hub.repositories.audit.newest()]
    assert AuditAct.EXPORTED in acts
    assert (await ask(hub, Role.INSPECTOR, "POST", f"/staff/cases/{case_id}/evidence")).status == 200
    assert (await ask(hub, Role.HANDLER, "POST", f"/staff/cases/{case_id}/evidence")).status == 403


async def test_a_picture_of_a_report_is_handed_out_without_what_the_camera_wrote(hub: TwinHub) -> None:
    picture = b"\xff\xd8" + b"\xff\xe1\x00\x05GPS" + b"\xff\xda\x00\x02\x12\x34" + b"\xff\xd9"
    sender = Address(AddressKind.EMAIL, "someone@example.com")
    told = await hub.hub.actions.accept_event(
        InboundMessage(
            "mail",
            ChannelKind.MAIL,
            "m1",
            sender,
            "service@hub.test",
            "我要举报东城派出所民警收黑钱，见照片",
            NOW,
            attachments=(Attachment("照片.jpg", "image/jpeg", picture),),
        )
    )
    message = await hub.hub.repositories.conversations.message(told.event_id)
    assert message is not None
    place = f"/staff/cases/{told.case_id}/files/{message.files[0].id}?of={message.id}.0"
    shown = await ask(hub, Role.INSPECTOR, "GET", place)
    assert (shown.status, "GPS" in shown.body) == (200, False)
    original = await ask(hub, Role.INSPECTOR, "GET", f"{place}&original=yes")
    assert (original.status, "GPS" in original.body) == (200, True)
    acts = [row.act for row in await hub.hub.repositories.audit.newest()]
    assert acts == [AuditAct.ORIGINAL_READ, AuditAct.FILE_READ]
    assert (await ask(hub, Role.HANDLER, "GET", place)).status == 404
