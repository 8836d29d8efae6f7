"""Reads just enough of a WAV file to know that it is whole and how long it plays.

Not the standard `wave` module: that believes the header, and a download that was cut off has a
perfect header. Source: the RIFF/WAVE layout (8 kHz 16-bit mono PCM).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ivr.errors import IvrError

PCM = 1
EXTENSIBLE = 0xFFFE
_PCM_SUBFORMAT = b"\x01\x00"


class BadAudio(IvrError):
    """Not a whole PCM WAV file. The message says what is wrong, never what was said in it."""


@dataclass(frozen=True, slots=True)
class Audio:
    """The shape of a WAV file."""

    rate: int
    channels: int
    sample_bytes: int
    frames: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.rate


def inspect(content: bytes) -> Audio:
    """Check a whole WAV file. Raises `BadAudio`."""
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadAudio("not a RIFF/WAVE file")
    riff_bytes = struct.unpack_from("<I", content, 4)[0]
    if riff_bytes + 8 > len(content):
        raise BadAudio("cut off: shorter than its header says")
    shape: tuple[int, int, int] | None = None
    position = 12
    while position + 8 <= len(content):
        name = content[position : position + 4]
        size = struct.unpack_from("<I", content, position + 4)[0]
        body = position + 8
        if body + size > len(content):
            raise BadAudio("cut off inside a chunk")
        if name == b"fmt ":
            shape = _shape(content[body : body + size])
        elif name == b"data":
            return _audio(shape, size)
        position = body + size + size % 2
    raise BadAudio("no audio in it")


def _shape(chunk: bytes) -> tuple[int, int, int]:
    if len(chunk) < 16:
        raise BadAudio("a format chunk that is too short")
    encoding, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", chunk)
    extended_pcm = encoding == EXTENSIBLE and chunk[24:26] == _PCM_SUBFORMAT
    if encoding != PCM and not extended_pcm:
        raise BadAudio(f"not PCM but encoding {encoding}")
    if not rate or not channels or bits % 8 or not bits or block != channels * bits // 8:
        raise BadAudio("a format chunk that contradicts itself")
    return rate, channels, bits // 8


def _audio(shape: tuple[int, int, int] | None, size: int) -> Audio:
    if shape is None:
        raise BadAudio("audio before its format")
    rate, channels, sample_bytes = shape
    block = channels * sample_bytes
    if size == 0 or size % block:
        raise BadAudio("no whole number of samples")
    return Audio(rate, channels, sample_bytes, size // block)
