"""Audio for simulated recordings: what a telephone provider hands out."""

from __future__ import annotations

import io
import math
import struct
import wave

RATE = 8000


def tone(seconds: float, *, hertz: float = 440.0) -> bytes:
    """A WAV file of 8 kHz 16-bit mono PCM: a soft sine of `seconds`, at most ten minutes."""
    frames = int(min(seconds, 600.0) * RATE)
    second = struct.pack(
        f"<{RATE}h", *(int(6000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((second * (frames // RATE + 1))[: frames * 2])
    return file.getvalue()
