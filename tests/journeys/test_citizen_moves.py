"""What a citizen does to an own case with number and code, on every channel; what opening it delivers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.contract import ChannelKind, Receipt, ReceiptState
from channels.loopback.faults import Fault, FaultKind
from channels.loopback.script import CallerAction, Press, Speak
from channels.outbox.delivery import DeliveryState
from hub.actions.intake.file_petition import Filed
from hub.model.agent import Role
from hub.model.cases.clock_names import ClockName
from hub.model.cases.history import HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.state import CaseState
from hub.model.petition import PetitionKind
from hub.runtime.clock import FakeClock
from tests.journeys.office import Office, filed
from tests.journeys.talking import Talker, queue
from tests.world import World, eventually, world

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
DAY = 86_400


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hub(tmp_path: Path, clock: FakeClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock=clock) as running:
        yield running


async def page(hub: World, case: Filed, language: str = "zh") -> str:
    posted = {"reference": case.reference, "code": case.query_code}
    headers = {**SAME_ORIGIN, "Accept-Language": language}
    async with hub.http.post(f"{hub.url}/track", data=posted, headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


def form(page: str, event: str) -> dict[str, str]:
    """The hidden fields of the form for an event, as a browser without script sends them."""
    found = re.search(rf'action="/track/{event}".*?</form>', page, re.S)
    assert found, f"no form for {event}"
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found[0]))


async def send(hub: World, event: str, fields: dict[str, str]) -> tuple[int, str]:
    async with hub.http.post(f"{hub.url}/track/{event}", data=fields, headers=SAME_ORIGIN) as answer:
        return answer.status, await answer.text()


async def press(hub: World, case: Filed, event: str, **fields: str) -> tuple[int, str]:
    return await send(hub, event, {**form(await page(hub, case), event), **fields})


async def said(hub: World, case: Filed) -> list[str]:
    return [m.text for m in await hub.hub.repositories.conversations.of_case(case.case_id)]


async def notices(hub: World, case: Filed) -> list[str]:
    """What left through the outbox for a case."""
    told = await hub.hub.repositories.conversations.of_case(case.case_id)
    rows = [await hub.hub.repositories.outbox.get(m.delivery_id) for m in told if m.delivery_id]
    return [row.value.text for row in rows if row]


async def test_a_reminder_is_kept_once_in_seven_days_however_often_it_is_sent(
    hub: World, clock: FakeClock
) -> None:
    case = await filed(hub)
    fields = form(await page(hub, case), "cuiban")
    for status, text in await asyncio.gather(*(send(hub, "cuiban", fields) for _ in range(3))):
        assert status == 200  # a double click
        assert "已收到您对诉求" in text
    assert (await said(hub, case)).count("催办") == 1
    shown = await page(hub, case)
    assert 'action="/track/cuiban"' not in shown
    assert "每 7 日可以催办一次" in shown
    status, text = await send(hub, "cuiban", {**fields, "submission_id": "another"})
    assert status == 409
    assert "起可以再次催办" in text
    clock.advance(seconds=7 * DAY)
    status, _ = await press(hub, case, "cuiban")
    assert status == 200
    assert (await said(hub, case)).count("催办") == 2


async def test_what_is_added_answers_the_question_that_waits(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    await office.move(case.case_id, Role.HANDLER, "pick")
    await office.move(case.case_id, Role.HANDLER, "ask", question="哪一天？")
    shown = await page(hub, case)
    assert "工作人员请您补充材料" in shown
    assert "哪一天？" in shown
    status, text = await press(hub, case, "supplement", **{"text-supplement": ""})
    assert status == 422
    assert "请写明要补充的内容" in text
    status, _ = await press(hub, case, "supplement", **{"text-supplement": "上周六夜里<b>"})
    assert status == 200
    assert (await office.case(case.case_id)).state is CaseState.TRIAGE
    assert "上周六夜里<b>" in await said(hub, case)
    status, _ = await press(hub, case, "supplement", **{"text-supplement": "还有照片"})
    assert status == 200
    assert "还有照片" in await said(hub, case)


async def test_a_reply_is_rated_and_the_rating_changed_once(hub: World) -> None:
    case, office = await filed(hub, PetitionKind.CONSULT), Office(hub)
    await office.answer(case.case_id)
    status, text = await press(hub, case, "rate")
    assert status == 422
    assert "请选择 1 到 5 分" in text
    fields = form(await page(hub, case), "rate")
    for score in ("2", "4", "4"):  # gone back to the same page, then clicked twice
        status, _ = await send(hub, "rate", {**fields, "score": score, "text-rate": "再快一点"})
        assert status == 200
    history = await hub.hub.repositories.cases.history(case.case_id)
    assert [entry.facts["score"] for entry in history if "score" in entry.facts] == ["2", "4"]
    assert "评价：4 分\n再快一点" in await said(hub, case)
    assert "评价只能修改一次" in await page(hub, case)


async def test_whoever_is_not_satisfied_has_it_done_again(hub: World) -> None:
    case, office = await filed(hub, PetitionKind.CONSULT), Office(hub)
    await office.answer(case.case_id)
    status, text = await press(hub, case, "unsatisfied", **{"text-unsatisfied": "没有回答问题"})
    assert status == 200
    assert "已安排重新办理" in text
    after = await office.case(case.case_id)
    assert after.state is CaseState.REWORK
    assert after.proceeding.running(ClockName.REDO)
    assert any("已安排重新办理" in text for text in await notices(hub, case))


async def test_a_report_is_withdrawn_with_neutral_words(hub: World) -> None:
    case, office = await filed(hub, PetitionKind.REPORT), Office(hub)
    told = await Talker(hub, ChannelKind.SMS).say(f"{case.reference} {case.query_code} 撤回")
    assert told == f"您的要求（编号{case.reference}）已收到。"
    after = await office.case(case.case_id)
    assert after.state is CaseState.WITHDRAWN
    assert after.is_restricted
    assert all("撤回" not in text for text in await notices(hub, case))
    assert "已撤回" in await page(hub, case)


async def test_a_review_is_asked_for_in_time_by_text_and_told_in_one(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    await office.reply(case.case_id)
    citizen = Talker(hub, ChannelKind.SMS)
    told = await citizen.say(f"编号{case.reference} 查询码{case.query_code} 申请复查", id="same")
    assert "复查申请已收到，复查期限为" in told
    assert await citizen.say(f"编号{case.reference} 查询码{case.query_code} 申请复查", id="same") == ""
    after = await office.case(case.case_id)
    assert after.state is CaseState.FUCHA
    assert after.proceeding.running(ClockName.FUCHA_30)
    assert (await said(hub, case)).count("申请复查") == 1
    assert len(await citizen.heard()) == 1


async def test_a_late_review_is_refused_and_kept_for_a_person(hub: World, clock: FakeClock) -> None:
    case, office = await filed(hub), Office(hub)
    await office.reply(case.case_id)
    last = "2026-10-21"  # 30 days after 21 September, a Wednesday
    clock.advance(seconds=70 * DAY)
    assert "期限已过，仍可提出" in await page(hub, case)
    fields = form(await page(hub, case), "request_fucha")
    for _ in range(2):
        status, text = await send(hub, "request_fucha", {**fields, "text-request_fucha": "住院了"})
        assert status == 409
        assert f"最后一日为 {last}；申请已记录，由工作人员处理" in text
    status, _ = await send(hub, "request_fucha", {**fields, "submission_id": "again"})
    assert status == 409
    after = await office.case(case.case_id)
    assert [(late.level, late.last_day) for late in after.proceeding.late] == [("复查", last)]
    assert after.state in {CaseState.REPLIED, CaseState.RATED, CaseState.CLOSED}
    history = await hub.hub.repositories.cases.history(case.case_id)
    assert [entry.kind for entry in history].count(HistoryKind.LATE_REQUEST) == 1
    assert (await said(hub, case)).count("申请复查\n住院了") == 1
    assert "逾期申请已记录" in await page(hub, case)
    assert [one.id for one in await queue(hub)] == [case.case_id]  # a task, also when the case was closed
    told = await Talker(hub, ChannelKind.SMS).say(f"{case.reference} {case.query_code} review")
    assert told == f"The last day for this was {last}. Your request is kept, and a person will answer it."
    await office.move(case.case_id, Role.SUPERVISOR, "admit_late", reason="不可抗力")
    assert (await office.case(case.case_id)).state is CaseState.FUCHA


async def test_the_final_review_is_asked_for_after_the_review(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    await office.reply(case.case_id)
    await press(hub, case, "request_fucha")
    reviewer = Role.HIGHER_REVIEWER
    await office.move(case.case_id, reviewer, "fucha_opinion", outcome="维持")
    await office.move(case.case_id, reviewer, "deliver", document="复查意见书", method="直接")
    shown = await page(hub, case)
    assert "申请复核的最后一日" in shown
    told = await Talker(hub, ChannelKind.SMS).say(f"{case.reference} {case.query_code} 申请复核")
    assert "复核申请已收到" in told
    assert (await office.case(case.case_id)).state is CaseState.FUHE


async def test_a_word_beside_number_and_code_makes_it_happen(hub: World) -> None:
    office = Office(hub)
    for number, (word, event, score) in enumerate(
        (
            ("催办", "cuiban", None),
            ("补充 昨晚又来了。", "supplement", None),
            ("评价 5", "rate", "5"),
            ("不满意", "unsatisfied", None),
            ("withdraw", "withdraw", None),
        )
    ):
        citizen = Talker(hub, ChannelKind.SMS, str(number))
        found = re.search(r"编号(\d{14})，查询码(\d{8})", await citizen.say("楼下烧烤店每天深夜占道没有人管"))
        assert found
        stored = await hub.hub.repositories.cases.by_reference(found[1])
        assert stored is not None
        if event in ("rate", "unsatisfied"):
            await office.answer(stored.value.id)
        before = len(await citizen.heard())
        told = await citizen.say(f"{found[1]} {found[2]} {word}")
        assert found[1] in told
        assert len(await citizen.heard()) == before + 1, word  # the answer, and no notice beside it
        last = (await hub.hub.repositories.cases.history(stored.value.id))[-1]
        assert (last.facts["event"], last.actor, last.facts.get("score")) == (event, "citizen", score)


async def test_a_wrong_code_moves_nothing_and_tells_nothing(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    told = await Talker(hub, ChannelKind.SMS).say(f"{case.reference} 00000000 撤回")
    assert "没有找到" in told
    for _ in range(4):
        told = await Talker(hub, ChannelKind.SMS).say(f"{case.reference} 00000000 撤回")
    assert "分钟后再试" in told
    assert "分钟后再试" in await Talker(hub, ChannelKind.SMS).say(f"{case.reference} {case.query_code} 撤回")
    assert (await office.case(case.case_id)).state is CaseState.REGISTERED
    fields = form(await page(hub, case), "withdraw")
    status, text = await send(hub, "withdraw", {**fields, "pass": fields["pass"][:-6] + "AAAAAA"})
    assert status == 403
    assert "页面已过期" in text
    assert (await office.case(case.case_id)).state is CaseState.REGISTERED


@pytest.mark.parametrize("agreed", [True, False])
async def test_opening_the_page_delivers_only_to_whoever_agreed(
    hub: World, clock: FakeClock, agreed: bool
) -> None:
    nobody: dict[str, Any] = {"phone": "", "name": "", "anonymous": True}  # no notice can leave
    case, office = await filed(hub, electronic=agreed, **nobody), Office(hub)
    await office.sign(case.case_id)
    clock.advance(seconds=5 * DAY)
    shown = await page(hub, case)
    after = await office.case(case.case_id)
    right = after.proceeding.running(ClockName.FUCHA_WINDOW)
    if agreed:
        assert after.state is CaseState.REPLIED
        assert right is not None
        assert right.started_at == clock.now_ms()
        assert {paper.method for paper in after.proceeding.papers} == {"电子"}
        assert "申请复查的最后一日" in shown
        assert "已答复" in shown
        assert shown.count("已经查明。") == 2  # read as a message and as a document
        history = len(await hub.hub.repositories.cases.history(case.case_id))
        await page(hub, case)  # again: nothing more is delivered
        assert len(await hub.hub.repositories.cases.history(case.case_id)) == history
    else:
        assert after.state is CaseState.REVIEW_DRAFT
        assert right is None
        assert "待送达" in shown
        assert "已经查明" not in shown
        assert "您没有同意电子送达" in shown
        with pytest.raises(IllegalMove, match="没有同意电子送达"):
            await office.move(case.case_id, Role.HANDLER, "deliver", method="电子")


@pytest.mark.parametrize("agreed", [True, False])
async def test_a_delivered_notice_delivers_its_document_only_to_whoever_agreed(
    hub: World, agreed: bool
) -> None:
    case, office = await filed(hub, electronic=agreed), Office(hub)
    await office.sign(case.case_id)

    async def delivered() -> bool:
        told = await hub.hub.repositories.conversations.of_case(case.case_id)
        states = await hub.hub.repositories.outbox.states([m.delivery_id for m in told if m.delivery_id])
        return bool(states) and set(states.values()) == {DeliveryState.DELIVERED}

    async def replied() -> bool:
        return (await office.case(case.case_id)).state is CaseState.REPLIED

    assert await eventually(replied if agreed else delivered)
    await hub.carrier.settled()
    papers = (await office.case(case.case_id)).proceeding.papers
    assert [bool(paper.delivered_at) for paper in papers] == [agreed, agreed]


async def test_accepted_and_sent_are_no_delivery(hub: World) -> None:
    hub.carrier.faults.add(Fault(FaultKind.UNAVAILABLE, times=None))
    case, office = await filed(hub, electronic=True), Office(hub)
    await office.sign(case.case_id)
    told = await hub.hub.repositories.conversations.of_case(case.case_id)
    notice = max((m for m in told if m.delivery_id), key=lambda m: m.seq).delivery_id

    async def receipt(state: ReceiptState) -> CaseState:
        row = await hub.hub.repositories.outbox.get(notice)
        assert row is not None
        now = hub.hub.clock.now_ms()
        word = Receipt(row.value.sender, notice, row.value.attempt, "SM1", state, "", now)
        await hub.hub.actions.take_in(word)
        await hub.hub.actions.deliver_electronically.received(notice)
        return (await office.case(case.case_id)).state

    assert await receipt(ReceiptState.SENT) is CaseState.REVIEW_DRAFT
    assert await receipt(ReceiptState.DELIVERED) is CaseState.REPLIED


def keys(case: Filed, *then: str) -> list[CallerAction]:
    return [Press("3"), Press(f"{case.reference}#"), Press(f"{case.query_code}#"), *map(Press, then)]


async def test_on_the_telephone_keys_make_it_happen(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    call = await hub.carrier.place_call("12389", keys(case, "2"))
    assert "已收到您对诉求的催办" in call.transcript
    call = await hub.carrier.place_call("12389", keys(case, "5"))
    assert "不能申请复查" in call.transcript
    await office.reply(case.case_id)
    call = await hub.carrier.place_call("12389", keys(case, "4", "8"))
    assert "请选择 1 到 5 分" in call.transcript
    call = await hub.carrier.place_call("12389", keys(case, "4", "4"))
    assert "感谢您对诉求的评价" in call.transcript
    call = await hub.carrier.place_call("12389", keys(case, "5"))
    assert "复查申请已收到，复查期限为2026年" in call.transcript
    call = await hub.carrier.place_call("12389", keys(case, "3", "2"))
    assert (await office.case(case.case_id)).state is CaseState.FUCHA
    call = await hub.carrier.place_call("12389", keys(case, "3", "1"))
    assert "已按您的要求撤回" in call.transcript
    assert (await office.case(case.case_id)).state is CaseState.WITHDRAWN
    events = [entry.facts.get("event") for entry in await hub.hub.repositories.cases.history(case.case_id)]
    assert [one for one in events if one in {"cuiban", "rate", "request_fucha", "withdraw"}] == [
        "cuiban",
        "rate",
        "request_fucha",
        "withdraw",
    ]


async def test_what_is_added_on_the_telephone_answers_the_question_that_waits(hub: World) -> None:
    case, office = await filed(hub), Office(hub)
    await office.move(case.case_id, Role.HANDLER, "pick")
    await office.move(case.case_id, Role.HANDLER, "ask", question="哪一天？")
    script = [Press("4"), *keys(case)[1:], Speak(3)]
    await hub.carrier.place_call("12389", script)
    assert (await office.case(case.case_id)).state is CaseState.TRIAGE
    assert (await said(hub, case)).count("来电补充，内容见录音") == 1
