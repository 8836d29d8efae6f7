"""Whatever a gateway records, a browser gets a file it plays; a plain one is given as it came."""

from __future__ import annotations

import io
import struct
import wave
from array import array
from pathlib import Path

import pytest

from ivr.evidence.samples import playable
from ivr.speech.pcm import read_mono
from tests.unit.ivr.evidence.test_waveform import wav as file_of
from tests.unit.ivr.waves import wav

G711 = {7: (b"\x00\x80\xff", [-32_124, 32_124, 0]), 6: (b"\x2a\xaa\xd5", [-32_256, 32_256, 8])}


def frames(content: bytes) -> tuple[int, int, bytes]:
    """As the standard library plays it, which believes the header."""
    with wave.open(io.BytesIO(content)) as read:
        return read.getsampwidth(), read.getframerate(), read.readframes(read.getnframes())


def test_a_plain_file_is_played_as_it_came() -> None:
    assert playable(wav(0.1, level=5)) == wav(0.1, level=5)
    assert playable(b"ID3 something else") == b"ID3 something else"


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 1601, 3200])
def test_a_header_that_is_not_true_is_written_anew(claimed: int) -> None:
    assert frames(playable(wav(0.1, level=5, claimed_bytes=claimed))) == (2, 8000, b"\x05\x00" * 800)


@pytest.mark.parametrize("encoding", sorted(G711))
def test_telephone_bytes_are_played_and_recognised(encoding: int, tmp_path: Path) -> None:
    raw, levels = G711[encoding]
    content = file_of(raw, encoding=encoding, sample_bytes=1)
    samples = struct.pack("<3h", *levels)
    assert frames(playable(content)) == (2, 8000, samples)
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert read_mono(path, 8_000) == (array("h", levels).tobytes(), 8000)
