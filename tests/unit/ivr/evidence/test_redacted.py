"""A copy of a recording without some spans, whatever shape the recording came in; the rest is as it was."""

from __future__ import annotations

import io
import struct
import wave
from array import array

import pytest

from hub.store.sealed_file import PlainBytes
from ivr.evidence.redacted import redacted
from ivr.evidence.samples import playable
from ivr.evidence.wav import BadAudio
from tests.unit.ivr.evidence.test_waveform import wav as file_of
from tests.unit.ivr.waves import wav

_LOUD = 12_000


def levels(content: bytes) -> array[int]:
    with wave.open(io.BytesIO(content)) as read:
        assert read.getsampwidth() == 2
        samples = array("h")
        samples.frombytes(read.readframes(read.getnframes()))
        return samples


@pytest.mark.parametrize("claimed", [None, 0, 0xFFFFFFFF])
def test_a_span_is_a_tone_and_the_rest_is_as_it_was(claimed: int | None) -> None:
    content = wav(1.0, level=_LOUD, claimed_bytes=claimed)
    heard = levels(redacted(content, [(250, 500)]))
    assert len(heard) == 8000
    assert set(heard[:2000]) == set(heard[4000:]) == {_LOUD}
    assert _LOUD not in heard[2000:4000]
    assert max(heard[2000:4000]) > 1000  # to hear that something was taken out


@pytest.mark.parametrize("encoding", [6, 7])
def test_telephone_bytes_become_a_plain_copy(encoding: int) -> None:
    content = file_of(b"\x2a" * 800, encoding=encoding, sample_bytes=1)
    before, after = levels(playable(PlainBytes(content)).read()), levels(redacted(content, [(0, 50)]))
    assert before[400:] == after[400:]
    assert before[0] not in after[:400]


def test_both_channels_are_taken_out() -> None:
    content = file_of(struct.pack("<2h", _LOUD, -_LOUD) * 800, sample_bytes=2, channels=2)
    heard = levels(redacted(content, [(10, 20), (15, 30)]))
    assert set(heard[160:480:2]) == set(heard[161:480:2])
    assert not {_LOUD, -_LOUD} & set(heard[160:480])
    assert heard[158:160].tolist() == heard[480:482].tolist() == [_LOUD, -_LOUD]


def test_what_lies_behind_the_end_counts_for_nothing() -> None:
    content = wav(0.1, level=_LOUD)
    assert set(levels(redacted(content, [(500, 900)]))) == {_LOUD}
    assert _LOUD not in levels(redacted(content, [(0, 999_000)]))


def test_the_same_recording_and_spans_give_the_same_bytes() -> None:
    assert redacted(wav(0.3), [(100, 200)]) == redacted(wav(0.3), [(100, 200)])


def test_what_cannot_be_read_has_no_copy() -> None:
    with pytest.raises(BadAudio):
        redacted(b"ID3 something else", [(0, 10)])
