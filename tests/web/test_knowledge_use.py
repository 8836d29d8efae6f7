"""An editor at the pages that show how the knowledge base is used, with and without script."""

from __future__ import annotations

import secrets

import pytest
from playwright.async_api import expect

from hub.model.agent import Role
from hub.model.question import Question
from tests.web.staff_desk import Desk
from tests.web.watched import Visitor, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]

PATH = "/staff/entries/unanswered"


async def asked(desk: Desk, text: str) -> None:
    """One more question nobody answered."""
    hub, id = desk.stage.hub, secrets.token_hex(8)
    now, questions = hub.clock.now_ms(), hub.repositories.knowledge.questions
    question = Question(id, now, id, "web-chat", now * 2, text=text)
    await hub.documents.commit([questions.insert(question), questions.changed()])


@pytest.mark.parametrize(("script", "text"), [(True, "冰雕展怎么报名"), (False, "灯谜会几点开始")])
async def test_a_question_becomes_a_draft_with_one_press(
    colleague: Visitor, desk: Desk, script: bool, text: str
) -> None:
    await asked(desk, text)
    page = await desk.sit_down(colleague, Role.EDITOR, script=script)
    await page.goto(f"{desk.url}/staff/entries", wait_until="domcontentloaded")
    await page.get_by_role("link", name="没答上的问题").click()
    await page.locator(".cluster", has_text=text).get_by_role("button", name="新建条目").click()
    await expect(page.locator("#f-question")).to_have_value(text)
    await expect(page.locator(".done")).to_contain_text("请写答案")
    await page.goto(desk.url + PATH, wait_until="domcontentloaded")
    await expect(page.locator(".cluster", has_text=text)).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_cluster_is_dismissed_and_brought_back(colleague: Visitor, desk: Desk, width: int) -> None:
    text = f"第{width}号沙滩能不能放风筝"
    await asked(desk, text)
    page = await desk.sit_down(colleague, Role.EDITOR, width=width)
    await page.goto(desk.url + PATH, wait_until="domcontentloaded")
    await page.locator(".cluster", has_text=text).get_by_role("button", name="忽略").click()
    await page.get_by_role("link", name="已忽略").click()
    assert await violations(page) == []
    await page.locator(".cluster", has_text=text).get_by_role("button", name="恢复").click()
    await expect(page.locator(".cluster", has_text=text)).to_have_count(1)


async def test_the_list_of_quality_is_sorted_and_filtered_by_its_address(
    colleague: Visitor, desk: Desk
) -> None:
    page = await desk.sit_down(colleague, Role.EDITOR)
    await page.goto(f"{desk.url}/staff/entries/quality?sort=nonsense", wait_until="domcontentloaded")
    await page.get_by_role("link", name="有用", exact=True).click()
    await expect(page.locator("[aria-sort]")).to_have_text("有用")
    await page.get_by_role("link", name="居民身份证丢了怎么补领？").click()
    await expect(page.locator("main")).to_contain_text("没有写带什么材料")
    await page.goto(f"{desk.url}/staff/entries/quality?topic=没有", wait_until="domcontentloaded")
    await expect(page.locator(".empty")).to_be_visible()
    await page.goto(f"{desk.url}/staff/entries/coverage", wait_until="domcontentloaded")
    await page.locator("tr", has_text="户政").get_by_role("link").last.click()
    await expect(page.locator("h1")).to_contain_text("户政")


async def test_a_cluster_that_is_gone_and_a_decision_that_is_none_are_said(
    colleague: Visitor, desk: Desk
) -> None:
    await asked(desk, "稻草人比赛在哪报名")
    page = await desk.sit_down(colleague, Role.EDITOR, expected_status=(400, 409))
    await page.goto(desk.url + PATH, wait_until="domcontentloaded")
    card = page.locator(".cluster", has_text="稻草人")
    await card.locator("[name=cluster]").evaluate("field => field.value = 'gone'")
    await card.get_by_role("button", name="忽略").click()
    await expect(page.locator("[role=alert]")).to_contain_text("没有改动")
    card = page.locator(".cluster", has_text="稻草人")
    await card.get_by_role("button", name="忽略").evaluate("button => button.value = 'burn'")
    await card.get_by_role("button", name="忽略").click()
    await expect(page.locator("h1")).to_contain_text("请求无法识别")
