"""What a text of the police should not hold, found however it is typed."""

from __future__ import annotations

import pytest

from campaigns.finding import Finding, Level
from campaigns.readability import HARD_WORD, LETTERS, LONG_SENTENCE, hints
from campaigns.text_checks import (
    CARD,
    HIDDEN_LINK,
    IDENTITY,
    MOBILE,
    OLD_YEAR,
    PLAIN_LINK,
    SHORT_LINK,
    UNKNOWN_LINK,
    UNKNOWN_NUMBER,
    check_text,
)


def found(text: str, **known: tuple[str, ...]) -> list[str]:
    return [one.text for one in check_text("template", text, year=2026, **known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("点击 t.cn/A6xyz 查看", [SHORT_LINK]),
        ("点击ｈｔｔｐｓ：／／ｔ．ｃｎ／Ａ6查看", [SHORT_LINK]),
        ("登录http://gat.fujian.gov.cn查询", [PLAIN_LINK]),
        ("登录 https://www.fujian.gov.cn/a?b=1，谢谢", []),
        ("登录 https://fujian.gov.cn.evil.com/a", [UNKNOWN_LINK]),
        ("登录 https://gov.cn@evil.com/a", [HIDDEN_LINK]),
        ("登录 https://120.3.4.5/a", [HIDDEN_LINK]),
        ("写信到 zx@fjga.gov.cn", []),
        ("今年第3.5版，共1.2万人", []),
    ],
)
def test_a_link_is_judged_by_where_it_ends(text: str, expected: list[str]) -> None:
    assert found(text, hosts=("fujian.gov.cn",)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "身份证350102199001011234",
        "号码 350102 19900101 123X 。",
        "３５０１０２１９９００１０１１２３４",
        "旧证350102900101123",
    ],
)
def test_an_identity_number_blocks_however_it_is_typed(text: str) -> None:
    assert check_text("title", text, year=2026) == (Finding("title", Level.BLOCK, IDENTITY),)


def test_a_card_number_blocks_and_a_number_that_is_none_does_not() -> None:
    assert found("卡号 6222 0212 3456 7890 128") == [CARD]
    assert CARD not in found("编号 6222 0212 3456 7890 129")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请拨打110，或发短信到12110，反诈96110", []),
        ("联系民警 138-0013-8000", [MOBILE]),
        ("联系民警+8613800138000。", [MOBILE]),
        ("电话0591-87654321", []),
        ("电话0591-87654322", [UNKNOWN_NUMBER]),
        ("客服400-123-4567", [UNKNOWN_NUMBER]),
        ("电力热线95598", [UNKNOWN_NUMBER]),
        ("请拨打 113 报警", [UNKNOWN_NUMBER]),
        ("最高罚款10000元，11月20日截止，共12000人", []),
    ],
)
def test_a_number_is_told_unless_the_office_knows_it(text: str, expected: list[str]) -> None:
    assert found(text, numbers=("0591-87654321",)) == expected


def test_a_text_of_another_year_is_told() -> None:
    assert found("2025年消防宣传月") == [OLD_YEAR]
    assert found("2026年消防宣传月，办证编号20250101") == []


def test_what_blocks_comes_first_and_each_thing_once() -> None:
    both = check_text("template", "致电95598，再致电95598，点 t.cn/a", year=2026)
    assert [one.level for one in both] == [Level.BLOCK, Level.WARN]
    assert str(both[1]) == "电话 95598 不在本单位认可的号码之内，请确认没有写错"


def test_hints_name_the_long_sentence_the_hard_word_and_the_letters() -> None:
    text = "切勿" + "很" * 41 + "。请看PPT和APP。"
    assert [one.text for one in hints("template", text)] == [LONG_SENTENCE, HARD_WORD, LETTERS]
    assert hints("template", "{name|您}好，请小心骗子。") == ()
    assert (
        hints("template", "Please do not open the door to anybody who says that he is from the bank. OK")
        == ()
    )
