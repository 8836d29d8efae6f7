"""The gate lets through what takes nothing from anybody, and names every question that would go wrong."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.entry import Entry
from knowledge_base.match.gate import Trouble, lost_by_words, objections
from knowledge_base.match.matcher import Snapshot
from knowledge_base.words.lexicon import shipped_lexicon
from tests.unit.knowledge_base.entries import SMALL, entry


def against(*changed: Entry, known: tuple[Entry, ...] = SMALL) -> set[tuple[Trouble, str, str, str]]:
    ids = {one.id for one in changed}
    after = Snapshot.build([*(one for one in known if one.id not in ids), *changed])
    return {
        (found.trouble, found.question, found.entry.id, found.goes_to.id if found.goes_to else "")
        for found in objections(Snapshot.build(known), after, changed)
    }


def test_an_entry_about_something_else_passes() -> None:
    passport = replace(entry("passport", "护照怎么办理？", "办护照要什么"), tests=("护照办理流程",))
    assert against(passport) == set()


def test_an_entry_that_only_says_more_passes() -> None:
    more = replace(SMALL[2], answer="新的答案", variants=(*SMALL[2].variants, "身份证找不到了"))
    assert against(more) == set()


def test_a_test_question_that_finds_nothing_or_another_entry_is_named() -> None:
    passport = replace(entry("passport", "护照怎么办理？"), tests=("zzzz", "12389是什么电话"))
    assert against(passport) == {
        (Trouble.TEST_NOT_FOUND, "zzzz", "passport", ""),
        (Trouble.TEST_NOT_FOUND, "12389是什么电话", "passport", "12389-scope"),
    }


def test_a_wording_of_another_entry_is_named_however_it_is_written() -> None:
    thief = entry("thief", "噪声投诉", "楼上半夜太吵，找谁？")
    assert (Trouble.SAME_WORDING, "楼上半夜太吵找谁", "noise", "thief") in against(thief)


def test_a_test_question_of_another_entry_that_would_go_over_is_named() -> None:
    known = (*SMALL[:4], replace(SMALL[4], tests=("隔壁装修吵得睡不着",)))
    thief = entry("thief", "隔壁装修吵得睡不着")
    assert (Trouble.TAKES_TEST, "隔壁装修吵得睡不着", "noise", "thief") in against(thief, known=known)


def test_what_was_lost_before_is_nobodys_fault() -> None:
    known = (*SMALL[:4], replace(SMALL[4], tests=("12389受理什么",)))
    same = replace(SMALL[3], answer="新的答案")
    assert against(same, known=known) == set()


def test_entries_of_one_change_are_checked_against_one_another() -> None:
    one, two = entry("one", "护照怎么办理？"), replace(entry("two", "签证"), tests=("护照怎么办理",))
    assert against(one, two) == {(Trouble.TEST_NOT_FOUND, "护照怎么办理", "two", "one")}


BOARD = replace(entry("board", "滑板证怎么补办？"), tests=("滑板证丢了怎么补",))
CARD = entry("card", "身份证丢了怎么补领？")


def reworded(name: str, word: str, *known: Entry) -> set[tuple[Trouble, str, str, str]]:
    before = Snapshot.build(known)
    after = before.with_changes((), lexicon=shipped_lexicon().with_groups([(name, [word])]))
    return {
        (found.trouble, found.question, found.entry.id, found.goes_to.id if found.goes_to else "")
        for found in lost_by_words(before, after)
    }


def test_words_that_take_a_test_question_away_are_held_up_with_where_it_would_go() -> None:
    found = reworded("身份证", "滑板证", BOARD, CARD)
    assert found == {(Trouble.LOSES_TEST, "滑板证丢了怎么补", "board", "card")}


def test_words_that_change_nobodys_question_pass() -> None:
    assert reworded("身份证", "小卡片", BOARD, CARD) == set()


def test_a_test_question_that_was_lost_before_is_not_held_against_words() -> None:
    lost = replace(BOARD, tests=("身份证丢了怎么补领",))
    assert reworded("身份证", "滑板证", lost, CARD) == set()


def test_wordings_of_two_entries_that_would_become_one_question_are_named() -> None:
    twin = entry("twin", "滑板证丢了怎么补领？")
    found = reworded("身份证", "滑板证", CARD, twin)
    assert {(trouble, question) for trouble, question, *_ in found} == {
        (Trouble.BECOMES_SAME, "滑板证丢了怎么补领？")
    }


def test_a_publish_is_judged_by_the_words_in_force() -> None:
    lexicon = shipped_lexicon().with_groups([("身份证", ["滑板证"])])
    twin = entry("twin", "滑板证丢了怎么补领？")
    before = Snapshot.build([CARD], lexicon)
    found = objections(before, before.with_changes([twin]), [twin])
    assert [one.trouble for one in found if one.entry.id == "card"] == [Trouble.SAME_WORDING]
