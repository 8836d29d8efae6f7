"""The samples of a recording in the one shape everybody takes: 16 bits.

Telephone audio comes as 16-bit or 8-bit samples, or as G.711 (A-law, µ-law), whose bytes are unpacked by a
table (ITU-T G.711). What is kept as evidence is what came; this is for ears, eyes and recognisers.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable
from enum import IntEnum
from typing import Protocol

from ivr.evidence.wav import Audio, BadAudio, inspect

_HEAD_BYTES = 1 << 16
"""What stands before the samples is much shorter."""


class Encoding(IntEnum):
    """Format codes of RIFF/WAVE."""

    PCM = 1
    ALAW = 6
    MULAW = 7


class Source(Protocol):
    """Bytes of which any part can be read. `size`: of all of them."""

    @property
    def size(self) -> int: ...

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """From `start` to before `stop` or the end."""
        ...


def playable(source: Source) -> Source:
    """What a browser can play: a plain WAV file as it came, any other one with 16-bit samples and a header
    that is true. What nobody here can read is given back as it is. No more is read than is asked for."""
    head = source.read(0, _HEAD_BYTES)
    try:
        audio = inspect(head, source.size)
        if audio.plain:
            return source
        levels(b"", audio)
    except BadAudio:
        return source
    return _Unpacked(source, audio)


class _Unpacked:
    """A recording as a plain WAV file with 16-bit samples."""

    def __init__(self, source: Source, audio: Audio) -> None:
        self._source = source
        self._audio = audio
        length = 2 * (audio.size_bytes // audio.sample_bytes)
        self._head = _head(length, audio)
        self.size = len(self._head) + length

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """See `Source`."""
        start, stop, _ = slice(start, stop).indices(self.size)
        head = self._head[start:stop]
        start, stop = max(0, start - len(self._head)), max(0, stop - len(self._head))
        first, last = start // 2, (stop + 1) // 2
        each, begins = self._audio.sample_bytes, self._audio.start
        samples = levels(self._source.read(begins + first * each, begins + last * each), self._audio)
        return head + _raw(samples)[start - 2 * first : stop - 2 * first]


def wav_of(samples: array[int], audio: Audio) -> bytes:
    """A WAV file of 16-bit samples with the rate and the channels of another one."""
    raw = _raw(samples)
    return _head(len(raw), audio) + raw


def _head(length: int, audio: Audio) -> bytes:
    """What stands before so many bytes of 16-bit samples."""
    block = 2 * audio.channels
    shape = struct.pack(
        "<IHHIIHH", 16, Encoding.PCM, audio.channels, audio.rate, audio.rate * block, block, 16
    )
    body = b"WAVEfmt " + shape + b"data" + struct.pack("<I", length)
    return b"RIFF" + struct.pack("<I", len(body) + length) + body


def _raw(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def samples_of(content: bytes, audio: Audio) -> array[int]:
    """The samples of a WAV file (`inspect`) with 16 bits each, its channels in turn. Raises `BadAudio`."""
    return levels(content[audio.start : audio.start + audio.size_bytes], audio)


def levels(raw: bytes, audio: Audio) -> array[int]:
    """Whole samples out of the file that `audio` tells of, with 16 bits each. Raises `BadAudio`."""
    match audio.encoding, audio.sample_bytes:
        case (Encoding.PCM, 2):
            samples = array("h")
            samples.frombytes(raw)
            if sys.byteorder == "big":
                samples.byteswap()
            return samples
        case (Encoding.PCM, 1):
            return _unpacked(raw, lambda byte: (byte - 128) << 8)
        case (Encoding.ALAW, 1):
            return _unpacked(raw, _alaw)
        case (Encoding.MULAW, 1):
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
