"""A long text is looked at in pieces that are short, complete and overlap."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.meaning.windows import LONGEST, spread, windows

TEXTS = st.text(alphabet="我你他在被打了，。！？\n 救命abc1", max_size=400)


@given(TEXTS)
def test_windows_are_short_and_leave_nothing_out(text: str) -> None:
    found = windows(text)
    assert all(0 < len(window) <= LONGEST for window in found)
    said = "".join(char for char in text if char.isalnum())
    seen = "".join(char for char in "".join(found) if char.isalnum())
    assert set(said) == set(seen)
    assert len(seen) >= len(said)


@given(TEXTS, TEXTS)
def test_what_stands_before_a_sentence_changes_none_of_its_windows(before: str, text: str) -> None:
    if any(char.isalnum() for char in text):
        assert set(windows(text)) <= set(windows(f"{before}{'今天没有事' * 13}。{text}"))


@given(
    st.text(alphabet="我你他在被打了救命，！？abc1", max_size=100).filter(lambda text: text[-1:].isalnum())
)
def test_greetings_and_thanks_change_no_window(text: str) -> None:
    assert (
        windows(f"您好，{text}")
        == windows(f"喂！{text}，谢谢你们")
        == windows(f"{text}。麻烦了！")
        == windows(text)
    )


@pytest.mark.parametrize("text", ["谢谢你们帮我找回孩子", "感谢派出所", "你好吗", "hire a car", "喂狗"])
def test_thanks_that_say_what_for_and_words_that_only_begin_so_stay(text: str) -> None:
    assert windows(text) == [text]


def test_a_greeting_alone_is_its_own_window() -> None:
    assert windows("你好，谢谢！") == ["你好，谢谢！"]


def test_a_short_text_is_its_own_window() -> None:
    assert windows(" 老公打我，孩子在哭 ") == ["老公打我，孩子在哭"]
    assert windows("  \n ") == []


def test_what_is_said_across_two_clauses_stands_in_one_window() -> None:
    text = "今天天气很好我们去公园玩了一圈回来，" * 4 + "他把门反锁了，手里有刀，"
    assert any("他把门反锁了，手里有刀" in window for window in windows(text))


def test_of_many_windows_the_first_and_the_last_come_first() -> None:
    found = [str(number) for number in range(50)]
    assert spread(found, 6)[:2] == ["0", "49"]
    assert len(spread(found, 6)) <= 6
    assert spread(["a", "b"], 6) == ["a", "b"]


@pytest.mark.parametrize("text", ["—" * 61, "！？" * 40, "😀，" * 40, "谢谢。" * 40, "，" * 30_000])
def test_a_long_text_of_nothing_but_signs_or_thanks_is_cut_too(text: str) -> None:
    assert all(0 < len(window) <= LONGEST for window in windows(text))


def test_many_blanks_are_one_and_take_no_time() -> None:
    began = time.process_time()
    assert windows("有人" + " " * 19_000 + "拿刀") == ["有人 拿刀"]
    assert windows(" \t" * 9_000 + "x") == ["x"]
    assert windows("有人" + "\n" * 19_000 + "拿刀") == ["有人\n\n拿刀"]
    assert windows("有人" + "\n " * 9_000 + "拿刀") == ["有人\n\n拿刀"]
    windows("谢谢" * 9_000 + "x")
    assert time.process_time() - began < 0.2
