"""A citizen writes a mail: a case, an acknowledgement in the thread, an answer, and loops that end."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import aiosmtplib
import pytest

from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Role
from tests.journeys.talking import slotted, teach
from tests.world import World, eventually

CITIZEN = "Zhang.San@example.com"


def letter(
    text: str, *, subject: str = "小区路灯", id: str = "<m1@example.com>", **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"张三 <{CITIZEN}>"
    mail["To"] = "service@hub.test"
    mail["Subject"] = subject
    mail["Message-ID"] = id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def hand_over(
    hub: World, mail: EmailMessage, *, to: str = "service@hub.test", sender: str = CITIZEN
) -> None:
    """As the organisation's mail server does; waits until the letter was read."""

    async def listening() -> bool:
        try:
            await aiosmtplib.send(
                mail,
                sender=sender,
                recipients=[to],
                hostname="127.0.0.1",
                port=hub.mail_port,
                start_tls=False,
            )
        except aiosmtplib.SMTPConnectError:
            return False  # the job that listens has only just started
        return True

    assert await eventually(listening)
    assert await eventually(lambda: all_read(hub))


async def all_read(hub: World) -> bool:
    """Whether no letter waits."""
    return await hub.hub.documents.count("letters", {"state": "waiting"}) == {"": 0}


async def test_a_letter_becomes_a_case_and_the_answer_comes_back_in_its_thread(hub: World) -> None:
    await hand_over(hub, letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"))
    [receipt] = await hub.mail.wait_for(1)
    assert receipt.mail["In-Reply-To"] == "<m1@example.com>"
    assert receipt.recipients == (CITIZEN.lower(),)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert row.case.title == "小区路灯"
    assert row.masked == "z***@example.com"
    await hub.hub.actions.replies.reply(handler, row.case.id, "已派人维修。", version=row.version)
    answer = (await hub.mail.wait_for(2))[-1].mail
    assert answer["Subject"] == "Re: 小区路灯"
    assert "<m1@example.com>" in answer["References"]
    assert "已派人维修。" in answer.get_content()


@pytest.mark.parametrize("truncated", [True, False])
async def test_a_citizens_next_letter_in_the_thread_joins_the_same_case(hub: World, truncated: bool) -> None:
    await hand_over(hub, letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"))
    [receipt] = await hub.mail.wait_for(1)
    ours = receipt.mail["Message-ID"]
    references = ours if truncated else f"<m1@example.com> {ours}"
    await hand_over(
        hub, letter("补充：是三号楼门口。", id="<m2@example.com>", In_Reply_To=ours, References=references)
    )
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    view = await hub.hub.actions.read_cases.open(handler, row.case.id)
    assert [item.text for item in view.timeline if item.direction == "in" and item.kind == "message"] == [
        "小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。",
        "补充：是三号楼门口。",
    ]


async def test_another_letter_of_the_same_citizen_is_another_case(hub: World) -> None:
    await hand_over(hub, letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"))
    await hand_over(hub, letter("东街井盖丢了两周没有人管，很危险。", subject="井盖", id="<m9@example.com>"))
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 2


async def test_a_letter_handed_over_twice_is_one_case_and_one_answer(hub: World) -> None:
    for _ in range(2):
        await hand_over(hub, letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"))
    await hub.mail.wait_for(1)
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 1
    counted = await hub.hub.documents.count(
        "outbox", {"state": {"$in": ["ready", "accepted", "sending", "leased"]}}
    )
    assert sum(counted.values()) == 1


async def test_an_automatic_answer_is_kept_and_never_answered(hub: World) -> None:
    await hand_over(hub, letter("我正在休假。", subject="自动回复", Auto_Submitted="auto-replied"))

    async def stored() -> bool:
        return await hub.hub.documents.count("messages", {}) == {"": 1}

    assert await eventually(stored)
    assert list(hub.mail.received) == []
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).rows == ()


async def test_mail_for_somebody_else_is_refused(hub: World) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await hand_over(hub, letter("测试"), to="other@hub.test")


async def test_a_letter_that_comes_twice_is_taken_in_once(hub: World) -> None:
    for _ in range(2):
        await hand_over(hub, letter("小区门口的路灯坏了三个月一直没有人来修理，晚上很黑。"))
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert len(await hub.hub.repositories.conversations.of_case(row.case.id)) == 2  # the letter, our receipt


@pytest.mark.parametrize("known", [True, False], ids=["wrote before", "writes first"])
async def test_nobody_takes_the_place_of_a_letter_by_sending_its_id_first(hub: World, known: bool) -> None:
    if known:
        await hand_over(hub, letter("小区门口的路灯坏了，晚上很黑。", id="<m0@example.com>"))
    hostile = letter("什么都没有发生，这封信占用了别人的编号，没有别的内容。", id="<next@example.com>")
    hostile.replace_header("From", "other@example.net")
    await hand_over(hub, hostile, sender="other@example.net")
    real = letter("隔壁工地每天半夜施工，全楼的人都睡不着觉。", id="<next@example.com>")
    if known:
        real["In-Reply-To"] = "<m0@example.com>"
    await hand_over(hub, real)
    handler = await hub.agent(Role.HANDLER)
    rows = (await hub.hub.actions.read_queue.page(handler)).rows
    views = [await hub.hub.actions.read_cases.open(handler, row.case.id) for row in rows]
    assert "半夜施工" in "".join(item.text for view in views for item in view.timeline)


async def test_danger_at_the_end_of_a_letter_of_a_megabyte_is_seen(hub: World) -> None:
    await hand_over(hub, letter("路灯坏了，请派人来修理。\n" * 40_000 + "救命，有人拿刀砍人"))
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert row.case.urgent


async def test_thanks_above_our_advice_about_danger_is_no_emergency(hub: World) -> None:
    advice = replace(slotted(), slot="", by_slot=(), answer="有人拿刀的，先躲起来再报警。")
    teach(hub, advice)
    await hand_over(hub, letter(advice.question, subject="咨询"))
    [answer] = await hub.mail.wait_for(1)
    handler = await hub.agent(Role.HANDLER)
    queue = hub.hub.actions.read_queue
    before = (await queue.page(handler)).counts[QueueView.EMERGENCY]
    quoted = "".join(f"> {line}\n" for line in answer.mail.get_content().splitlines())
    assert "拿刀" in quoted
    thread = {"In_Reply_To": answer.mail["Message-ID"], "References": answer.mail["Message-ID"]}
    thanks = letter(f"谢谢\n\n在 2026年11月30日，公安 写道：\n{quoted}", id="<m2@example.com>", **thread)
    await hand_over(hub, thanks)
    assert (await queue.page(handler)).counts[QueueView.EMERGENCY] == before == 0
    cry = letter(f"谢谢\n\n{quoted}>> 他拿刀砍人了，救命", id="<m3@example.com>", **thread)
    await hand_over(hub, cry)
    assert (await queue.page(handler)).counts[QueueView.EMERGENCY] == 1
