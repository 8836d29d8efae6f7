"""What citizens come for, done in a real browser, with and without script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from hub.model.track import Track
from tests.web.citizen_pages import fill_petition, petition_done, read_receipt
from tests.web.running_site import RunningSite
from tests.web.watched import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("citizen browser")]


async def track(page: Page, url: str, reference: str, code: str) -> None:
    await page.goto(f"{url}/track")
    await page.fill("#f-reference", reference)
    await page.fill("#f-code", code)
    await page.click("form[action='/track'] button[type=submit]")


@pytest.mark.parametrize("script", [True, False])
async def test_a_petition_goes_from_the_home_page_to_its_progress(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await page.goto(site.url)
    await page.click(".tile[href='/petition']")
    await page.get_by_label("投诉和诉求").check()
    await page.get_by_role("button", name="继续").click()
    await page.fill("#f-title", "路口信号灯坏了三周")
    await page.fill("#f-body", "路口信号灯从上个月起一直闪黄灯，早晚高峰很危险，希望修好。")
    await page.fill("#f-name", "林测试")
    await page.fill("#f-phone", "+86 138-0000-1111")
    await page.get_by_role("button", name="继续，核对内容").click()
    await expect(page.locator(".facts")).to_contain_text("13800001111")
    await page.get_by_role("button", name="返回修改").click()
    await expect(page.locator("#f-title")).to_have_value("路口信号灯坏了三周")
    await page.fill("#f-title", "路口信号灯坏了一个月")
    await page.get_by_role("button", name="继续，核对内容").click()
    await expect(page.locator(".facts")).to_contain_text("路口信号灯坏了一个月")
    await page.get_by_role("button", name="确认提交").click()
    await page.wait_for_url("**/petition/done")
    reference, code = await read_receipt(page)
    assert re.fullmatch(r"\d{14}", reference)
    assert re.fullmatch(r"\d{8}", code)
    await track(page, site.url, reference, code)
    await expect(page.locator(".timeline .is-done").first).to_contain_text("已登记")
    assert reference not in page.url
    stored = await site.hub.repositories.cases.by_reference(reference)
    assert stored is not None
    assert stored.value.title == "路口信号灯坏了一个月"
    assert stored.value.track is Track.APPEAL


async def test_every_mistake_is_shown_at_once_beside_its_field(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(expected_status=(422,))
    await page.goto(f"{site.url}/petition/write?kind=complaint")
    await page.fill("#f-body", "太短")
    await page.fill("#f-phone", "12345")
    await page.get_by_role("button", name="继续，核对内容").click()
    summary = page.locator(".summary")
    await expect(summary).to_be_focused()
    await expect(summary.locator("a")).to_have_text(
        [
            "用一句话概括：请用 2–120 个字概括您要反映的问题",
            "详细说明：请写明事情经过，例如时间、地点、涉及的单位",
            "请填写姓名；不想留下姓名时，请选择匿名",
            "手机号应为 11 位数字，例如 13800001234",
        ]
    )
    assert (await page.title()).startswith("错误：")
    await expect(page.locator("#f-body")).to_have_value("太短")
    await expect(page.locator("#f-phone")).to_have_attribute("aria-invalid", "true")
    await summary.locator("a").nth(1).click()
    await expect(page.locator("#f-body")).to_be_focused()


async def test_an_anonymous_report_keeps_no_name_and_gives_a_long_code(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page()
    await fill_petition(page, site.url, "report")
    await expect(page.locator(".banner")).to_contain_text("12389")
    await page.get_by_label("匿名").check()
    await expect(page.locator("#f-name")).to_be_hidden()
    await page.get_by_role("button", name="继续，核对内容").click()
    await expect(page.locator(".facts")).not_to_contain_text("测试人")
    await page.get_by_role("button", name="确认提交").click()
    await page.wait_for_url("**/petition/done")
    reference, code = await read_receipt(page)
    assert len(code) == 16
    stored = await site.hub.repositories.cases.by_reference(reference)
    assert stored is not None
    assert (stored.value.track, stored.value.applicant.name, stored.value.applicant.address) == (
        Track.REPORT,
        "",
        "",
    )


async def test_the_receipt_survives_a_reload_and_can_be_cleared(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await petition_done(page, site.url)
    shown = await read_receipt(page)
    await page.reload()
    assert await read_receipt(page) == shown
    await page.get_by_role("button", name="我已记下，清除本页").click()
    await expect(page.locator("#reference")).to_have_count(0)
    await expect(page.locator(".empty-title")).to_contain_text("没有可以显示的回执")


async def test_a_wrong_code_and_an_absent_case_look_the_same_until_one_has_to_wait(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page(expected_status=(404, 429))
    await petition_done(page, site.url)
    reference, code = await read_receipt(page)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    await track(page, site.url, reference, wrong)
    said = await page.inner_text("main .banner")
    await track(page, site.url, "26010100000191", wrong)
    assert await page.inner_text("main .banner") == said
    for _ in range(8):  # the waits grow: one of them is longer than a page takes
        await track(page, site.url, reference, wrong)
        if await page.locator(".banner-danger").count():
            break
    await expect(page.locator(".banner-danger")).to_contain_text("秒再试")


async def test_shift_three_times_leaves_a_report(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await page.route("https://www.weather.com.cn/**", lambda route: route.fulfill(body="weather"))
    await page.goto(f"{site.url}/petition/write?kind=report")
    await page.locator("#f-title").click()
    for _ in range(3):
        await page.keyboard.press("Shift")
    await page.wait_for_url("https://www.weather.com.cn/")
    assert [line for line in visitor.complaints if "asked https://www.weather.com.cn/" not in line] == []
    visitor.complaints.clear()


@pytest.mark.parametrize("script", [True, False])
async def test_a_question_is_answered_and_never_stands_in_an_address(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await page.goto(site.url)
    question = (await page.locator(".chip").first.inner_text()).strip()
    await page.fill("#f-question", question)
    await page.press("#f-question", "Enter")
    await expect(page.locator("article h2")).to_have_text(question)
    assert page.url == f"{site.url}/ask"


async def test_words_of_danger_show_the_number_to_call_first(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await page.goto(site.url)
    await page.fill("#f-question", "救命，有人持刀")
    await page.press("#f-question", "Enter")
    await expect(page.locator("main a[href='tel:110']")).to_be_visible()
    await expect(page.locator("article")).to_have_count(0)
