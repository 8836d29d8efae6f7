"""A copy of a recording in which some spans are a tone (消音); the recording itself stays as it was sealed.

A tone and not silence, so that whoever listens hears that something was taken out and does not take the file
for damaged. The copy always has 16-bit samples and a header that is true, whatever shape the original came
in (A-law, µ-law, a recorder's unknown sizes). The same recording and spans give the same bytes: the digest
that was noted when a span was taken out fits every copy made later.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable

from ivr.evidence.samples import samples_of, wav_of
from ivr.evidence.wav import inspect

_HERTZ = 1000
_LEVEL = 3000
"""Of 32,767: plain to hear and easy on the ears."""


def redacted(content: bytes, spans_ms: Iterable[tuple[int, int]]) -> bytes:
    """The copy as a WAV file. spans_ms: from, to, in milliseconds; what lies behind the end does not count.

    Raises `BadAudio` for what cannot be read: it has no copy, and must not go out instead of one.
    """
    audio = inspect(content)
    samples = samples_of(content, audio)
    second = array(
        "h", [round(_LEVEL * math.sin(2 * math.pi * _HERTZ * at / audio.rate)) for at in range(audio.rate)]
    )
    frames = len(samples) // audio.channels
    for start_ms, end_ms in spans_ms:
        # Outward to whole samples: nothing of the edge is left.
        start = min(max(0, start_ms * audio.rate // 1000), frames)
        end = min(-(-end_ms * audio.rate // 1000), frames)
        if end > start:
            tone = (second * ((end - start) // audio.rate + 1))[: end - start]
            for channel in range(audio.channels):
                samples[start * audio.channels + channel : end * audio.channels : audio.channels] = tone
    return wav_of(samples, audio)
