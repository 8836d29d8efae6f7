"""Values an answer depends on, in the words of citizens."""

import pytest

from knowledge_base.dialogue.slot import Slots, is_unknown
from knowledge_base.entry import Entry, EntryState, SlotAnswer
from knowledge_base.text.utterance import Utterance

SLOTS = Slots(["福州", "厦门", "泉州"])


def depends_on(slot: str, *values: str) -> Entry:
    answers = tuple(SlotAnswer(value, f"{value}的答案") for value in values)
    return Entry(
        "a", "问", (), "一般答案", "", "户政", "", False, EntryState.PUBLISHED, 0, slot=slot, by_slot=answers
    )


LICENCE = depends_on("licence", "C1", "C2", "C6", "A1", "B2", "D", "E")
AGE = depends_on("age", "未满16周岁", "16周岁至25周岁", "26周岁至45周岁", "46周岁以上")
CITY = depends_on("city", "厦门市", "福州市")
APPLICANT = depends_on("applicant", "本人", "代办")


def value(entry: Entry, text: str) -> str:
    found = SLOTS.chosen(entry, text)
    return found.value if found else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("C1驾照几年体检", "C1"), ("ｃ１", "C1"), ("c 1", "C1"), ("我是小車", "C1"), ("手动挡的", "C1")),
        *(
            ("自动挡", "C2"),
            ("三轮摩托车", "D"),
            ("摩托车", "E"),
            ("大货车", "B2"),
            ("1", "C1"),
            ("第三个", "C6"),
        ),
        *(("C1和C2", ""), ("C19", ""), ("不知道", ""), ("今天天气好", "")),
    ],
)
def test_a_licence_class_by_its_letter_its_name_or_its_number(text: str, expected: str) -> None:
    assert value(LICENCE, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("我孩子5岁", "未满16周岁"), ("16", "16周岁至25周岁"), ("我今年二十六岁", "26周岁至45周岁")),
        *(
            ("六十五岁的老人", "46周岁以上"),
            ("我今年五十八了", "46周岁以上"),
            ("2", "16周岁至25周岁"),
            ("46周岁以上", "46周岁以上"),
            ("不清楚", ""),
        ),
    ],
)
def test_an_age_falls_into_its_range(text: str, expected: str) -> None:
    assert value(AGE, text) == expected


def test_a_city_with_and_without_its_last_character() -> None:
    assert (value(CITY, "厦门"), value(CITY, "我在福州市区"), value(CITY, "泉州")) == ("厦门市", "福州市", "")
    assert SLOTS.city_in(Utterance("我在廈門办")) == "厦门"
    assert SLOTS.city_in(Utterance("从厦门迁到福州")) == ""
    assert SLOTS.same_city("厦门市", "厦门")
    assert not SLOTS.same_city("", "")


def test_who_applies_in_everyday_words() -> None:
    assert (value(APPLICANT, "我自己去"), value(APPLICANT, "别人帮我办")) == ("本人", "代办")


def test_a_slot_nobody_defined_is_asked_for_and_understood_by_its_own_words() -> None:
    entry = depends_on("colour", "红牌", "蓝牌")
    assert value(entry, "蓝牌的") == "蓝牌"
    assert SLOTS.of(entry).question("zh")


@pytest.mark.parametrize("text", ["不知道", "我也不清楚", "都可以", "忘了", "不知道是哪种", "not sure"])
def test_not_knowing_is_an_answer(text: str) -> None:
    assert is_unknown(text)
    assert not is_unknown("不知道身份证怎么补办")
