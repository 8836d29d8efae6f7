"""Whatever a gateway records, a browser gets a file it plays; a plain one is given as it came."""

from __future__ import annotations

import io
import struct
import wave
from array import array

import pytest

from hub.store.sealed_file import PlainBytes
from ivr.evidence.samples import playable
from ivr.speech.pcm import read_mono
from tests.unit.ivr.evidence.test_waveform import wav as file_of
from tests.unit.ivr.waves import wav

G711 = {7: (b"\x00\x80\xff", [-32_124, 32_124, 0]), 6: (b"\x2a\xaa\xd5", [-32_256, 32_256, 8])}


def frames(content: bytes) -> tuple[int, int, bytes]:
    """As the standard library plays it, which believes the header."""
    with wave.open(io.BytesIO(content)) as read:
        return read.getsampwidth(), read.getframerate(), read.readframes(read.getnframes())


def played(content: bytes) -> bytes:
    return playable(PlainBytes(content)).read()


def test_a_plain_file_is_played_as_it_came() -> None:
    assert played(wav(0.1, level=5)) == wav(0.1, level=5)
    assert played(b"ID3 something else") == b"ID3 something else"


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 1601, 3200])
def test_a_header_that_is_not_true_is_written_anew(claimed: int) -> None:
    assert frames(played(wav(0.1, level=5, claimed_bytes=claimed))) == (2, 8000, b"\x05\x00" * 800)


@pytest.mark.parametrize("encoding", sorted(G711))
def test_telephone_bytes_are_played_and_recognised(encoding: int) -> None:
    raw, levels = G711[encoding]
    content = file_of(raw, encoding=encoding, sample_bytes=1)
    samples = struct.pack("<3h", *levels)
    assert frames(played(content)) == (2, 8000, samples)
    assert read_mono(content, 8_000) == (array("h", levels).tobytes(), 8000)


@pytest.mark.parametrize(
    "content",
    [
        wav(0.1, level=5),
        wav(0.1, level=5, claimed_bytes=0),
        file_of(bytes(range(256)), encoding=7, sample_bytes=1),
        file_of(bytes(range(256)), encoding=6, sample_bytes=1),
    ],
)
def test_any_part_of_what_is_played_is_made_without_the_rest(content: bytes) -> None:
    whole = played(content)
    audio = playable(PlainBytes(content))
    assert audio.size == len(whole)
    for start in (0, 1, 43, 44, 45, 46, 100, len(whole) - 1, len(whole)):
        for stop in (None, 0, 30, 44, 47, 101, len(whole), len(whole) + 9):
            assert audio.read(start, stop) == whole[start:stop]
