"""Letters nobody answers, letters that lost something, and replies that come back."""

from __future__ import annotations

import re
from email import message_from_string
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from yarl import URL

from channels.address import email
from hub.actions.intake.left_out import WHOLE_LETTER
from hub.model.agent import Role
from hub.model.cases.case import Case
from hub.model.cases.queue.order import Band, band_of
from tests.journeys.talking import queue
from tests.journeys.test_evidence import log_in
from tests.journeys.test_mail import CITIZEN, hand_over, letter
from tests.world import World, browser, eventually

MATTER = "小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"


async def said_in(hub: World, case: Case) -> list[str]:
    """The texts of letters in a case."""
    handler = await hub.agent(Role.SUPERVISOR)
    view = await hub.hub.actions.read_cases.open(handler, case.id)
    return [item.text for item in view.timeline if item.kind == "message" and item.direction == "in"]


async def test_what_a_machine_answers_is_shown_in_the_case_and_not_answered(hub: World) -> None:
    await hand_over(hub, letter(MATTER))
    [receipt] = await hub.mail.wait_for(1)
    away = {"subject": "自动回复: 已收到", "In_Reply_To": receipt.mail["Message-ID"]}
    for number in range(3):
        await hand_over(hub, letter("我在休假。", id=f"<away{number}@example.com>", **away))
    [case] = await queue(hub)
    assert await said_in(hub, case) == [MATTER, *["我在休假。"] * 3]
    assert len(hub.mail.received) == 1


async def test_danger_in_what_a_machine_sends_is_an_emergency(hub: World) -> None:
    await hand_over(hub, letter("救命，有人持刀", subject="求助", Auto_Submitted="auto-generated"))
    [case] = await queue(hub)
    assert (case.track.value, case.urgent) == ("EMERGENCY", True)
    assert not hub.mail.received


async def test_a_list_gets_one_case_a_day_behind_the_others_and_no_answer(hub: World) -> None:
    for number in range(3):
        news = letter(
            f"本期要闻第{number}号。", id=f"<n{number}@list.example>", List_Id="<news.list.example>"
        )
        await hand_over(hub, news, sender=f"bounce{number}@list.example")
    [case] = await queue(hub)
    assert band_of(case) is Band.REST
    assert len(await said_in(hub, case)) == 3
    assert not hub.mail.received


async def test_a_mark_that_asks_for_silence_gets_an_answer_all_the_same(hub: World) -> None:
    mail = letter(MATTER, Feedback_ID="1:qq", X_Auto_Response_Suppress="All", Reply_To="li@example.net")
    mail.replace_header("From", "noreply@example.com")
    await hand_over(hub, mail)
    [receipt] = await hub.mail.wait_for(1)
    assert receipt.recipients == ("li@example.net",)
    assert len(await queue(hub)) == 1


async def test_what_is_left_out_is_told_to_handler_and_sender_and_the_letter_is_there(hub: World) -> None:
    mail = letter(MATTER)
    for number in range(52):
        mail.add_attachment(b"x", maintype="image", subtype="png", filename=f"照片{number}.png")
    await hand_over(hub, mail)
    [receipt] = await hub.mail.wait_for(1)
    assert "照片50.png、照片51.png" in receipt.mail.get_content()
    [case] = await queue(hub)
    handler = await hub.agent(Role.SUPERVISOR)
    view = await hub.hub.actions.read_cases.open(handler, case.id)
    assert any("照片51.png" in item.text for item in view.timeline if item.kind == "noted")
    files = [file.filename for item in view.timeline for file in item.files]
    assert (len(files), files[-1]) == (51, WHOLE_LETTER)


async def test_the_same_id_with_another_file_is_another_letter(hub: World) -> None:
    for name in (b"one", b"two"):
        mail = letter(MATTER)
        mail.add_attachment(name, maintype="image", subtype="png", filename="照片.png")
        await hand_over(hub, mail)
    [case] = await queue(hub)
    assert await said_in(hub, case) == [MATTER, MATTER]


PLAIN_REPORT = """\
From: Postmaster@example.com
To: service@hub.test
Subject: =?utf-8?B?57O757uf6YCA5L+h?=
Message-ID: <r@example.com>

550 5.1.1 user unknown

Message-ID: {id}
"""
FORMAL_REPORT = """\
From: Postmaster@example.com
To: service@hub.test
Subject: Undelivered
Message-ID: <r@example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; a@example.com
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: {id}
--b--
"""


@pytest.mark.parametrize("report", [PLAIN_REPORT, FORMAL_REPORT], ids=["plain", "formal"])
async def test_a_reply_that_comes_back_fails_is_seen_and_stops_the_address(hub: World, report: str) -> None:
    await hand_over(hub, letter(MATTER))
    [receipt] = await hub.mail.wait_for(1)
    came_back: EmailMessage = message_from_string(
        report.format(id=receipt.mail["Message-ID"]), _class=EmailMessage
    )
    await hand_over(hub, came_back, sender="")

    async def is_seen() -> bool:
        [case] = await queue(hub)
        return bool(case.undelivered.at)

    assert await eventually(is_seen)
    key = hub.hub.repositories.contacts.key(email(CITIZEN))
    assert {rule.value.subject for rule in await hub.hub.repositories.suppressions.of_address(key)} == {
        "invalid"
    }
    assert len(hub.mail.received) == 1


async def test_files_of_equal_bytes_keep_each_its_own_name(hub: World) -> None:
    mail = letter(MATTER)
    for name in ("甲.png", "乙.png"):
        mail.add_attachment(b"same", maintype="image", subtype="png", filename=name)
    await hand_over(hub, mail)
    [case] = await queue(hub)
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, Role.HANDLER.value)
        async with theirs.get(f"{hub.url}/staff/cases/{case.id}") as page:
            found = re.findall(rf"/staff/cases/{case.id}/files/[^\"]+", await page.text())
        names = []
        for path in found:
            async with theirs.get(URL(hub.url + path, encoded=True)) as file:
                names.append(file.headers["Content-Disposition"])
    assert [unquote(name).partition("''")[2] for name in names] == ["甲.png", "乙.png"]


async def blocked(hub: World) -> bool:
    key = hub.hub.repositories.contacts.key(email(CITIZEN))
    return bool(await hub.hub.repositories.suppressions.of_address(key))


async def test_a_report_of_a_mail_we_did_not_write_is_listed_and_blocks_nobody(hub: World) -> None:
    await hand_over(hub, letter(MATTER))
    [receipt] = await hub.mail.wait_for(1)
    name, _, host = receipt.mail["Message-ID"].strip("<>").partition("@")
    delivery_id, _, signature = name.partition("-")
    turned = "a" if signature[-1] != "a" else "b"
    for forged in (delivery_id, f"{delivery_id}-{signature[:-1]}{turned}"):
        report: EmailMessage = message_from_string(
            FORMAL_REPORT.format(id=f"<{forged}@{host}>"), _class=EmailMessage
        )
        await hand_over(hub, report, sender="")
    [case] = await queue(hub)
    assert (case.undelivered.at, await blocked(hub)) == (0, False)
    listed = await hub.hub.repositories.deliveries.parts.unmatched(before=hub.hub.clock.now_ms() + 1)
    assert [(one.provider_id, one.code) for one in listed.parts] == [
        (f"<{delivery_id}>", "5.1.1"),
        (f"<{delivery_id}-{signature[:-1]}{turned}>", "5.1.1"),
    ]


async def test_a_report_of_a_mail_whose_receiver_wrote_since_blocks_no_address(hub: World) -> None:
    await hand_over(hub, letter(MATTER))
    [receipt] = await hub.mail.wait_for(1)
    ours = receipt.mail["Message-ID"]
    await hand_over(
        hub, letter("补充：三号楼门口。", id="<m2@example.com>", In_Reply_To=ours, References=ours)
    )
    report: EmailMessage = message_from_string(FORMAL_REPORT.format(id=ours), _class=EmailMessage)
    await hand_over(hub, report, sender="")

    async def is_seen() -> bool:
        [case] = await queue(hub)
        return bool(case.undelivered.at)

    assert await eventually(is_seen)
    assert not await blocked(hub)
