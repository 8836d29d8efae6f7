"""The public pages of the knowledge base in a browser: with and without script, on paper, in large text."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.running_site import RunningSite
from tests.web.watched import View, Visitor, overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("citizen browser")]

ENTRY = "/help/entry/id-card-first"


@pytest.mark.parametrize("script", [True, False])
async def test_from_the_first_page_to_an_answer_and_an_opinion(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await page.goto(site.url)
    await page.get_by_role("link", name="按业务查看全部问答").click()
    await page.get_by_role("link", name="户政").click()
    await expect(page.locator("h1")).to_have_text("户政")
    await page.locator(f"a[href='{ENTRY}']").click()
    await page.get_by_role("button", name="没用").click()
    await page.fill("#f-reason", "没有写要带什么")
    await page.press("#f-reason", "Enter")
    await expect(page.locator(".feedback")).to_contain_text("您的说明已收到")
    await page.reload()
    await expect(page.locator(".feedback")).to_contain_text("您的说明已收到")


@pytest.mark.parametrize("script", [True, False])
async def test_an_answer_in_the_chat_is_rated_in_place(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await page.goto(f"{site.url}/chat", wait_until="domcontentloaded")
    await page.fill("#f-text", "身份证丢了怎么补办")
    await page.click("#chat-form button[type=submit]")
    await page.locator(".bubble-robot[data-seq] .feedback [value=helpful]").click()
    await expect(page.locator(".feedback [role=status]")).to_contain_text("谢谢")
    assert page.url.split("#")[0] == f"{site.url}/chat"
    if script:
        assert await violations(page) == []


async def test_a_kept_page_is_shown_again_without_a_word_of_complaint(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page()
    statuses: list[int] = []
    page.on(
        "response", lambda answer: statuses.append(answer.status) if answer.url.endswith("/help") else None
    )
    await page.goto(f"{site.url}/help")
    await page.goto(f"{site.url}/track")
    await page.goto(f"{site.url}/help")
    await expect(page.locator("html.scripted")).to_have_count(1)  # its script ran with the kept nonce
    assert len(statuses) == 2


async def test_a_topic_on_paper_has_every_answer_and_nothing_to_press(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page(width=1280)
    await page.goto(f"{site.url}/help/户政")
    questions = await page.locator(".help-service .line-item").count()
    await expect(page.locator(".help-printed").first).to_be_hidden()
    await page.emulate_media(media="print")
    await expect(page.locator(".help-printed").first).to_be_visible()
    assert await page.locator(".help-printed").count() == questions
    assert await page.locator("form:visible, .masthead nav:visible, .help-service a:visible").count() == 0
    await expect(page.locator(".page-head .print-only")).to_contain_text("打印于")


@pytest.mark.parametrize("view", ["dark", "elder"])
async def test_a_search_with_marked_words_can_be_read_in_every_view(
    visitor: Visitor, site: RunningSite, view: View
) -> None:
    page = await visitor.page(view=view)
    await page.goto(f"{site.url}/help")
    await page.fill("#f-q", "旧证")
    await page.press("#f-q", "Enter")
    await expect(page.locator("mark").first).to_have_text("旧证")
    assert await violations(page) == []
    assert await overflow(page) == 0
