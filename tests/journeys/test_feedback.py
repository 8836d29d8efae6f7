"""Citizens say whether an answer helped: once each, counted by the day; no number stands in the reason."""

from __future__ import annotations

import re

import aiohttp
import pytest

from hub.model.feedback import Verdict
from hub.model.tally import Tally
from hub.runtime.clock import day_of
from tests.world import World, browser

ENTRY = "id-card-lost"
PATH = f"/help/entry/{ENTRY}/feedback"
OURS = {"Sec-Fetch-Site": "same-origin"}


async def rate(
    hub: World,
    verdict: str,
    reason: str = "",
    *,
    by: aiohttp.ClientSession | None = None,
    status: int = 200,
    **more: str,
) -> str:
    form = {"verdict": verdict, "reason": reason, **more}
    async with (by or hub.http).post(f"{hub.url}{PATH}", data=form, headers=OURS) as answer:
        assert answer.status == status
        return await answer.text()


async def tally(hub: World) -> Tally:
    today = day_of(hub.hub.clock.now_ms())
    found = await hub.hub.repositories.knowledge.answer_counts.between(today, today)
    return sum(found.get(ENTRY, {}).values(), Tally())


async def test_an_opinion_counts_once_per_visitor_however_often_it_is_sent(hub: World) -> None:
    async with hub.http.get(f"{hub.url}/help/entry/{ENTRY}") as answer:
        assert "这个答案有用吗" in await answer.text()
    for _ in range(3):
        assert "谢谢，您评价为“有用”" in await rate(hub, "helpful")
    async with browser(hub.url) as another:
        await rate(hub, "helpful", by=another)
    assert await tally(hub) == Tally(helpful=2)


async def test_a_visitor_may_change_his_mind_and_say_why(hub: World) -> None:
    await rate(hub, "helpful")
    assert "哪里不对" in await rate(hub, "unhelpful")
    assert "您的说明已收到" in await rate(hub, "unhelpful", "窗口电话\n13800138000打不通")
    assert await tally(hub) == Tally(unhelpful=1)
    [feedback] = await hub.hub.repositories.knowledge.feedback.of_entry(ENTRY, limit=10)
    assert feedback.verdict is Verdict.UNHELPFUL
    assert feedback.reason == "窗口电话 ＊＊＊打不通"
    stored = await hub.hub.documents.get("feedback", feedback.id)
    assert stored is not None
    assert "打不通" not in repr(stored.body)
    await rate(hub, "helpful")
    [feedback] = await hub.hub.repositories.knowledge.feedback.of_entry(ENTRY, limit=10)
    assert feedback.reason == ""
    assert await tally(hub) == Tally(helpful=1)


async def test_an_answer_in_the_chat_is_rated_by_the_same_visitor(hub: World) -> None:
    async with hub.http.get(f"{hub.url}/chat"):
        pass
    said = {"text": "身份证掉了怎么办", "client_id": "12345678"}
    async with hub.http.post(f"{hub.url}/chat/messages", data=said, headers=OURS) as answer:
        page = await answer.text()
    assert f'action="{PATH}"' in page
    assert f'href="/help/entry/{ENTRY}"' in page
    assert "https://hub.test/help" not in page  # the link stands for the address in the text
    back = re.search(r'name="back" value="(chat-\d+)"', page)
    assert back
    assert "谢谢，您评价为“没用”" in await rate(hub, "unhelpful", back=back[1])
    assert "谢谢，您评价为“没用”" in await rate(hub, "unhelpful")
    assert await tally(hub) == Tally(unhelpful=1)


async def test_the_chats_script_gets_the_new_form_alone(hub: World) -> None:
    form = {"verdict": "helpful", "back": "chat-2"}
    headers = {**OURS, "X-Fragment": "1"}
    async with hub.http.post(f"{hub.url}{PATH}", data=form, headers=headers) as answer:
        text = await answer.text()
    assert text.lstrip().startswith("<form")
    assert "谢谢" in text


@pytest.mark.parametrize("back", ["//evil.example", "chat-", "chat-1/../x", "chat-" + "9" * 15])
async def test_the_way_back_is_never_to_another_site(hub: World, back: str) -> None:
    data = {"verdict": "helpful", "back": back}
    async with hub.http.post(f"{hub.url}{PATH}", data=data, headers=OURS, allow_redirects=False) as answer:
        assert answer.headers["Location"].startswith(("/help/entry/", "/chat#m-9"))


async def test_what_cannot_be_taken_is_said_and_changes_nothing(hub: World) -> None:
    assert "说明最多 100 个字" in await rate(hub, "unhelpful", "长" * 101, status=422)
    assert "请选择“有用”或“没用”" in await rate(hub, "excellent", status=422)
    async with hub.http.post(f"{hub.url}{PATH}", data={"verdict": "helpful"}) as answer:
        assert answer.status == 403  # no word of the browser that the form is ours
    async with hub.http.post(
        f"{hub.url}/help/entry/never/feedback", data={"verdict": "helpful"}, headers=OURS
    ) as answer:
        assert answer.status == 404
    assert await tally(hub) == Tally()


@pytest.mark.parametrize(
    ("reason", "told"),
    [("我要举报东城派出所民警张三收黑钱", "12389"), ("救命，有人拿刀砍人", "110")],
)
async def test_a_reason_that_belongs_elsewhere_is_not_kept_and_its_writer_is_told_where(
    hub: World, reason: str, told: str
) -> None:
    page = await rate(hub, "unhelpful", reason, status=422)
    assert re.search(rf'class="error[^>]*>.*?{told}', page, re.DOTALL)
    form, headers = {"verdict": "helpful", "reason": reason, "back": "chat-1"}, {**OURS, "X-Fragment": "1"}
    async with hub.http.post(f"{hub.url}{PATH}", data=form, headers=headers) as answer:
        assert answer.status == 422
        assert told in await answer.text()
    assert await hub.hub.repositories.knowledge.feedback.of_entry(ENTRY, limit=10) == []
    assert await tally(hub) == Tally()


async def test_one_address_cannot_vote_without_end(hub: World) -> None:
    statuses = set()
    for _ in range(70):
        async with browser(hub.url) as visitor:
            data = {"verdict": "unhelpful"}
            async with visitor.post(
                f"{hub.url}{PATH}", data=data, headers=OURS, allow_redirects=False
            ) as answer:
                statuses.add(answer.status)
    assert 429 in statuses
    assert (await tally(hub)).unhelpful < 70
