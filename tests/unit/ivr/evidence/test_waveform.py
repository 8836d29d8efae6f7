"""How loud a recording is, channel by channel, whatever its samples look like."""

from __future__ import annotations

import struct

import pytest

from ivr.evidence.wav import BadAudio
from ivr.evidence.waveform import peaks


def wav(raw: bytes, *, encoding: int = 1, channels: int = 1, sample_bytes: int = 2) -> bytes:
    block = channels * sample_bytes
    shape = struct.pack("<HHIIHH", encoding, channels, 8000, 8000 * block, block, sample_bytes * 8)
    body = b"WAVEfmt " + struct.pack("<I", len(shape)) + shape + b"data" + struct.pack("<I", len(raw)) + raw
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_each_column_shows_its_loudest_sample() -> None:
    samples = [0, 100, -16_384, 5, 8_192, -10, 0, -32_768]
    assert peaks(wav(struct.pack("<8h", *samples)), 4) == ((100 / 32_768, 0.5, 0.25, 1.0),)


def test_each_channel_has_a_lane() -> None:
    assert peaks(wav(struct.pack("<4h", 16_384, 0, -16_384, 8_192), channels=2), 1) == ((0.5,), (0.25,))


def test_a_short_recording_has_no_more_columns_than_samples() -> None:
    assert [len(lane) for lane in peaks(wav(struct.pack("<3h", 1, 2, 3)), 400)] == [3]


@pytest.mark.parametrize(
    ("encoding", "byte", "level"),
    [
        (1, 0, 32_768),  # 8 bits without a sign: silence is 128
        (1, 128, 0),
        (7, 0x00, 32_124),  # the loudest and the most silent of each table of G.711
        (7, 0x80, 32_124),
        (7, 0xFF, 0),
        (6, 0x2A, 32_256),
        (6, 0xAA, 32_256),
        (6, 0xD5, 8),
    ],
)
def test_telephone_bytes_are_as_loud_as_their_table_says(encoding: int, byte: int, level: int) -> None:
    assert peaks(wav(bytes([byte]), encoding=encoding, sample_bytes=1), 1) == ((level / 32_768,),)


def test_other_encodings_are_said_to_be_unreadable() -> None:
    with pytest.raises(BadAudio, match="encoding 17"):
        peaks(wav(b"\0", encoding=17, sample_bytes=1), 1)
