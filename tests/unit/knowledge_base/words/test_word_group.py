"""A word has one meaning: what would give it two is told, each problem with its word, in both languages."""

from __future__ import annotations

import pytest

from knowledge_base.words.lexicon import shipped_lexicon
from knowledge_base.words.word_group import (
    MOST_GROUPS,
    MOST_WORDS,
    NAME_CHARS,
    NOTE_CHARS,
    WordField,
    WordGroup,
    tidied,
    word_problems,
)

STANDING = (WordGroup("登记证书", ("大产证",)), WordGroup("滑翔伞许可", ("飞伞本",)))


def told(*groups: WordGroup) -> list[tuple[int, WordField, str]]:
    found = word_problems(groups, STANDING, shipped_lexicon())
    assert all(problem.en for problem in found)
    return [(problem.number, problem.field, problem.zh) for problem in found]


def test_a_group_that_says_something_new_is_taken() -> None:
    assert told(WordGroup("身份证补领", ("补小卡", "绿本")), WordGroup("养犬", ("狗本",))) == []


def test_an_office_has_so_many_groups_and_no_more() -> None:
    many = [WordGroup(f"许可证{number}号", (f"许可本{number}号",)) for number in range(MOST_GROUPS)]
    lexicon = shipped_lexicon()
    assert word_problems(many[-1:], many, lexicon) == ()
    one_more = WordGroup("滑翔伞许可", ("飞伞本",))
    for groups, standing in (([one_more], many), ([*many, one_more], [])):
        [problem] = word_problems(groups, standing, lexicon)
        assert str(MOST_GROUPS) in problem.zh


def test_a_problem_is_short_however_long_what_it_is_about() -> None:
    endless = WordGroup("证" * 100_000, ("狗本", "本" * 100_000, "嗯" * 100_000))
    problems = told(endless, WordGroup("养犬", ("狗本",)), WordGroup("证" * 100_001, ()))
    assert {number for number, _, _ in problems} == {0, 1, 2}
    assert all(len(text) < 100 for _, _, text in problems)


def test_a_group_may_be_written_anew() -> None:
    assert told(WordGroup("登記證書", ("大产证", "车大本"))) == []


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("那个", "只有语气词或标点"),
        ("！", "只有语气词或标点"),
        ("嗯证", "太短"),
        ("证" * 41, "最多 40 个字"),
        ("红|本", "不能有竖线"),
        ("护 照", "与标准名称相同"),
        ("飞伞本", "已经是“滑翔伞许可”的一个说法"),
        ("滑翔伞许可", "是另一组的标准名称"),
        ("驾驶证", "是自带词表里的标准词"),
    ],
)
def test_a_word_that_cannot_be_is_named(word: str, why: str) -> None:
    [(number, field, text)] = told(WordGroup("养犬", ("狗本",)), WordGroup("护照", ("出国本", word)))
    assert (number, field) == (1, WordField.WORDS)
    assert word[:40] in text
    assert why in text


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "太短"),
        ("证", "太短"),
        ("证" * (NAME_CHARS + 1), "最多 40 个字"),
        ("飞伞本", "已经是“滑翔伞许可”"),
    ],
)
def test_a_name_that_cannot_be_is_named(name: str, why: str) -> None:
    [(_, field, text)] = told(WordGroup(name, ("红本本",)))
    assert field is WordField.NAME
    assert why in text


def test_groups_of_one_change_are_held_against_each_other() -> None:
    found = told(
        WordGroup("护照", ("出国本",)), WordGroup("户口簿", ("出国本",)), WordGroup("户口簿", ("户本子",))
    )
    assert [(number, field) for number, field, _ in found] == [(1, WordField.WORDS), (2, WordField.NAME)]


def test_a_group_has_words_but_not_without_end() -> None:
    [(_, field, text)] = told(WordGroup("护照", ()))
    assert (field, "没有写任何说法" in text) == (WordField.WORDS, True)
    many = tuple(f"出国本{chr(0x4E00 + n)}" for n in range(MOST_WORDS + 1))
    assert [field for _, field, _ in told(WordGroup("护照", many))] == [WordField.WORDS]
    assert [field for _, field, _ in told(WordGroup("护照", ("出国本",), "注" * (NOTE_CHARS + 1)))] == [
        WordField.NOTE
    ]


def test_a_word_is_kept_once_however_it_is_written() -> None:
    assert tidied([" 红本本 ", "紅本本", "", "嗯", "车本"]) == ("红本本", "嗯", "车本")
