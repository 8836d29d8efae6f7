"""The office's own words in a real browser: from a word nobody knew to an answer, with and without script."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from hub.model.agent import Role
from tests.web.staff_desk import Desk
from tests.web.test_knowledge_use import asked
from tests.web.watched import Visitor, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]

PATH = "/staff/entries/words"


@pytest.mark.parametrize(("script", "width", "word"), [(True, 1280, "小骑本"), (False, 390, "车骑本")])
async def test_a_word_nobody_knew_is_added_tried_and_taken_out(
    colleague: Visitor, desk: Desk, script: bool, width: int, word: str
) -> None:
    for question in (f"{word}丢了怎么补", f"我的{word}在哪换", f"办{word}要带啥"):
        await asked(desk, question)
    page = await desk.sit_down(colleague, Role.EDITOR, script=script, width=width, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/entries/unanswered", wait_until="domcontentloaded")
    await page.locator(".word-list").get_by_role("link", name=word).click()
    await expect(page.locator("#f-words")).to_have_value(word)
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.locator(".summary")).to_contain_text("标准名称")
    await page.fill("#f-name", "驾驶证")
    await page.fill("#f-question", f"{word}丢了怎么补")
    await page.get_by_role("button", name="试一试").click()
    now, then = page.locator(".plan-right > .panel").nth(0), page.locator(".plan-right > .panel").nth(1)
    await expect(then.locator(".pairs").first).to_contain_text(f"{word} → 驾驶证")
    await expect(then.locator(".matches li").first).to_contain_text("驾驶证丢了怎么补？")
    await expect(then.locator(".tried-word")).to_contain_text("直接答复")
    await expect(now.locator(".tried-word")).not_to_contain_text("直接答复")
    assert not desk.stage.hub.knowledge.groups
    if script:
        assert await violations(page) == []
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.locator(".done")).to_have_text("说法已保存，立即用于答复")
    assert desk.stage.hub.knowledge.snapshot.match(f"{word}丢了怎么补", 1)[0].score == 1
    await page.goto(f"{desk.url}{PATH}?show=unknown", wait_until="domcontentloaded")
    await expect(page.get_by_role("link", name=word)).to_have_count(0)
    await page.get_by_role("link", name="全部说法").click()
    await page.get_by_role("link", name="驾驶证").click()
    await page.locator("summary", has_text="删除这组说法").click()
    await page.get_by_role("button", name="删除这组说法").click()
    await expect(page.locator(".done")).to_contain_text("已删除")
    assert not desk.stage.hub.knowledge.groups


async def test_a_refusal_keeps_what_was_typed_and_leads_to_the_entry(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.EDITOR, expected_status=(422,))
    await page.goto(f"{desk.url}{PATH}", wait_until="domcontentloaded")
    await page.get_by_role("link", name="新建一组说法").click()
    await page.fill("#f-name", "身份证")
    await page.fill("#f-words", "驾照")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.locator(".objections")).to_contain_text("驾驶证丢了怎么补？")
    await expect(page.locator("#f-words")).to_have_value("驾照")
    await page.locator(".objections").get_by_role("link").first.click()
    await expect(page.locator("#f-question")).to_be_visible()


async def test_a_service_gets_words_from_its_list(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.EDITOR)
    await page.goto(f"{desk.url}{PATH}?show=services", wait_until="domcontentloaded")
    await page.get_by_role("link", name="养犬", exact=True).click()
    await expect(page.locator("#f-name")).to_have_value("养犬")
    await page.fill("#f-words", "狗狗上户")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.goto(f"{desk.url}{PATH}?show=services", wait_until="domcontentloaded")
    await expect(page.locator(".person", has_text="狗狗上户")).to_contain_text("养犬")
    await page.goto(f"{desk.url}{PATH}/edit?name=养犬", wait_until="domcontentloaded")
    await page.locator("summary", has_text="删除这组说法").click()
    await page.get_by_role("button", name="删除这组说法").click()
    await expect(page.locator(".done")).to_contain_text("已删除")
