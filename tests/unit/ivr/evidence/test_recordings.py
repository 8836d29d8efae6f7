"""A recording is checked, hashed and sealed, or it stays pending."""

import hashlib

import pytest

from ivr.evidence.recordings import (
    GIVE_UP_SECONDS,
    MOVES,
    BadRecording,
    Doubt,
    IllegalMove,
    RecordingState,
    examined,
    move,
    relative_path,
    retry_after_seconds,
)
from tests.unit.ivr.waves import wav


def test_a_recording_is_kept_under_its_own_hash() -> None:
    content = wav(2.4)
    sealed = examined(content, 2)
    digest = hashlib.sha256(content).hexdigest()
    assert sealed.sha256 == digest
    assert sealed.path_relative == f"{digest[:2]}/{digest[2:]}.wav"
    assert sealed.size_bytes == len(content)
    assert sealed.duration_seconds == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing"),
        (b"<html>502 Bad Gateway</html>", "text"),
        ("<html>网关错误</html>".encode("gbk"), "text"),
        (('{"code": 20404}\n' + "记" * 400).encode(), "text"),
        (wav()[:30], "no audio"),
        (wav(seconds=0), "no audio"),
        (b"RIFF\x04\x00\x00\x00WAVE", "no audio"),
    ],
)
def test_what_is_no_audio_is_not_sealed(content: bytes, reason: str) -> None:
    with pytest.raises(BadRecording, match=reason):
        examined(content, 2)


@pytest.mark.parametrize(
    ("content", "claimed", "whole", "seconds", "doubt"),
    [
        (wav(2.0), 2, True, 2.0, Doubt.NONE),
        (wav(2.0), 3, True, 2.0, Doubt.NONE),
        (wav(2.0), 0, True, 2.0, Doubt.NONE),
        (wav(4.0), 30, True, 4.0, Doubt.SHORTER),
        (wav(4.0), 2, True, 4.0, Doubt.LONGER),
        (wav(2.0)[:-16_000], 2, True, 1.0, Doubt.CUT_OFF),
        (wav(2.0)[:-16_000], 2, False, 1.0, Doubt.CUT_OFF),
        (wav(2.0, encoding=7), 2, True, 2.0, Doubt.NONE),
        (
            b"RIFF\xff\xff\xff\xffWAVEfmt \x04\x00\x00\x001\x00\x01\x00data\x08\x00\x00\x00" + bytes(8),
            2,
            True,
            0.0,
            Doubt.UNREADABLE,
        ),
        (b"ID3\x04" + bytes(400), 2, True, 0.0, Doubt.UNREADABLE),
        (b"\xff" * 400, 2, True, 0.0, Doubt.UNREADABLE),
        (b"ID3\x04" + bytes(400), 2, False, 0.0, Doubt.CUT_OFF),
    ],
)
def test_whatever_may_be_audio_is_kept_and_what_is_odd_about_it_is_noted(
    content: bytes, claimed: float, whole: bool, seconds: float, doubt: Doubt
) -> None:
    sealed = examined(content, claimed, whole=whole)
    assert sealed.duration_seconds == pytest.approx(seconds)
    assert sealed.doubt is doubt


def test_a_path_is_made_of_a_hash_and_nothing_else() -> None:
    with pytest.raises(BadRecording):
        relative_path("../../etc/passwd")


def test_the_provider_copy_goes_only_after_the_seal() -> None:
    deleted = RecordingState.PROVIDER_DELETED
    allowed = {state for state, moves in MOVES.items() if deleted in moves}
    assert allowed == {
        RecordingState.SEALED,
        RecordingState.TRANSCRIBED,
        RecordingState.TRANSCRIPT_FAILED,
    }


def test_a_recording_never_goes_backwards_from_its_seal() -> None:
    with pytest.raises(IllegalMove):
        move(RecordingState.SEALED, RecordingState.PENDING)
    assert move(RecordingState.SEALED, RecordingState.SEALED) is RecordingState.SEALED


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(RecordingState)


def test_downloads_are_tried_for_forty_days() -> None:
    assert [retry_after_seconds(tries, 0) for tries in (1, 2, 3)] == [10, 60, 300]
    assert retry_after_seconds(100, 0) == 21_600
    assert retry_after_seconds(100, GIVE_UP_SECONDS - 10) is None
