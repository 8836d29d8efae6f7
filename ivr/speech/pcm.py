"""Telephone audio for recognisers that were trained on 16 kHz.

vosk's small models refuse 8 kHz with "Failed to process waveform"; doubling the rate by linear
interpolation is enough and needs no library (`audioop` is gone from Python 3.13).
"""

from __future__ import annotations

import sys
from array import array

from ivr.evidence.samples import samples_of
from ivr.evidence.wav import inspect


def read_mono(content: bytes, at_least: int) -> tuple[bytes, int]:
    """The 16-bit mono samples of a WAV file and their rate, doubled until it is `at_least`.

    Of several channels the first is taken: it is the caller's. Raises `BadAudio`.
    """
    audio = inspect(content)
    samples = samples_of(content, audio)
    samples = samples[:: audio.channels]
    rate = audio.rate
    while rate < at_least:
        samples = doubled(samples)
        rate *= 2
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes(), rate


def doubled(samples: array[int]) -> array[int]:
    """Twice the rate: a mean between each two neighbours, the last sample held."""
    following = samples[1:] + samples[-1:]
    result = array("h", bytes(4 * len(samples)))
    result[::2] = samples
    result[1::2] = array("h", [(a + b) // 2 for a, b in zip(samples, following, strict=True)])
    return result
