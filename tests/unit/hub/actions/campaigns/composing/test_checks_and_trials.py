"""What is found before a campaign leaves, the words an office watches for, and trial sends."""

from __future__ import annotations

import asyncio

import pytest

from campaigns.finding import Level
from campaigns.text_checks import CARD, UNKNOWN_LINK
from channels.address import phone
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.suppression import INVALID, rules_against
from hub.actions.campaigns.composing.check_campaign import INSTEAD_WHY, WATCHED
from hub.actions.campaigns.composing.send_trial import HOUR_MS
from hub.actions.campaigns.composing.watch_words import WordLine, lines_of
from hub.runtime.errors import Invalid
from tests.unit.hub.actions.campaigns.composing.writing_room import (
    WritingRoom,
    draft,
    writer,
    writing_room,
)


@pytest.fixture
async def room() -> WritingRoom:
    made = writing_room(link_hosts=("gov.cn",))
    await made.people("张三")
    return made


async def rows(room: WritingRoom) -> list[Delivery]:
    ids = [stored.id async for stored in room.documents.scan("outbox")]
    return [leased.delivery for leased in (await room.stores.outbox.reread(ids)).values()]


# -- checks ------------------------------------------------------------------------------------------


async def test_every_text_that_leaves_is_checked_and_no_other(room: WritingRoom) -> None:
    texts = draft(template="请看 https://a.gov.cn/b", title="卡6222021234567890128", web_text="上 x.com 看")
    assert await room.checks(texts) == ()
    found = await room.checks(
        draft(template=texts.template, title=texts.title, web_text=texts.web_text, public=True)
    )
    assert [(one.field, one.level, one.text) for one in found] == [
        ("title", Level.BLOCK, CARD),
        ("web_text", Level.WARN, UNKNOWN_LINK),
    ]
    assert [one.text for one in await room.checks.blocks(draft(title=texts.title, public=True))] == [CARD]


async def test_a_text_that_is_wrong_blocks(room: WritingRoom) -> None:
    (found,) = await room.checks.blocks(draft(template="{name}好"))
    assert (found.field, "缺少备用文字" in str(found)) == ("template", True)
    (found,) = await room.checks.blocks(draft(template="{name|您}" + "字" * 499 + "{city|本市}"))
    assert "最多 500 字" in str(found)


async def test_a_text_of_more_parts_than_the_carrier_takes_is_refused(room: WritingRoom) -> None:
    tight = writing_room()
    await tight.people("张三")
    text = "{name|您}" + "{city|本市}" * 20 + "字" * 250
    with pytest.raises(Invalid) as refused:
        await tight.write.create(writer(), draft(template=text))
    assert refused.value.problems["template"] == "填入姓名等内容后最多要 11 条短信，运营商最多收 8 条"
    assert (await tight.stores.campaigns.page()).campaigns == ()


async def test_words_of_the_office_are_found_however_they_are_typed(room: WritingRoom) -> None:
    await room.words.put(
        writer("boss"),
        [
            WordLine("中奖", Level.BLOCK, "像诈骗短信", "获得奖励"),
            WordLine("ＶＩＰ", Level.WARN),
        ],
    )
    found = await room.checks(draft(template="恭喜中 奖，vip请看"))
    watched = [one for one in found if one.text in (INSTEAD_WHY, WATCHED)]
    assert [(one.level, str(one)) for one in watched] == [
        (Level.BLOCK, "含有“中奖”：像诈骗短信，请改为“获得奖励”"),
        (Level.WARN, "含有“ＶＩＰ”"),
    ]
    await room.words.remove("中奖")
    assert await room.checks.blocks(draft(template="恭喜中奖")) == ()


async def test_the_list_of_words_goes_out_and_comes_back_the_same(room: WritingRoom) -> None:
    lines = [WordLine("中奖", Level.BLOCK, "像诈骗，请改", '写"奖励"'), WordLine("转账", Level.WARN)]
    await room.words.put(writer(), lines)
    there = await room.words.every()
    assert [(one.word, one.level) for one in there] == [("中奖", Level.BLOCK), ("转账", Level.WARN)]
    await room.words.put(writer("b"), lines_of(await room.words.as_csv()))
    again = await room.words.every()
    assert [(one.word, one.level, one.reason, one.replacement) for one in again] == [
        (one.word, one.level, one.reason, one.replacement) for one in there
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("中奖,禁止\n转账,也许", "第 2 行的级别应为“禁止”或“提醒”"),
        ("中奖\n" + "长" * 21, "第 2 行有误；请填写要留意的词，最多 20 个字"),
        ("=1+1,提醒", "第 1 行有误；不能以等号开头，导出后会被当成公式"),
        (" \n", "请每行写一个词，例如：中奖,禁止,像诈骗短信,"),
    ],
)
async def test_a_wrong_line_is_named_and_no_line_is_taken(room: WritingRoom, text: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        await room.words.put(writer(), lines_of(text))
    assert refused.value.problems == {"lines": problem}
    assert await room.words.every() == []


# -- trials ------------------------------------------------------------------------------------------


async def test_a_trial_says_what_will_leave_and_stands_in_the_outbox_as_one(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft(template="{name|您}好，{city|本市}提醒您。"))
    await room.trials.register(writer(), "王小红", "138 0000 1234")
    (number,) = await room.trials.numbers(made)
    (trial,) = await room.trials(writer("a2"), made.id, [number.id, "somebody else"])
    (row,) = await rows(room)
    assert (row.text, row.recipient) == (
        "【福建公安】王小明好，榕城市提醒您。拒收请回复R",
        phone("13800001234"),
    )
    assert (row.origin, row.lane, row.campaign_id) == (Origin.TRIAL, 1, "")
    assert rules_against(row) == ((row.recipient_key, INVALID),)
    assert (trial.by, trial.shown, trial.parts) == ("a2", "王小红 138****1234", 1)
    assert await room.trials.of_campaign(made.id) == [(trial, DeliveryState.READY)]


async def test_a_number_is_stored_sealed_and_once(room: WritingRoom) -> None:
    await room.trials.register(writer(), "王小红", "13800001234")
    for wrong, field in (
        ("+86 13800001234", "address"),
        ("0591-87654321", "address"),
        ("12345", "address"),
        ("110", "address"),
        ("abc", "address"),
    ):
        with pytest.raises(Invalid) as refused:
            await room.trials.register(writer(), "李四", wrong)
        assert set(refused.value.problems) == {field}
    stored = [str(one.body) async for one in room.documents.scan("trial_numbers")]
    assert len(stored) == 1
    assert "13800001234" not in stored[0]
    assert "王小红" not in stored[0]
    (number,) = await room.trials.numbers()
    await room.trials.forget(number.id)
    assert await room.trials.numbers() == []


async def test_only_numbers_of_the_channel_are_offered(room: WritingRoom) -> None:
    await room.trials.register(writer(), "王", "13800001234")
    await room.trials.register(writer(), "李", "Li@Example.com")
    mail = await room.write.create(
        writer(), draft(channel="mail", title="提醒", message_class=MessageClass.L)
    )
    (number,) = await room.trials.numbers(mail)
    await room.trials(writer(), mail.id, [number.id])
    (row,) = await rows(room)
    assert (row.recipient.value, row.title, row.text) == (
        "li@example.com",
        "提醒",
        "请不要给不认识的人转钱。",
    )


async def test_an_hour_has_only_so_many_whoever_sends_at_once(room: WritingRoom) -> None:
    made = await room.write.create(writer(), draft())
    await room.trials.register(writer(), "王", "13800001234")
    await room.trials.register(writer(), "李", "13800001235")
    ids = [number.id for number in await room.trials.numbers()]
    results = await asyncio.gather(
        *(room.trials(writer(f"a{place}"), made.id, ids) for place in range(3)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, Invalid)]
    assert [one.problems for one in refused] == [
        {"numbers": "每小时最多发送 4 条测试，本小时已发 4 条，请稍后再试"}
    ]
    assert len(await rows(room)) == 4
    room.clock.at += HOUR_MS
    assert len(await room.trials(writer(), made.id, ids)) == 2
    with pytest.raises(Invalid):
        await room.trials(writer(), made.id, [])
