"""The life of a knowledge entry in a real browser: an editor writes, a second person publishes."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hub.model.agent import Role
from tests.web.staff_desk import Desk
from tests.web.watched import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]


async def _open(page: Page, fold: str) -> None:
    await page.locator("summary", has_text=fold).click()


@pytest.mark.parametrize("script", [True, False])
async def test_an_entry_from_draft_to_answer_to_withdrawal(
    colleague: Visitor, desk: Desk, script: bool
) -> None:
    drone = "热气球" if script else "滑翔伞"
    editor = await desk.sit_down(colleague, Role.EDITOR, script=script, expected_status=(422,))
    await editor.goto(f"{desk.url}/staff/entries", wait_until="domcontentloaded")
    await editor.get_by_role("link", name="新建条目").click()
    await editor.get_by_role("button", name="保存", exact=True).click()
    await expect(editor.locator(".summary li")).to_have_count(3)
    await editor.fill("#f-question", f"{drone}飞行需要报备吗？")
    await editor.fill("#f-variants", f"{drone}要不要备案\n飞{drone}找谁批")
    await editor.fill("#f-answer", "请先在综合管理平台登记。")
    await editor.fill("#f-short_answer", "请先登记。")
    if script:
        await expect(editor.locator("#short-parts")).to_contain_text("1 条短信")
    await editor.fill("#f-topic", "治安")
    await _open(editor, "测试问题")
    await editor.fill("#f-tests", f"{drone}起飞前要登记吗\n月球上有没有兔子")
    await editor.get_by_role("button", name="保存并提交审核").click()
    await expect(editor.locator(".done")).to_have_text("已保存并提交审核")
    await expect(editor.locator(".case-marks")).to_contain_text("待审核")
    address = editor.url
    assert not _answers(desk, f"飞{drone}找谁批")

    reviewer = await desk.sit_down(colleague, Role.REVIEWER, script=script, expected_status=(422,))
    await reviewer.goto(f"{desk.url}/staff/entries?show=review", wait_until="domcontentloaded")
    await reviewer.get_by_role("link", name=f"{drone}飞行需要报备吗？").click()
    await reviewer.get_by_role("link", name="查看修改并审核").click()
    await expect(reviewer.locator(".objections li")).to_have_count(1)
    await expect(reviewer.locator(".objections")).to_contain_text("月球上有没有兔子")
    await reviewer.get_by_role("button", name="发布", exact=True).click()
    await expect(reviewer.locator(".objections li")).to_have_count(1)
    await _open(reviewer, "退回修改")
    await reviewer.get_by_role("button", name="退回", exact=True).click()
    await expect(reviewer.locator("#e-remark")).to_be_visible()
    await reviewer.fill("#f-remark", "请去掉月球那一条")
    await reviewer.get_by_role("button", name="退回", exact=True).click()
    await expect(reviewer.locator(".done")).to_have_text("已退回作者")

    await editor.goto(address, wait_until="domcontentloaded")
    await expect(editor.locator(".banner")).to_contain_text("请去掉月球那一条")
    await _open(editor, "测试问题")
    await editor.fill("#f-tests", f"{drone}起飞前要登记吗")
    await editor.get_by_role("button", name="保存并提交审核").click()
    await editor.get_by_role("link", name="查看修改并审核").click()
    await expect(editor.get_by_role("button", name="发布", exact=True)).to_have_count(0)

    await reviewer.goto(f"{address}/review", wait_until="domcontentloaded")
    await reviewer.fill("#f-why", "新规定")
    await reviewer.get_by_role("button", name="发布", exact=True).click()
    await expect(reviewer.locator(".done")).to_have_text("已发布，立即用于答复")
    assert _answers(desk, f"飞{drone}找谁批")

    await reviewer.get_by_role("link", name="版本记录").click()
    await expect(reviewer.locator(".versions")).to_contain_text("新规定")
    await _open(reviewer, "停用条目")
    await reviewer.fill("#f-why", "依据已废止")
    await reviewer.get_by_role("button", name="停用条目").click()
    await expect(reviewer.locator(".done")).to_have_text("已停用，不再用于答复")
    assert not _answers(desk, f"飞{drone}找谁批")
    await reviewer.get_by_role("button", name="恢复使用").click()
    await expect(reviewer.locator(".done")).to_have_text("已恢复，重新用于答复")
    assert _answers(desk, f"飞{drone}找谁批")


async def test_two_editors_at_once_lose_nothing(colleague: Visitor, desk: Desk) -> None:
    first = await desk.sit_down(colleague, Role.EDITOR)
    second = await desk.sit_down(colleague, Role.REVIEWER, expected_status=(409,))
    entry = desk.stage.hub.knowledge.snapshot.entries[1]
    for page in (first, second):
        await page.goto(f"{desk.url}/staff/entries/{entry.id}", wait_until="domcontentloaded")
    await first.fill("#f-answer", "先保存的答案。")
    await first.get_by_role("button", name="保存", exact=True).click()
    await expect(first.locator(".done")).to_be_visible()
    await second.fill("#f-answer", "晚一步的答案。")
    await second.get_by_role("button", name="保存", exact=True).click()
    await expect(second.locator(".conflict")).to_be_focused()
    await _open(second, "查看最新内容")
    await expect(second.locator(".conflict")).to_contain_text("先保存的答案。")
    await expect(second.locator("#f-answer")).to_have_value("晚一步的答案。")
    await second.get_by_role("button", name="保存", exact=True).click()
    await expect(second.locator(".done")).to_have_text("已保存")


async def test_near_entries_are_shown_while_the_question_is_typed(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.EDITOR)
    known = desk.stage.hub.knowledge.snapshot.entries[2]
    await page.goto(f"{desk.url}/staff/entries/new", wait_until="domcontentloaded")
    await page.fill("#f-question", known.question)
    await expect(page.locator("#near .matches li").first).to_contain_text(known.question)
    await expect(page.locator("#near .matches li").first).to_contain_text("1.00")


def _answers(desk: Desk, question: str) -> bool:
    matches = desk.stage.hub.knowledge.snapshot.match(question, 1)
    return bool(matches) and matches[0].score >= 1


async def test_a_tried_question_says_word_by_word_why(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.EDITOR)
    await page.goto(f"{desk.url}/staff/entries/try", wait_until="domcontentloaded")
    await page.fill("#f-try", "驾驶本丢了怎么整")
    await page.get_by_role("button", name="试一试").click()
    pairs = page.locator(".matches li").first.locator(".pairs")
    await expect(pairs).to_contain_text("≈")
    await expect(pairs).to_contain_text("意思相同")
