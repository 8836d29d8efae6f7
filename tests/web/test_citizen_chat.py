"""The web chat: live, without script, with an input method, and over a line that breaks."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, Route, expect

from channels.address import Address, AddressKind
from channels.contract import ChannelKind, InboundMessage
from hub.model.conversation import Direction, Message
from hub.runtime.ids import derived_id
from hub.web.pages.citizen import chat_stream
from tests.web.running_site import RunningSite
from tests.web.watched import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("citizen browser")]

SURE = "身份证丢了怎么补办"


async def open_chat(page: Page, site: RunningSite) -> str:
    """The chat page; returns the browser's token."""
    await page.goto(f"{site.url}/chat", wait_until="domcontentloaded")
    cookies = await page.context.cookies()
    return next(str(cookie.get("value")) for cookie in cookies if cookie.get("name") == "__Host-hub-chat")


async def stored(site: RunningSite, token: str) -> list[Message]:
    conversation = chat_stream.conversation_id(site.hub, token)
    return await site.hub.repositories.conversations.messages(conversation)


async def say_elsewhere(site: RunningSite, token: str, text: str) -> None:
    """The same citizen, from another window: what this page has to be told."""
    address = Address(AddressKind.CHAT, derived_id("chat", token))
    await site.hub.actions.accept_event(
        InboundMessage(
            channel="web-chat",
            kind=ChannelKind.CHAT,
            provider_id=derived_id(token, text),
            sender=address,
            recipient="web-chat",
            text=text,
            received_at=site.hub.clock.now_ms(),
        )
    )


async def test_a_question_is_answered_on_the_page(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await open_chat(page, site)
    await page.fill("#f-text", SURE)
    await page.press("#f-text", "Enter")
    await expect(page.locator("#m-1")).to_contain_text(SURE)
    await expect(page.locator("#m-2 .bubble-source")).to_contain_text("来源")
    await expect(page.locator(".bubble-waiting")).to_have_count(0)
    await expect(page.locator("#f-text")).to_have_value("")


async def test_an_answer_longer_than_the_log_is_read_from_its_beginning(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page(view="elder")
    token = await open_chat(page, site)
    await page.fill("#f-text", SURE)
    await page.press("#f-text", "Enter")
    first = page.locator("#m-2 .bubble-who")
    await expect(first).to_be_in_viewport()
    await say_elsewhere(site, token, "身份证到期了怎么换领")
    await expect(page.locator("#m-4 .bubble-who")).to_be_in_viewport()
    await page.reload(wait_until="domcontentloaded")
    await expect(page.locator("#m-4 .bubble-who")).to_be_in_viewport()


async def test_an_unclear_question_offers_choices_to_press(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await open_chat(page, site)
    await page.fill("#f-text", "身份证")
    await page.press("#f-text", "Enter")
    choice = page.locator("#m-2 .chip").first
    question = (await choice.inner_text()).strip()
    await expect(page.locator("#m-2 a[href='tel:110']")).to_be_in_viewport()
    await choice.click()
    await expect(page.locator("#m-3 .bubble-text")).to_have_text(question)
    await expect(page.locator("#m-4 .bubble-source")).to_be_visible()
    await expect(page.locator("#m-2 .chip")).to_have_count(0)
    await expect(page.locator("#m-2 a[href='tel:110']")).to_have_text("紧急请拨打110")
    await expect(page.locator("#m-4 a[href='tel:110']")).to_have_count(0)


async def test_a_choice_pressed_by_keyboard_leaves_the_focus_in_the_talk(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page()
    await open_chat(page, site)
    await page.locator("#chat-welcome-topics .chip").first.press("Enter")
    await expect(page.locator("#m-2")).to_be_visible()
    await expect(page.locator("#chat-welcome-topics")).to_have_count(0)
    await expect(page.locator("#chat-log")).to_be_focused()
    await page.fill("#f-text", "身份证")
    await page.press("#f-text", "Enter")
    await page.locator("#m-4 .chip").first.press("Enter")
    await expect(page.locator("#m-6")).to_be_visible()
    await expect(page.locator("#chat-log")).to_be_focused()


async def test_without_script_the_same_talk_is_a_page(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(script=False)
    await open_chat(page, site)
    await page.fill("#f-text", SURE)
    await page.get_by_role("button", name="发送").click()
    await expect(page.locator("#m-2 .bubble-source")).to_be_visible()
    assert page.url.startswith(f"{site.url}/chat#")
    await page.get_by_role("button", name="转人工").click()
    await expect(page.locator("#m-4")).to_contain_text("查询编号")
    await expect(page.locator("#m-4 a[href='tel:110']")).to_have_text("紧急请拨打110")


async def test_what_is_said_elsewhere_appears_by_itself(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    token = await open_chat(page, site)
    await say_elsewhere(site, token, SURE)
    await expect(page.locator("#m-2")).to_be_visible()


async def test_a_broken_line_loses_and_doubles_nothing(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(expected_status=(503,))
    token = await open_chat(page, site)
    await page.fill("#f-text", SURE)
    await page.press("#f-text", "Enter")
    await expect(page.locator("#m-2")).to_be_visible()

    # The answer to a message is lost after the server has taken it, and the line stays dead a while.
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            await route.fetch()
        if lost <= 2:
            await route.fulfill(status=503, body="")
        else:
            await route.continue_()

    await page.route("**/chat/messages", lose)
    await page.fill("#f-text", "怎样办理居住证")
    await page.press("#f-text", "Enter")
    await expect(page.locator("#chat-state")).to_contain_text("消息不会丢")
    await say_elsewhere(site, token, "转人工")
    await expect(page.locator(".bubble-waiting")).to_have_count(0, timeout=15_000)
    kept = await stored(site, token)
    assert [message.text for message in kept if message.direction is Direction.IN].count(
        "怎样办理居住证"
    ) == 1
    await expect(page.locator(f"#m-{kept[-1].seq}")).to_be_visible()
    shown = [
        int(await item.get_attribute("data-seq") or 0) for item in await page.locator("[data-seq]").all()
    ]
    assert sorted(shown) == [message.seq for message in kept]
    assert len(set(shown)) == len(shown)


async def test_enter_does_not_send_half_composed_pinyin(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    token = await open_chat(page, site)
    await page.locator("#f-text").focus()
    keyboard = await page.context.new_cdp_session(page)
    await keyboard.send(
        "Input.imeSetComposition", {"text": "shenfen", "selectionStart": 7, "selectionEnd": 7}
    )
    await keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    await keyboard.send("Input.insertText", {"text": "身份证丢了怎么补办"})
    assert await stored(site, token) == []
    await page.press("#f-text", "Enter")
    await expect(page.locator("#m-1")).to_contain_text(SURE)


async def test_shift_enter_starts_a_new_line(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    token = await open_chat(page, site)
    await page.fill("#f-text", "一")
    await page.press("#f-text", "Shift+Enter")
    await page.keyboard.type("二")
    await expect(page.locator("#f-text")).to_have_value("一\n二")
    assert await stored(site, token) == []


async def test_markup_is_shown_as_text(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await open_chat(page, site)
    text = "<img src=x onerror=alert(1)><b>粗</b> 转人工"
    await page.fill("#f-text", text)
    await page.press("#f-text", "Enter")
    await expect(page.locator("#m-1 .bubble-text")).to_have_text(
        "<img src=x onerror=alert(1)><b>粗</b> 转人工"
    )
    await expect(page.locator("#m-1 b, #m-1 img")).to_have_count(0)
