"""Nobody is sent away from a page without the emergency number; below danger nothing is asked."""

from __future__ import annotations

import re
import secrets

import pytest

from channels.contract import ChannelKind
from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Role
from tests.journeys.talking import Talker, slotted, teach
from tests.journeys.test_chat import open_chat, stream
from tests.journeys.test_petition import post, start
from tests.world import World

OURS = {"Sec-Fetch-Site": "same-origin"}
MATTER = "楼下烧烤店每天深夜占道经营没有人管"
BUBBLE = re.compile(r'<div class="bubble bubble-(\w+)" id="m-\d+".*?\n</div>', re.S)
LINE = re.compile(r'<p class="call-110"><a class="call-110-link" href="tel:110">.*?</a></p>', re.S)

PANEL = re.compile(r'<section class="red-panel" role="alert">.*?</section>', re.S)


def panels(html: str) -> list[str]:
    """Each red panel."""
    return PANEL.findall(html)


def numbers(panel: str) -> list[str]:
    """What can be pressed in one, in order."""
    return re.findall(r'href="((?:tel|sms):\d+)"', panel)


def lines(html: str) -> list[str]:
    """What each 110 line says."""
    return [re.sub(r"<[^>]+>", "", line).strip() for line in LINE.findall(html)]


def bubbles(html: str) -> list[str]:
    """What the hub said, each with everything below it."""
    return [found[0] for found in BUBBLE.finditer(html) if found[1] != "own"]


async def say(hub: World, text: str, **headers: str) -> str:
    """What the page's script gets back."""
    form = {"text": text, "client_id": secrets.token_hex(16), "after": "0"}
    sent = {**OURS, "X-Fragment": "1", **headers}
    async with hub.http.post(f"{hub.url}/chat/messages", data=form, headers=sent) as answer:
        assert answer.status == 200
        return await answer.text()


async def page(hub: World, path: str, **headers: str) -> str:
    async with hub.http.get(f"{hub.url}{path}", headers=headers) as answer:
        return await answer.text()


async def ask(hub: World, question: str) -> str:
    async with hub.http.post(f"{hub.url}/ask", data={"question": question}, headers=OURS) as answer:
        return await answer.text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MATTER, "已登记"),
        ("转人工", "已为您转交人工"),
        ("我要举报东城派出所民警收黑钱", "已登记"),
        ("身份证", "您是不是想问"),
        ("体检合格证明多久提交一次", "您是哪种准驾车型"),
    ],
)
async def test_a_receipt_and_a_list_of_choices_carry_the_number_once(
    hub: World, text: str, told: str
) -> None:
    teach(hub, slotted())
    await open_chat(hub)
    at_once = await say(hub, text)
    async with stream(hub, after=1) as events:
        _, streamed = await events.next()
    reloaded = await page(hub, "/chat")
    for html in (at_once, streamed, reloaded):
        [bubble] = bubbles(html + "\n")
        assert told in bubble
        assert lines(bubble) == ["紧急请拨打110"]
        assert len(re.findall(r"(?<!\d)110(?!\d)", re.sub(r"<[^>]+>", "", bubble))) == 1
        assert "这个答案有用吗" not in bubble


async def test_the_number_stands_below_number_and_code(hub: World) -> None:
    await open_chat(hub)
    [receipt] = bubbles(await say(hub, MATTER))
    assert re.search(r"查询编号\d{14}，查询码\d{8}.*tel:110", receipt, re.S)


async def test_the_line_is_in_the_language_of_the_page(hub: World) -> None:
    await open_chat(hub)
    [bubble] = bubbles(await say(hub, MATTER, **{"Accept-Language": "en"}))
    assert lines(bubble) == ["In an emergency call 110"]
    english = await page(hub, "/chat", **{"Accept-Language": "en"})
    assert lines(english) == ["In an emergency call 110"]


async def test_it_stays_below_the_choices_after_one_was_taken(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "身份证")
    await say(hub, "1")
    choices, answer = bubbles(await page(hub, "/chat"))
    assert lines(choices) == ["紧急请拨打110"]
    assert lines(answer) == []
    assert "这个答案有用吗" in answer


@pytest.mark.parametrize(
    "text", ["短信报警收费吗", "家暴告诫书有什么用", "C1体检合格证明多久提交一次，我已经报警了"]
)
async def test_below_a_word_of_danger_nothing_is_asked(hub: World, text: str) -> None:
    teach(hub, slotted())
    await open_chat(hub)
    [bubble] = bubbles(await say(hub, text))
    assert 'class="bubble-source"' in bubble or "六年" in bubble  # it is answered
    assert lines(bubble) == ["紧急请拨打110"]
    reloaded = await page(hub, "/chat")
    assert lines(reloaded) == ["紧急请拨打110"]
    assert "这个答案有用吗" not in reloaded


@pytest.mark.parametrize("kind", [ChannelKind.CHAT, ChannelKind.SMS, ChannelKind.MAIL])
async def test_no_value_is_asked_for_below_a_word_of_danger(hub: World, kind: ChannelKind) -> None:
    teach(hub, slotted())
    citizen = Talker(hub, kind)
    said = await citizen.say("已经报警了，体检合格证明多久提交一次")
    assert said.startswith("看准驾车型")
    assert "您是哪种" not in said
    assert "110" not in said


async def test_a_text_message_and_a_mail_stay_as_they_are(hub: World) -> None:
    for number, text in enumerate((MATTER, "身份证", "转人工", "短信报警收费吗"), 1):
        assert "紧急请拨打110" not in await Talker(hub, ChannelKind.MAIL, str(number)).say(text)
        texter = Talker(hub, ChannelKind.SMS, str(number))
        assert "紧急请拨打110" not in await texter.say(text)
        assert [m.with_110 for m in await texter.messages()] == [False, False]


@pytest.mark.parametrize("kind", ["complaint", "report"])
@pytest.mark.parametrize("anonymous", ["no", "yes"])
async def test_the_receipt_of_a_petition_carries_it(hub: World, kind: str, anonymous: str) -> None:
    _, done = await post(hub, "/petition/submit", {**await start(hub, kind), "anonymous": anonymous})
    assert lines(done) == ["紧急请拨打110"]
    assert done.index('id="code"') < done.index("call-110")
    _, forgotten = await post(hub, "/petition/forget", {})
    assert lines(forgotten) == ["紧急请拨打110"]


@pytest.mark.parametrize(
    "question",
    [
        "身份证",
        "转人工",
        "我要举报东城派出所民警收黑钱",
        "今天天气真好我们去爬山吧下午三点集合",
        "身份证丢了怎么补办",
    ],
)
async def test_what_a_question_leads_to_carries_it(hub: World, question: str) -> None:
    assert lines(await ask(hub, question)) == ["紧急请拨打110"]
    assert lines(await page(hub, f"/help?q={question}")) == ["紧急请拨打110"]


async def test_a_call_for_help_on_a_page_has_its_own_words(hub: World) -> None:
    for found in (await ask(hub, "救命 有人在砸门"), await page(hub, "/help?q=救命 有人在砸门")):
        [panel] = panels(found)
        assert numbers(panel) == ["tel:110", "sms:12110"]
        assert "说清在哪里" in panel
        assert lines(found) == []


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        ("救命 有人在砸门", ["tel:110", "sms:12110"]),
        ("救命 楼下着火了", ["tel:119", "tel:110", "sms:12110"]),
        ("救命 老人晕倒了没有呼吸", ["tel:120", "tel:110", "sms:12110"]),
        ("救命 这里出车祸了", ["tel:110", "tel:122", "tel:120", "sms:12110"]),
        ("救命 刚把三万块钱转给骗子了", ["tel:110", "tel:96110", "sms:12110"]),
        ("我不想活了", ["tel:12356", "tel:120", "tel:110", "sms:12110"]),
    ],
)
async def test_the_red_panel_is_the_same_on_every_page_and_says_what_to_press(
    hub: World, text: str, pressed: list[str]
) -> None:
    await open_chat(hub)
    at_once = await say(hub, text)
    async with stream(hub, after=1) as events:
        _, streamed = await events.next()
    pages = (
        at_once,
        streamed,
        await page(hub, "/chat"),
        await ask(hub, text),
        await page(hub, f"/help?q={text}"),
    )
    shown = []
    for html in pages:
        [panel] = panels(html)
        assert numbers(panel) == pressed
        shown.append(re.sub(r"<form.*?</form>|<[^>]+>|\s", "", panel, flags=re.S))
        assert lines(html) == []
    assert len(set(shown)) == 1
    assert ("请求紧急止付" in shown[0]) == ("tel:96110" in pressed)


async def test_danger_is_answered_every_time(hub: World) -> None:
    await open_chat(hub)
    await say(hub, "救命 有人在砸门")
    await say(hub, "救命 他还在砸门")
    assert len(panels(await page(hub, "/chat"))) == 2


async def test_who_says_that_it_is_no_emergency_is_noted_and_the_case_stays(hub: World) -> None:
    await open_chat(hub)
    told = await say(hub, "救命 有人在砸门")
    assert 'name="text" value="这不是紧急情况"' in told
    answer = await say(hub, "这不是紧急情况")
    assert "已记下" in answer
    assert lines(answer) == ["紧急请拨打110"]
    handler = await hub.agent(Role.HANDLER)
    reads = hub.hub.actions.read_cases
    queue = hub.hub.actions.read_queue
    [row] = (await queue.page(handler, view=QueueView.EMERGENCY)).rows
    view = await reads.open(handler, row.case.id)
    assert [item.kind for item in view.timeline if item.kind == "not_emergency"] == ["not_emergency"]
    assert "这不是紧急情况" in [item.text for item in view.timeline]


async def test_a_denial_without_an_emergency_is_a_text_like_any_other(hub: World) -> None:
    await open_chat(hub)
    assert "已记下" not in await say(hub, "这不是紧急情况")


async def test_a_petition_shows_the_panel_before_it_is_sent_and_notes_a_denial(hub: World) -> None:
    form = await start(hub)
    danger = {**form, "body": "昨天有人拿刀砍门，救命，我一直躲在家里不敢出去。"}
    _, checked = await post(hub, "/petition/check", danger)
    [panel] = panels(checked)
    assert numbers(panel) == ["tel:110", "sms:12110"]
    assert 'name="no_emergency"' in checked
    _, calm = await post(hub, "/petition/check", form)
    assert (panels(calm), "no_emergency" in calm) == ([], False)
    await post(hub, "/petition/submit", {**danger, "no_emergency": "yes"})
    handler = await hub.agent(Role.HANDLER)
    reads = hub.hub.actions.read_cases
    queue = hub.hub.actions.read_queue
    [row] = (await queue.page(handler, view=QueueView.EMERGENCY)).rows
    view = await reads.open(handler, row.case.id)
    assert [item.kind for item in view.timeline if item.kind == "not_emergency"] == ["not_emergency"]
