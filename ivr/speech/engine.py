"""What every recogniser offers: words with confidences for a sealed recording.

One interface, so that another recogniser can be added beside vosk. A transcript names its engine
and model and is shown as 机器转写.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ivr.errors import IvrError

UNKNOWN_WORD = "[unk]"


class TranscribeFailed(IvrError):
    """No transcript for this audio; the recording is complete all the same: 请听录音."""


class EngineBusy(IvrError):
    """The bounded queue is full: the recording waits, nothing is lost."""


class EngineDown(IvrError):
    """There is no recogniser now, whatever the audio: its model is missing or broken. Recordings wait."""


class EngineLost(IvrError):
    """The recogniser died or hung on this audio: perhaps its own fault, so it is tried again later."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word, its confidence (0–1) and its place in the audio."""

    text: str
    confidence: float
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser made of a recording. No words at all is a valid transcript of silence."""

    words: tuple[Word, ...]
    engine: str
    model: str

    @property
    def text(self) -> str:
        """The known words; Chinese ones are not separated by blanks."""
        known = [word.text for word in self.words if word.text != UNKNOWN_WORD]
        text = ""
        for word in known:
            apart = text and text[-1].isascii() and word[0].isascii()
            text += f" {word}" if apart else word
        return text

    @property
    def confidence(self) -> float:
        """The mean over the words; 0 when there are none."""
        return mean_confidence(self.words)


def mean_confidence(words: Sequence[Word]) -> float:
    """The mean over the words; 0 when there are none."""
    return sum(word.confidence for word in words) / len(words) if words else 0.0


class SpeechEngine(Protocol):
    """A recogniser."""

    async def ready(self) -> None:
        """Return when it can recognise. Raises `EngineDown`."""
        ...

    async def transcribe(self, wav: bytes) -> Transcript:
        """The words of a WAV file. Raises `TranscribeFailed`, `EngineBusy`, `EngineDown`, `EngineLost`."""
        ...
