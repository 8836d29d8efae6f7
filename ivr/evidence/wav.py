"""Reads just enough of a WAV file to know how much audio is in it, whatever its header claims.

Not the standard `wave` module: that believes the header. A download that was cut off has a perfect one, and a
recorder that writes as it goes leaves sizes of 0 or FFFFFFFF in it. Source: the RIFF/WAVE layout.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ivr.errors import IvrError

PCM = 1
EXTENSIBLE = 0xFFFE
_UNKNOWN_SIZES = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF})
"""What recorders write that do not know yet how much will come."""


class BadAudio(IvrError):
    """Not a WAV file we can read. The message says what is wrong, never what was said in it."""


class NoSamples(BadAudio):
    """A WAV file without a single sample: nothing was recorded, or not even the header came whole."""


@dataclass(frozen=True, slots=True)
class Audio:
    """The audio in a WAV file.

    start, size_bytes: where its samples stand in the file; always whole ones. encoding: 1 = PCM.
    whole: False when the header promises more than there is. plain: PCM of 8 or 16 bits whose sizes in the
    header are those of the file, so that any player takes it.
    """

    rate: int
    channels: int
    sample_bytes: int
    encoding: int
    start: int
    size_bytes: int
    whole: bool
    plain: bool

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.size_bytes / (self.rate * self.channels * self.sample_bytes)


def inspect(content: bytes, size_bytes: int | None = None) -> Audio:
    """What can be heard of a WAV file, cut off or not. Raises `BadAudio`, `NoSamples`.

    content: the file, or its first part where `size_bytes` says how long all of it is.
    """
    there = len(content) if size_bytes is None else size_bytes
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadAudio("not a RIFF/WAVE file")
    shape: tuple[int, int, int, int] | None = None
    position = 12
    while position + 8 <= len(content):
        name = content[position : position + 4]
        size = struct.unpack_from("<I", content, position + 4)[0]
        body = position + 8
        if name == b"data":
            exact = struct.unpack_from("<I", content, 4)[0] == there - 8
            return _audio(shape, body, size, there - body, exact=exact)
        if body + size > there:
            break
        if name == b"fmt ":
            shape = _shape(content[body : body + size])
        position = body + size + size % 2
    raise NoSamples("no audio in it")


def _shape(chunk: bytes) -> tuple[int, int, int, int]:
    if len(chunk) < 16:
        raise BadAudio("a format chunk that is too short")
    encoding, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", chunk)
    if encoding == EXTENSIBLE and len(chunk) >= 26:
        encoding = struct.unpack_from("<H", chunk, 24)[0]
    if not rate or not channels or bits % 8 or not bits or block != channels * bits // 8:
        raise BadAudio("a format chunk that contradicts itself")
    return rate, channels, bits // 8, encoding


def _audio(
    shape: tuple[int, int, int, int] | None, start: int, claimed: int, there: int, *, exact: bool
) -> Audio:
    if shape is None:
        raise BadAudio("audio before its format")
    rate, channels, sample_bytes, encoding = shape
    block = channels * sample_bytes
    size = there if claimed in _UNKNOWN_SIZES else min(claimed, there)
    if size < block:
        raise NoSamples("no audio in it")
    whole = claimed in _UNKNOWN_SIZES or claimed - there < block
    taken = size - size % block
    plain = exact and encoding == PCM and sample_bytes <= 2 and claimed == taken
    return Audio(rate, channels, sample_bytes, encoding, start, taken, whole, plain)
