"""WAV files made for tests."""

from __future__ import annotations

import struct


def wav(
    seconds: float = 2.0,
    *,
    rate: int = 8000,
    channels: int = 1,
    encoding: int = 1,
    level: int = 0,
    claimed_bytes: int | None = None,
) -> bytes:
    """A 16-bit WAV file that plays for so long, every sample at `level`.

    claimed_bytes: how many bytes of samples its header promises.
    """
    data = struct.pack("<h", level) * (round(seconds * rate) * channels)
    block = channels * 2
    fmt = struct.pack("<HHIIHH", encoding, channels, rate, rate * block, block, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt
    body += (
        b"LIST"
        + struct.pack("<I", 3)
        + b"abc\x00"
        + b"data"
        + struct.pack("<I", len(data) if claimed_bytes is None else claimed_bytes)
    )
    body += data
    riff = {None: len(body), 0: 36, 0xFFFFFFFF: 0xFFFFFFFF}.get(claimed_bytes, len(body))
    return b"RIFF" + struct.pack("<I", riff) + body
