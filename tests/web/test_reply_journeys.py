"""Writing a reply in a real browser: an entry in two keys, sent and closed by key, taken back in time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.web.staff_desk import sign_in
from tests.web.staff_stage import Stage, office, text
from tests.web.watched import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]


@pytest.fixture
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with office(tmp_path_factory.mktemp("office"), undo_seconds=300) as running:
        yield running


async def test_an_entry_in_two_keys_sent_and_closed_by_key_and_taken_back(
    browser: Browser, stage: Stage
) -> None:
    case_id = await text(stage.hub, "+8613800002222", "请找人工。身份证丢了怎么补办，要带什么材料")
    visitor = Visitor(browser, stage.url)
    page = await visitor.page(width=390)
    await sign_in(page, stage.url, "handler")
    await page.wait_for_url("**/staff/queue")
    await page.goto(f"{stage.url}/staff/cases/{case_id}", wait_until="domcontentloaded")
    await page.keyboard.press("r")
    await page.keyboard.type("您好，？？")
    await page.keyboard.press("Enter")
    answer = page.locator("#f-reply")
    await expect(answer).to_have_value(re.compile("^您好，身份证丢失"))
    await expect(answer).to_be_focused()
    await expect(page.locator("#reply-form [data-draft-note]")).to_have_text(re.compile(r"已保存 \d\d:\d\d"))
    await page.keyboard.press("Control+Shift+Enter")
    await expect(page.locator(".say-sending")).to_contain_text("发出后办结")
    await expect(page.locator(".say-sending [data-seconds]")).to_have_text(re.compile(r"29\d 秒后发出"))

    await page.goto(f"{stage.url}/staff/queue", wait_until="domcontentloaded")
    await expect(page.locator(".sending-row")).to_contain_text("发送并办结中")
    await page.keyboard.press("z")
    await expect(page.locator("#f-reply")).to_have_value(re.compile("^您好，身份证丢失"))
    await expect(page.locator(".say-sending")).to_have_count(0)
    [entries] = await page.locator("input[name=entries]").all()
    assert await entries.input_value() != ""
    assert await stage.hub.repositories.pending_replies.of_case(case_id) == []
    await visitor.leave()
    assert visitor.complaints == []


async def test_a_reply_taken_back_beside_the_list_stands_in_the_form_there(
    browser: Browser, stage: Stage
) -> None:
    case_id = await text(stage.hub, "+8613800002223", "请找人工。身份证丢了怎么补办，要带什么材料")
    visitor = Visitor(browser, stage.url)
    page = await visitor.page(width=1280)
    await sign_in(page, stage.url, "handler")
    await page.wait_for_url("**/staff/queue")
    await page.locator(f"[data-case='{case_id}'] .case-link").click()
    await expect(page.locator("#case-title")).to_be_focused()
    await page.keyboard.press("r")
    await page.locator("#f-reply").fill("请带户口簿")
    await page.keyboard.press("Control+Enter")
    await page.locator(".say-sending [data-undo]").click()
    await expect(page.locator(".pane #f-reply")).to_have_value("请带户口簿")
    await expect(page.locator("#f-reply")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".say-sending")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator(".sending-bar [data-undo]")).to_be_visible()
    await visitor.leave()
    assert visitor.complaints == []
