"""Which language a reader gets, and how times and numbers are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from campaigns.said import Said
from hub.runtime.clock import to_ms
from hub.web.i18n import Catalogues, Language, Translator, format_number, format_when, msgid, pick_language

CATALOGUES = Catalogues.load()
NOW = to_ms(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))  # 16:00 in China


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        (None, "", Language.ZH),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        (None, "en-GB,en;q=0.9", Language.EN),
        (None, "en;q=0.5,zh;q=0.9", Language.ZH),
        (None, "fr,de;q=0.7", Language.ZH),
        (None, "fr,en;q=0.7,zh;q=0.3", Language.EN),
        (None, "en;q=0", Language.ZH),
        (None, "en;q=broken", Language.ZH),
        ("en", "zh-CN", Language.EN),
        ("zh", "en", Language.ZH),
        ("xx", "en", Language.EN),
    ],
)
def test_the_cookie_decides_then_the_browsers_ranking(
    cookie: str | None, header: str, language: Language
) -> None:
    assert pick_language(cookie, header) is language


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (
            datetime(2026, 11, 22, 5, 1, tzinfo=UTC),
            "11月22日 13:01（3小时前）",
            "22 Nov, 13:01 (3 hours ago)",
        ),
        (datetime(2026, 11, 22, 7, 59, 50, tzinfo=UTC), "11月22日 15:59（刚刚）", "22 Nov, 15:59 (just now)"),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "11月23日 16:00（1天后）", "23 Nov, 16:00 (in 1 day)"),
        (datetime(2026, 11, 1, 17, 0, tzinfo=UTC), "11月2日 01:00", "2 Nov, 01:00"),
        (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), "1月1日 00:30", "1 Jan, 00:30"),
        (datetime(2025, 6, 1, 0, 0, tzinfo=UTC), "2025年6月1日 08:00", "1 Jun 2025, 08:00"),
    ],
)
def test_a_time_is_local_and_says_how_long_ago(moment: datetime, chinese: str, english: str) -> None:
    assert format_when(to_ms(moment), NOW, CATALOGUES.of(Language.ZH)) == chinese
    assert format_when(to_ms(moment), NOW, CATALOGUES.of(Language.EN)) == english


def test_a_text_without_translation_is_shown_in_chinese() -> None:
    assert Translator(Language.EN)("提交 %(count)s 件", count=3) == "提交 3 件"


def test_a_percent_sign_is_harmless_where_nothing_is_filled_in() -> None:
    assert Translator(Language.ZH)(msgid("完成 100%")) == "完成 100%"


def test_numbers_are_grouped() -> None:
    assert format_number(1234567, CATALOGUES.of(Language.ZH)) == "1,234,567"


def test_a_text_of_an_action_is_translated_with_its_numbers_and_words() -> None:
    english = CATALOGUES.of(Language.EN)
    text = Said("%(state)s的活动不能改期", state=Said("草稿"))
    assert text == "草稿的活动不能改期"
    assert english(text) == "A campaign that is “Draft” cannot be moved"
    assert (
        english(Said("%(state)s的活动不能改期", state="草稿")) == "A campaign that is “草稿” cannot be moved"
    )
