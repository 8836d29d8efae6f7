"""What was taken out of a recording is read nowhere: not in its words, its lines or what people corrected."""

from __future__ import annotations

from hub.model.call import Correction, Recording, Redaction
from ivr.evidence.recordings import RecordingState
from ivr.speech.engine import Word

_WORDS = tuple(
    Word(text, 0.9, at, at + 0.5) for at, text in ((0.0, "我"), (0.5, "叫"), (1.0, "张三"), (5.0, "再见"))
)


def recording(*redactions: Redaction, words: tuple[Word, ...] = _WORDS) -> Recording:
    return Recording(
        "r",
        "call",
        "12389",
        "RE1",
        "case",
        "story",
        RecordingState.TRANSCRIBED,
        0,
        redactions=redactions,
        transcript="我叫张三再见",
        words=words,
        corrections=(Correction(0, "我叫张山", "li", 1), Correction(5000, "再会", "li", 1)),
    )


def test_hidden_words_are_hidden_in_words_transcript_and_corrections() -> None:
    read = recording(Redaction(1200, 1300, "sun", 2)).without_redacted()
    assert [word.text for word in read.words] == ["我", "叫", "■", "再见"]
    assert read.transcript == "我叫■再见"
    assert [one.text for one in read.corrections] == ["再会"]
    assert [line.start_ms for line in read.segments] == [0, 5000]


def test_a_span_that_ends_where_a_word_begins_hides_the_one_before_only() -> None:
    read = recording(Redaction(500, 1000, "sun", 2)).without_redacted()
    assert read.transcript == "我■张三再见"


def test_words_without_places_are_hidden_altogether() -> None:
    assert recording(Redaction(0, 1, "sun", 2), words=()).without_redacted().transcript == "■"


def test_what_has_no_redaction_is_as_it_was() -> None:
    assert recording().without_redacted() == recording()
