"""WAV files made for tests."""

from __future__ import annotations

import struct


def wav(
    seconds: float = 2.0, *, rate: int = 8000, channels: int = 1, encoding: int = 1, level: int = 0
) -> bytes:
    """A 16-bit WAV file that plays for so long, every sample at `level`."""
    data = struct.pack("<h", level) * (round(seconds * rate) * channels)
    block = channels * 2
    fmt = struct.pack("<HHIIHH", encoding, channels, rate, rate * block, block, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt
    body += b"LIST" + struct.pack("<I", 3) + b"abc\x00" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
