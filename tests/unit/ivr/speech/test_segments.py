"""Lines of a transcript: broken at pauses and when they are full."""

from __future__ import annotations

from ivr.speech.engine import UNKNOWN_WORD, Word
from ivr.speech.segments import MOST_CHARACTERS, segments


def test_a_pause_begins_a_line() -> None:
    words = (Word("路灯", 0.9, 0.0, 0.5), Word("坏了", 0.9, 1.2, 1.6), Word("三天", 0.4, 2.5, 2.9))
    lines = segments(words)
    assert [[word.text for word in line.words] for line in lines] == [["路灯", "坏了"], ["三天"]]
    assert [(line.start_ms, line.end_seconds) for line in lines] == [(0, 1.6), (2500, 2.9)]


def test_a_full_line_ends_and_no_word_is_lost() -> None:
    words = tuple(Word("四个字的", 1.0, i * 0.5, i * 0.5 + 0.5) for i in range(25))
    lines = segments(words)
    assert [len(line.words) for line in lines] == [MOST_CHARACTERS // 4, MOST_CHARACTERS // 4, 5]
    assert tuple(word for line in lines for word in line.words) == words


def test_what_was_not_understood_has_its_place() -> None:
    assert [line.words[0].text for line in segments((Word(UNKNOWN_WORD, 0.1, 0.0, 3.0),))] == [UNKNOWN_WORD]
    assert segments(()) == ()
