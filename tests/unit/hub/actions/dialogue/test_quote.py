"""What a mail says itself."""

import pytest

from hub.actions.dialogue.quote import above_the_quote, without_ours


@pytest.mark.parametrize(
    "below",
    [
        "> 您是不是想问：\n> 1. 身份证",
        "在 2026年11月22日 10:00，公安公众服务中心 写道：\n1. 身份证",
        "On Sun, Nov 22, 2026 at 10:00 AM service@hub.test wrote:\n1. 身份证",
        "------------------ 原始邮件 ------------------\n发件人: a",
        "发件人：公安公众服务中心\n主题：答复",
        "发自我的iPhone",
        "-- \n张三",
        "Sent from my phone",
        '---Original---\nFrom: "a"<service@hub.test>',
        "------------------&nbsp;原始邮件&nbsp;------------------",
        "---- 回复的原邮件 ----\n| 发件人 | a |",
        "---- Replied Message ----\n| From | a |",
        "----邮件原文----\n发件人：a",
        "-------- 原始信息 --------",
        "寄件者: a\n寄件日期: 2026年11月22日",
        "*发件人:* a",
        'At 2026-11-22 10:00:00, "a" <service@hub.test> wrote:',
        "2026年11月22日周日 10:00，a <service@hub.test> 写道：",
        "a <service@hub.test> 於 2026年11月22日 週日 10:00寫道：",
        "来自华为手机",
        "由 Honor 手机发送",
        "发自网易邮箱大师",
        "Sent from Mail for Windows",
    ],
)
def test_the_quotation_below_is_left_out(below: str) -> None:
    assert above_the_quote(f"2\n\n{below}") == "2"


LINES = ["日期：三月五日\n地点：东街", "来自河南的手机号打电话骗我", "从我的手机里转走三万", "——我的邮件丢了"]


@pytest.mark.parametrize("text", ["身份证丢了\n怎么补办", "> 只有引用", "", "我在现场，他写道歉信", *LINES])
def test_what_is_no_quotation_stays(text: str) -> None:
    assert above_the_quote(text) == text


OURS = "请马上拨打110。有人拿刀砍人的，先躲起来。不方便说话请发短信到12110。"


@pytest.mark.parametrize(
    "quotation",
    [
        f"> {OURS}",
        "> 请马上拨打110。有人拿\n> 刀砍人的，先躲起来。\n>> 不方便说话请发短信到12110。",
        "> 有人拿刀砍人的，先躲起来。",
    ],
)
def test_our_own_words_are_taken_out_of_a_quotation(quotation: str) -> None:
    assert "刀" not in without_ours(quotation, [OURS])


def test_what_somebody_else_wrote_stays() -> None:
    assert "有人拿刀砍我" in without_ours(f"> {OURS}\n> > 有人拿刀砍我", [OURS])
    assert "拿刀" in without_ours(f"> {OURS}", [])
