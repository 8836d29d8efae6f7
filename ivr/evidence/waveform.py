"""How loud a recording is from moment to moment, a lane for each of its channels, to be drawn.

Telephone audio comes as 16-bit or 8-bit samples, or as G.711 (A-law, µ-law), whose bytes are unpacked by a
table (ITU-T G.711). A picture of the sound shows where somebody speaks, never what was said.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from enum import IntEnum
from itertools import pairwise

from ivr.evidence.wav import Audio, BadAudio, inspect

_LOUDEST = 32_768


class _Encoding(IntEnum):
    """Format codes of RIFF/WAVE."""

    PCM = 1
    ALAW = 6
    MULAW = 7


def peaks(content: bytes, columns: int) -> tuple[tuple[float, ...], ...]:
    """Of each channel of a WAV file, the greatest loudness (0 to 1) in each of at most `columns` equal parts.

    Raises `BadAudio`.
    """
    audio = inspect(content)
    samples = _samples(content, audio)
    lanes = [samples[channel :: audio.channels] for channel in range(audio.channels)]
    return tuple(_lane(lane, columns) for lane in lanes)


def _lane(samples: Sequence[int], columns: int) -> tuple[float, ...]:
    length = len(samples)
    wanted = min(columns, length)
    edges = [length * column // wanted for column in range(wanted + 1)]
    parts = (samples[start:end] for start, end in pairwise(edges))
    return tuple(min(1.0, max(max(part), -min(part)) / _LOUDEST) for part in parts)


def _samples(content: bytes, audio: Audio) -> array[int]:
    raw = content[audio.start : audio.start + audio.size_bytes]
    match audio.encoding, audio.sample_bytes:
        case (_Encoding.PCM, 2):
            samples = array("h")
            samples.frombytes(raw)
            if sys.byteorder == "big":
                samples.byteswap()
            return samples
        case (_Encoding.PCM, 1):
            return _unpacked(raw, lambda byte: (byte - 128) << 8)
        case (_Encoding.ALAW, 1):
            return _unpacked(raw, _alaw)
        case (_Encoding.MULAW, 1):
            return _unpacked(raw, _mulaw)
    raise BadAudio(f"{audio.sample_bytes * 8}-bit samples of encoding {audio.encoding}")


def _unpacked(raw: bytes, level: Callable[[int], int]) -> array[int]:
    """By two tables of single bytes: half an hour takes no noticeable time, and no list is made of it."""
    table = array("h", [level(byte) for byte in range(256)]).tobytes()
    both = bytearray(2 * len(raw))
    both[0::2], both[1::2] = raw.translate(table[0::2]), raw.translate(table[1::2])
    samples = array("h")
    samples.frombytes(both)
    return samples


def _mulaw(byte: int) -> int:
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 0x84 << ((byte & 0x70) >> 4)) - 0x84
    return -size if byte & 0x80 else size


def _alaw(byte: int) -> int:
    byte ^= 0x55
    step = (byte & 0x0F) << 4
    shift = (byte & 0x70) >> 4
    size = step + 8 if shift == 0 else step + 0x108 << shift - 1
    return size if byte & 0x80 else -size
