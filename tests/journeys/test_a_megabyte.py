"""A megabyte instead of a question, on every way in: refused in clear words, or looked at in part."""

from __future__ import annotations

import secrets
from io import BytesIO
from urllib.parse import urlencode

import pytest
from yarl import URL

from hub.web.pages.citizen.chat_form import TEXT_CHARS
from tests.journeys.talking import queue
from tests.journeys.test_chat import SAME_ORIGIN
from tests.journeys.test_mail import hand_over, letter
from tests.world import World

MEGABYTE = 1_000_000
TEXTS = {
    "words": "身份证丢了" * (MEGABYTE // 15),
    "letters": "c1" * (MEGABYTE // 2),
    "terminal": "\x1b[31m" * (MEGABYTE // 5),
    "grows eighteen times": "\ufdfa" * (MEGABYTE // 3),
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def form(**fields: str) -> BytesIO:
    return BytesIO(urlencode(fields).encode())


async def test_the_chat_and_the_form_refuse_it_with_a_page(hub: World) -> None:
    await hub.http.get(f"{hub.url}/chat")
    for path, field in (("/chat/messages", "text"), ("/ask", "question")):
        body = form(**{field: TEXTS["words"], "client_id": secrets.token_hex(16)})
        async with hub.http.post(f"{hub.url}{path}", data=body, headers=SAME_ORIGIN | FORM) as answer:
            assert answer.status == 413
            assert "内容太大" in await answer.text()
    assert await hub.hub.documents.count("messages", {}) == {"": 0}


async def test_the_chat_says_how_much_may_be_written(hub: World) -> None:
    await hub.http.get(f"{hub.url}/chat")
    body = form(text="\ufdfa" * (TEXT_CHARS + 1), client_id=secrets.token_hex(16))
    async with hub.http.post(f"{hub.url}/chat/messages", data=body, headers=SAME_ORIGIN | FORM) as answer:
        assert str(TEXT_CHARS) in await answer.text()
    assert await hub.hub.documents.count("messages", {}) == {"": 0}


@pytest.mark.parametrize("path", ["sms-12110/sms", "voice-12389/call"])
async def test_a_webhook_refuses_it_before_it_is_read(hub: World, path: str) -> None:
    body = form(Body=TEXTS["words"], SpeechResult=TEXTS["words"])
    async with hub.http.post(f"{hub.url}/webhooks/twilio/{path}", data=body, headers=FORM) as answer:
        assert answer.status == 413
        assert await answer.text() == "too large"


async def test_the_search_refuses_an_address_of_a_megabyte(hub: World) -> None:
    address = URL(f"{hub.url}/help?q={'a' * MEGABYTE}", encoded=True)
    async with hub.http.get(address) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_a_letter_is_taken_in_and_waits_for_a_person(hub: World, text: str) -> None:
    await hand_over(hub, letter(text.replace("\x1b", "") + "\n"))
    [case] = await queue(hub)
    assert case.title == "小区路灯"
