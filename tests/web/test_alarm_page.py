"""The alarm page in a real browser: on duty, heard, an alarm by one key, and a stream that goes down."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from hub.model.alarms.alarm import Alarm, AlarmState, ForwardReason
from hub.model.alarms.handling import StepKind
from hub.model.cases.alarm import flagged
from hub.model.track import Track
from tests.command_centre import CALLBACK_SECRET, PlayedCentre, played_centre
from tests.web.staff_desk import sign_in
from tests.web.staff_stage import Stage, office, text
from tests.web.watched import Visitor
from tests.world import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]

SOON = 8_000
"""ms: what the stream brings is on the page within 5 s."""


@pytest.fixture(scope="module")
async def centre() -> AsyncIterator[PlayedCentre]:
    async with played_centre() as played:
        yield played


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, centre: PlayedCentre) -> AsyncIterator[Stage]:
    async with office(
        tmp_path_factory.mktemp("alarms"), alarms={**centre.hears_back(), "stream_seconds": 5}
    ) as running:
        yield running


@pytest.fixture
async def officer(browser: Browser, stage: Stage) -> AsyncIterator[Visitor]:
    visitor = Visitor(browser, stage.url)
    yield visitor
    await visitor.leave()
    assert [one for one in visitor.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


async def possible(stage: Stage, sender: str) -> str:
    """A case in which there may be danger; its id."""
    case_id = await text(stage.hub, sender, "请找人工。楼下路灯坏了，晚上走路很怕")
    cases = stage.hub.repositories.cases
    found = await cases.get(case_id)
    assert found is not None
    after, entry = flagged(found.value, at=stage.hub.clock.now_ms())
    await stage.hub.documents.commit([cases.update(after, found.version), cases.insert_entry(entry)])
    return case_id


async def alarm_of(stage: Stage, case_id: str) -> Alarm:
    found = await stage.hub.repositories.alarms.get(case_id)
    assert found is not None
    return found.value


async def on_duty(page: Page, stage: Stage) -> None:
    """Signs on, with the sound test answered."""
    await sign_in(page, stage.url, "handler")
    await page.wait_for_url("**/staff/queue")
    await page.get_by_role("link", name="警情台", exact=True).first.click()
    await expect(page.locator(".alarm-watch")).to_contain_text("警情会立即转 110")
    await page.get_by_role("button", name="上岗").click()
    await expect(page.locator("#sound-state")).to_contain_text("未测试")
    await page.get_by_role("button", name="测试声音").click()
    await page.get_by_role("button", name="没听到").click()
    await expect(page.locator("#sound-help")).to_be_visible()
    assert not await stage.hub.alarms.forward.is_heard()  # only the answered test counts
    await page.get_by_role("button", name="测试声音").click()
    await page.get_by_role("button", name="听到了").click()
    await expect(page.locator("#sound-state")).to_have_text("声音已测试")
    await expect(page.locator("#stream-state")).to_have_text("连接正常", timeout=SOON)
    await expect(page.locator(".alarm-watch")).to_contain_text("有人值守", timeout=SOON)


async def test_an_officer_on_duty_takes_alarms_by_key_and_a_lost_stream_forwards_at_once(
    officer: Visitor, stage: Stage, centre: PlayedCentre
) -> None:
    page = await officer.page(width=390)
    await on_duty(page, stage)
    case_id = await text(stage.hub, "+8613800001111", "救命 在中山路5号 不能说话")
    card = page.locator(".alarm-rings")
    await expect(card.locator("mark")).to_have_text("中山路5号", timeout=SOON)
    await expect(card).to_contain_text("+8613800001111")
    await expect(card).to_contain_text("没有接入运营商查询")
    await expect(card.locator("[data-until]")).to_have_text(re.compile("还有 [0-9]+ 秒"))
    await expect(page).to_have_title(re.compile(r"^\(1\) 紧急"))
    await expect(page.locator("body")).to_have_class(re.compile("is-alarming"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".alarm-done")).to_contain_text("接手", timeout=SOON)
    await expect(page.locator("body")).not_to_have_class(re.compile("is-alarming"))
    await expect(page.locator("#sound-state")).to_have_text("声音已测试")  # the page was not loaded again
    assert (await alarm_of(stage, case_id)).state is AlarmState.TAKEN

    doubt, harmless = await possible(stage, "+8613800001112"), await possible(stage, "+8613800001113")
    await expect(page.locator("[data-possible]")).to_have_count(2, timeout=SOON)
    await page.keyboard.press("+")
    await expect(page.locator("[data-possible]")).to_have_count(1, timeout=SOON)
    await page.keyboard.press("n")
    await expect(page.locator("[data-possible]")).to_have_count(0, timeout=SOON)
    raised = await stage.hub.repositories.cases.get(doubt)
    assert raised is not None
    assert raised.value.track is Track.EMERGENCY
    assert await stage.hub.repositories.alarms.get(harmless) is None

    await expect(page.locator(".alarm-rings")).to_have_count(1)
    await page.get_by_role("button", name="开始电话转 110").first.click()
    await page.get_by_label("110 接警员姓名或工号").fill("0123")
    await page.get_by_role("button", name="已电话转 110").click()
    await expect(page.locator(f"#done-{doubt}")).to_contain_text("0123", timeout=SOON)
    assert centre.told == []

    last = await text(stage.hub, "+8613800001114", "救命 有人在砍人")
    await expect(page.locator(f"#alarm-{last}")).to_be_visible(timeout=SOON)
    await page.context.set_offline(True)  # nobody confirms, and the page hears no more

    async def forwarded() -> bool:
        return (await alarm_of(stage, last)).state is AlarmState.FORWARDED

    await eventually(forwarded)
    alarm = await alarm_of(stage, last)
    assert alarm.reason is ForwardReason.NOBODY
    assert alarm.forwarded_at < alarm.forward_at
    await expect(page.locator("#alarm-down")).to_be_visible(timeout=SOON)

    async def told() -> bool:
        return [report["id"] for report in centre.told] == [last]

    await eventually(told)


async def test_a_hand_over_is_written_and_read_without_script(officer: Visitor, stage: Stage) -> None:
    page = await officer.page(width=1280, script=False, expected_status=(422,))
    await sign_in(page, stage.url, "supervisor")
    await page.goto(f"{stage.url}/staff/alarms")
    await expect(page.get_by_text("浏览器没有启用脚本")).to_be_visible()
    await page.get_by_role("button", name="上岗").click()
    await page.locator("summary", has_text="签退并交接").click()
    await page.get_by_role("button", name="签退", exact=True).click()
    await expect(page.locator(".summary")).to_contain_text("请写明交接事项")
    await page.get_by_label("交接事项").fill("东街口老人走失，家属再来电请接")
    await page.get_by_role("button", name="签退", exact=True).click()
    await expect(page.locator(".duty-note")).to_contain_text("东街口老人走失")
    await page.get_by_role("button", name="已阅交接，上岗").click()
    await expect(page.locator(".duty-note")).to_have_count(0)


async def test_an_alarm_is_dispatched_arrives_and_is_fed_back_without_script(
    officer: Visitor, stage: Stage
) -> None:
    page = await officer.page(width=390, script=False, expected_status=(422, 409))
    await sign_in(page, stage.url, "supervisor")
    case_id = await text(stage.hub, "+8613800001121", "救命 在东街口12号 不能说话")
    address = f"{stage.url}/staff/alarms/cases/{case_id}"
    await page.goto(address)
    await expect(page.locator(".life-forms")).to_contain_text("请先在警情台按“我来处理”")
    await page.goto(f"{stage.url}/staff/alarms")
    await page.locator(f"#alarm-{case_id}").get_by_role("button", name="我来处理").click()
    await page.locator(f"#done-{case_id}").get_by_role("link", name="派警、到场和反馈").click()

    await page.get_by_role("button", name="派警", exact=True).click()
    await expect(page.locator(".summary")).to_be_visible()
    await page.get_by_label("出警单位").first.fill("鼓楼派出所 3 号车")
    await page.get_by_role("button", name="派警", exact=True).click()
    await expect(page.locator("#alarm-life")).to_contain_text("鼓楼派出所 3 号车")
    await page.get_by_role("button", name="登记到场").click()
    await page.get_by_label("处置结果", exact=True).select_option("handled")
    await page.get_by_label("处置情况").fill("人已救出，送医")
    await page.get_by_role("button", name="反馈", exact=True).click()
    life = page.locator("#alarm-life")
    for word in ("收到报警", "派警", "到场", "反馈", "现场处置完毕", "人已救出，送医"):
        await expect(life).to_contain_text(word)

    await page.goto(f"{stage.url}/staff/cases/{case_id}")
    await expect(page.locator("#alarm-life")).to_contain_text("人已救出，送医")
    await page.goto(f"{stage.url}/staff/alarms/times?until=2000-01-01")
    await expect(page.locator(".summary")).to_contain_text("截止日期不能早于开始日期")
    await page.goto(f"{stage.url}/staff/alarms/times")
    await expect(page.locator("table").first).to_contain_text("达标 100.0%")
    sheet = await page.request.get(f"{stage.url}/staff/alarms/times/csv")
    assert "报警→接警 中位（秒）" in (await sheet.body()).decode("utf-8-sig")


async def test_the_system_of_the_110_centre_reports_once_whatever_comes_again(
    stage: Stage, centre: PlayedCentre
) -> None:
    case_id = await text(stage.hub, "+8613800001131", "救命 有人持刀")  # nobody is on duty

    async def told() -> bool:
        return case_id in [report["id"] for report in centre.told]

    assert await eventually(told)
    door, at = f"{stage.url}/webhooks/alarms/centre", datetime.now(UTC).isoformat()

    async with aiohttp.ClientSession() as http:

        async def report(
            id: str, event: str, *, secret: str = CALLBACK_SECRET, **more: Any
        ) -> tuple[int, Any]:
            said = {"id": id, "alarm": case_id, "event": event, "at": at, **more}
            body, headers = centre.reports(said, secret=secret)
            async with http.post(door, data=body, headers=headers) as answer:
                return answer.status, (await answer.json()).get("seen")

        assert (await report("1", "taken_over", secret="not the secret of this centre"))[0] == 403
        assert (await report("1", "taken_over", alarm="c-unknown"))[0] == 404
        assert (await report("1", "feedback"))[0] == 400  # without what came of it
        assert (await alarm_of(stage, case_id)).steps == ()
        assert await report("1", "taken_over", by="0123") == (200, False)
        assert await report("4", "feedback", outcome="handled", text="已处置") == (200, False)
        assert await report("2", "dispatched", unit="东街派出所") == (200, False)
        assert await report("2", "dispatched", unit="东街派出所") == (200, True)
        assert (await report("2", "dispatched", unit="南街派出所"))[0] == 409
    alarm = await alarm_of(stage, case_id)
    assert alarm.passings[0].taken_at
    assert [(step.kind, step.unit) for step in alarm.steps] == [
        (StepKind.FEEDBACK, ""),
        (StepKind.DISPATCHED, "东街派出所"),
    ]
