"""A citizen texts 12110: answered, or a case with a number; danger is seen first; nothing doubles."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import replace
from pathlib import Path

from channels.address import phone
from channels.loopback.faults import Fault, FaultKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin, WarningLevel
from channels.outbox.ports import Change, Leased
from hub.actions.cases.queue.read_queue import QueueView
from hub.actions.progress.query_code_lockout import PhoneNeeded, TooManyTries
from hub.model.agent import Role
from hub.model.reference import make_reference
from hub.model.track import Track
from hub.runtime.errors import NotFound, Stale
from tests.world import World, eventually, world

CITIZEN = "+8613800138000"


async def sent_to(hub: World, number: str, *, at_least: int = 1) -> list[str]:
    """Texts the carrier took for a number, as soon as there are enough."""

    async def look() -> list[str]:
        texts = [m.text for m in hub.carrier.journal.messages if m.recipient == number]
        return texts if len(texts) >= at_least else []

    return await eventually(look)


async def delivery_to(hub: World, number: str) -> Delivery:
    """The row of what a number was sent last."""
    [*_, last] = [m for m in hub.carrier.journal.messages if m.recipient == number]
    found = await hub.hub.repositories.outbox.get(last.delivery_id)
    assert found is not None
    return found.value


def pair(text: str) -> tuple[str, str]:
    found = re.search(r"(\d{14})\D+(\d{8})(?!\d)", text)
    assert found, text
    return found[1], found[2]


async def test_a_question_the_hub_knows_is_answered_at_once(hub: World) -> None:
    delivered = await hub.carrier.send_text(CITIZEN, "12110", "身份证丢了怎么补办")
    assert [answer.status for answer in delivered.answers] == [200]
    [text] = await sent_to(hub, CITIZEN)
    assert text.startswith("【测试公安】")
    assert "身份证" in text
    inspector = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(inspector)).rows == ()


async def test_what_nobody_knows_becomes_a_case_whose_progress_can_be_asked(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    [text] = await sent_to(hub, CITIZEN)
    reference, code = pair(text)
    handler = await hub.agent(Role.HANDLER)
    page = await hub.hub.actions.read_queue.page(handler)
    assert [row.case.reference for row in page.rows] == [reference]
    assert page.rows[0].masked == "138****8000"
    other = "+8613800138001"
    await hub.carrier.send_text(other, "12110", f"{reference} {code}")
    [progress] = await sent_to(hub, other)
    assert "已登记" in progress
    await hub.carrier.send_text(other, "12110", f"{reference} 00000000")
    wrong = (await sent_to(hub, other, at_least=2))[-1]
    assert "没有找到" in wrong


async def test_a_text_without_a_number_is_a_case_that_nobody_is_texted_about(hub: World) -> None:
    for sender in ("+17378742833", "+86282452253", "anonymous"):
        await hub.carrier.send_text(sender, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    handler = await hub.agent(Role.HANDLER)
    rows = (await hub.hub.actions.read_queue.page(handler)).rows
    assert [row.masked for row in rows] == ["未留联系方式"] * 3
    assert {
        (row.case.applicant.address, row.case.applicant.address_key, row.case.applicant.contact_id)
        for row in rows
    } == {("", "", "")}
    assert sum((await hub.hub.documents.count("outbox", {})).values()) == 0


async def test_a_text_delivered_five_times_at_once_is_one_case_and_one_reply(hub: World) -> None:
    sid = "SM" + "5" * 32
    text = "河边路灯坏了很久晚上看不见路"
    results = await asyncio.gather(
        *(hub.carrier.send_text(CITIZEN, "12110", text, sid=sid) for _ in range(5))
    )
    assert {answer.status for result in results for answer in result.answers} == {200}
    await sent_to(hub, CITIZEN)
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 1
    counted = await hub.hub.documents.count("outbox", {"state": {"$in": [s.value for s in DeliveryState]}})
    assert sum(counted.values()) == 1


async def test_danger_goes_to_the_top_and_what_a_handler_writes_overtakes_the_rest(hub: World) -> None:
    await hub.carrier.send_text("+8613800138002", "12110", "楼下烧烤店每天深夜占道经营没有人管")
    await sent_to(hub, "+8613800138002")
    await hub.carrier.send_text(CITIZEN, "12110", "救命 在五四路 不能说话")
    handler = await hub.agent(Role.HANDLER)
    page = await hub.hub.actions.read_queue.page(handler)
    assert [row.case.track for row in page.rows] == [Track.EMERGENCY, Track.CONSULT]
    assert page.rows[0].case.urgent
    await hub.hub.actions.replies.reply(handler, page.rows[0].case.id, "在哪？", version=page.rows[0].version)
    assert await sent_to(hub, CITIZEN) == ["【测试公安】在哪？"]
    row = await delivery_to(hub, CITIZEN)
    assert (row.message_class, row.lane) == (MessageClass.E0, 0)
    assert (await delivery_to(hub, "+8613800138002")).message_class is MessageClass.E1


async def test_elsewhere_danger_leaves_the_telephone_silent(tmp_path: Path) -> None:
    async with world(tmp_path, auto_reply="answers") as hub:
        await hub.carrier.send_text(CITIZEN, "12110", "救命 在五四路 不能说话")
        handler = await hub.agent(Role.HANDLER)
        [row] = (await hub.hub.actions.read_queue.page(handler)).rows
        assert row.case.track is Track.EMERGENCY
        sent = await hub.hub.documents.count("outbox", {"state": {"$in": [s.value for s in DeliveryState]}})
        assert sum(sent.values()) == 0


async def test_danger_inside_a_running_matter_is_a_case_of_its_own_and_the_matter_goes_on(
    hub: World,
) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    await hub.carrier.send_text(CITIZEN, "12110", "他们拿刀追我 救命")
    handler = await hub.agent(Role.HANDLER)
    first, second = (await hub.hub.actions.read_queue.page(handler)).rows
    assert first.case.track is Track.EMERGENCY
    assert first.case.linked_case_id == second.case.id
    assert second.case.is_open


async def test_opting_out_stops_law_education_and_is_confirmed_once(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "ｔｄ ")
    [text] = await sent_to(hub, CITIZEN)
    assert "停发普法" in text
    key = hub.hub.repositories.contacts.key
    rules = await hub.hub.repositories.suppressions.of_address(key(phone(CITIZEN)))
    assert {rule.value.subject for rule in rules} == {"education", "warning"}
    assert {(rule.value.by, rule.value.reason) for rule in rules} == {("sms-12110", "asked")}
    for again in ("退订", "T", "R"):  # changes nothing and is not answered again
        await hub.carrier.send_text(CITIZEN, "12110", again)
    await hub.carrier.send_text(CITIZEN, "12110", "退订通知")  # something new is
    texts = await sent_to(hub, CITIZEN, at_least=2)
    assert len(texts) == 2


async def test_a_cry_for_help_behind_a_letter_reaches_the_desk_and_is_no_opt_out(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "R 我要报警")
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert not row.case.is_restricted
    key = hub.hub.repositories.contacts.key(phone(CITIZEN))
    assert await hub.hub.repositories.suppressions.of_address(key) == []


async def test_a_lesson_that_waited_when_somebody_opted_out_never_leaves(hub: World) -> None:
    stores, now = hub.hub.repositories, hub.hub.clock.now_ms()
    address = phone(CITIZEN)
    waits = Delivery(
        id="waits",
        origin=Origin.BROADCAST,
        origin_id="b",
        sender="sms-12110",
        recipient=address,
        recipient_key=stores.contacts.key(address),
        message_class=MessageClass.E1,
        level=WarningLevel.YELLOW,
        night=True,
        dedup="waits",
        created_at=now,
        expires_at=now + 3_600_000,
        text="大风黄色预警",
        not_before=now + 3_000_000,
    )
    await hub.hub.documents.commit([stores.outbox.insert(waits)])
    await hub.carrier.send_text(CITIZEN, "12110", "退订")
    await sent_to(hub, CITIZEN)
    read = await stores.outbox.get("waits")
    assert read is not None
    due = replace(read.value, not_before=now)
    await stores.outbox.settle([Change(Leased(read.value, read.version), due)])

    async def ended() -> bool:
        found = await stores.outbox.get("waits")
        return found is not None and (found.value.state, found.value.reason) == (
            DeliveryState.SUPPRESSED,
            "warning",
        )

    assert await eventually(ended)
    assert not any("大风" in message.text for message in hub.carrier.journal.messages)


async def test_an_accusation_of_police_exists_for_inspectors_only(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "我要举报东城派出所民警收黑钱")
    text = (await sent_to(hub, CITIZEN))[0]
    reference, _ = pair(text)
    for role in (Role.HANDLER, Role.SUPERVISOR, Role.ADMIN, Role.PUBLICITY):
        page = await hub.hub.actions.read_queue.page(await hub.agent(role))
        assert page.rows == ()
        assert set(page.counts.values()) == {0}
    page = await hub.hub.actions.read_queue.page(await hub.agent(Role.INSPECTOR))
    assert [row.case.reference for row in page.rows] == [reference]


async def test_a_forged_text_is_refused_and_nothing_is_stored(hub: World) -> None:
    form = {
        "MessageSid": "SM" + "9" * 32,
        "From": CITIZEN,
        "To": "12110",
        "Body": "假的",
        "AccountSid": "AC1",
    }
    for headers in ({}, {"X-Twilio-Signature": "bm90IGEgc2lnbmF0dXJl"}):
        async with hub.http.post(
            f"{hub.url}/webhooks/twilio/sms-12110/sms", data=form, headers=headers
        ) as answer:
            assert answer.status == 403
    assert await hub.hub.documents.count("messages", {}) == {"": 0}


async def test_an_oversized_webhook_is_refused(hub: World) -> None:
    async with hub.http.post(
        f"{hub.url}/webhooks/twilio/sms-12110/sms", data=b"Body=" + b"x" * 200_000
    ) as answer:
        assert answer.status == 413


async def test_receipts_in_any_order_end_in_delivered_once(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "身份证丢了怎么补办")
    await sent_to(hub, CITIZEN)
    await hub.carrier.settled()

    async def state() -> bool:
        counted = await hub.hub.documents.count(
            "outbox", {"state": {"$in": [s.value for s in DeliveryState]}}, by="state"
        )
        return counted == {"delivered": 1}

    assert await eventually(state)
    message = hub.carrier.journal.messages[0]
    assert message.status_callback.startswith("https://hub.test/")


async def test_a_lost_answer_is_listed_as_ambiguous_and_resolved_by_its_receipt(hub: World) -> None:
    hub.carrier.faults.add(Fault(FaultKind.LOST_ANSWER))
    await hub.carrier.send_text(CITIZEN, "12110", "身份证丢了怎么补办")
    await sent_to(hub, CITIZEN)
    await hub.carrier.settled()

    async def delivered() -> bool:
        counted = await hub.hub.documents.count(
            "outbox", {"state": {"$in": [s.value for s in DeliveryState]}}, by="state"
        )
        return counted == {"delivered": 1}

    assert await eventually(delivered)
    assert hub.carrier.journal.duplicates == {}


async def test_a_handler_answers_on_the_citizens_own_channel(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    await sent_to(hub, CITIZEN)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    await hub.hub.actions.replies.reply(handler, row.case.id, "已转城管部门处理。", version=row.version)
    assert (await sent_to(hub, CITIZEN, at_least=2))[-1] == "【测试公安】已转城管部门处理。"


async def test_where_the_telephone_stays_silent_the_first_answer_brings_number_and_code(
    tmp_path: Path,
) -> None:
    """As shipped, 12110 acknowledges nothing: somebody in hiding must be able to write."""
    async with world(tmp_path, auto_reply="answers") as hub:
        await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
        handler = await hub.agent(Role.HANDLER)
        [row] = (await hub.hub.actions.read_queue.page(handler)).rows
        assert list(hub.carrier.journal.messages) == []
        await hub.hub.actions.replies.reply(handler, row.case.id, "已转城管。", version=row.version)
        [text] = await sent_to(hub, CITIZEN)
        reference, code = pair(text)
        progress = await hub.hub.actions.track_case(reference, code, source="x")
        assert [reply.text for reply in progress.replies] == ["已转城管。"]
        view = await hub.hub.actions.read_cases.open(handler, row.case.id)
        assert code not in repr(view)
        await hub.hub.actions.replies.reply(handler, row.case.id, "已处理完。", version=view.version)
        assert "查询码" not in (await sent_to(hub, CITIZEN, at_least=2))[-1]


async def test_a_text_between_reading_and_answering_is_a_conflict_not_a_crash(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows

    async def answer(number: int) -> bool:
        try:
            await hub.hub.actions.replies.reply(handler, row.case.id, f"答复{number}", version=row.version)
        except Stale:
            return False
        return True

    answers = await asyncio.gather(
        *(answer(n) for n in range(4)), *(hub.carrier.send_text(CITIZEN, "12110", "TD") for _ in range(4))
    )
    assert answers[:4].count(True) <= 1
    assert answers[:4].count(False) >= 3


async def test_looking_at_ones_own_case_frees_no_guessing(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    reference, code = pair((await sent_to(hub, CITIZEN))[0])
    track = hub.hub.actions.track_case
    locked = 0
    for number in range(40):
        if number % 10 == 9:
            with contextlib.suppress(TooManyTries):
                await track(reference, code, source="one")
        try:
            await track(make_reference("260101", number + 1), "12345678", source="one")
        except NotFound:
            continue
        except TooManyTries:
            locked += 1
    assert locked >= 15


async def test_forty_tries_at_once_are_not_forty_guesses(hub: World) -> None:
    await hub.carrier.send_text(CITIZEN, "12110", "楼下烧烤店每天深夜占道经营没有人管")
    reference, code = pair((await sent_to(hub, CITIZEN))[0])

    async def guess(tried: str, number: int) -> bool:
        try:
            await hub.hub.actions.track_case(reference, tried, source=f"s{number}")
        except (NotFound, PhoneNeeded):
            return False
        return True

    wrong = [f"{(int(code) + n) % 10**8:08d}" for n in range(1, 40)]
    # The right one comes last: by then the limit is spent, so it is not even compared.
    tries = [guess(tried, number) for number, tried in enumerate([*wrong, code])]
    assert not any(await asyncio.gather(*tries))
    # Nobody is locked out by that: the telephone of the matter goes on, another one is told to use it.
    stranger = "+8613800138777"
    for number, told in ((CITIZEN, f"编号{reference}："), (stranger, "请用登记时的手机")):
        await hub.carrier.send_text(number, "12110", f"{reference} {code}")
        texts = await sent_to(hub, number, at_least=2 if number == CITIZEN else 1)
        assert told in texts[-1]
