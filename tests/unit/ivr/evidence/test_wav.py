"""How much audio is in a WAV file is what is there, not what its header says."""

import pytest

from ivr.evidence.wav import BadAudio, inspect
from tests.unit.ivr.waves import wav


@pytest.mark.parametrize(
    ("content", "seconds", "whole"),
    [
        (wav(0.1), 0.1, True),
        (wav(0.1, claimed_bytes=0xFFFFFFFF), 0.1, True),
        (wav(0.1, claimed_bytes=0), 0.1, True),
        (wav(0.1, claimed_bytes=1601), 0.1, True),
        (wav(0.1, claimed_bytes=1601) + b"\x00", 0.1, True),
        (wav(0.1)[:-1], 0.0999, True),
        (wav(0.1, claimed_bytes=3200), 0.1, False),
        (wav(0.1)[:-800], 0.05, False),
        (wav(0.1, channels=2), 0.1, True),
        (wav(0.1) + b"LIST\x03\x00\x00\x00abc\x00", 0.1, True),
    ],
)
def test_the_whole_samples_that_are_there_count(content: bytes, seconds: float, whole: bool) -> None:
    audio = inspect(content)
    assert audio.seconds == pytest.approx(seconds, abs=0.0001)
    assert audio.size_bytes % (audio.channels * audio.sample_bytes) == 0
    assert content[audio.start :][: audio.size_bytes].strip(b"\x00") == b""
    assert audio.whole is whole


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ID3\x04", "not a RIFF"),
        (wav(0), "no audio"),
        (wav()[:30], "no audio"),
        (b"RIFF\x04\x00\x00\x00WAVEdata\x02\x00\x00\x00\x00\x00", "before its format"),
    ],
)
def test_a_file_without_samples_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadAudio, match=reason):
        inspect(content)
