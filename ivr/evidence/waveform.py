"""How loud a recording is from moment to moment, a lane for each of its channels, to be drawn.

A picture of the sound shows where somebody speaks, never what was said.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ivr.evidence.samples import samples_of
from ivr.evidence.wav import inspect

_LOUDEST = 32_768


def peaks(content: bytes, columns: int) -> tuple[tuple[float, ...], ...]:
    """Of each channel of a WAV file, the greatest loudness (0 to 1) in each of at most `columns` equal parts.

    Raises `BadAudio`.
    """
    audio = inspect(content)
    samples = samples_of(content, audio)
    lanes = [samples[channel :: audio.channels] for channel in range(audio.channels)]
    return tuple(_lane(lane, columns) for lane in lanes)


def _lane(samples: Sequence[int], columns: int) -> tuple[float, ...]:
    length = len(samples)
    wanted = min(columns, length)
    edges = [length * column // wanted for column in range(wanted + 1)]
    parts = (samples[start:end] for start, end in pairwise(edges))
    return tuple(min(1.0, max(max(part), -min(part)) / _LOUDEST) for part in parts)
