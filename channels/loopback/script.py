"""What a simulated caller does, and what became of the call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys. What a prompt does not take stays for the next one, as when keys are buffered."""

    keys: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Talk into a recording, then press `finish`, fall silent (finish "") or hang up.

    audio: a WAV to be recorded; b"" makes a tone of `seconds`.
    """

    seconds: float = 3.0
    finish: str = "#"
    hangs_up: bool = False
    audio: bytes = b""


@dataclass(frozen=True, slots=True)
class Utter:
    """Say words to a prompt that listens; the provider recognised `text`. Elsewhere nobody hears it.

    confidence: as the provider reports it, None = not at all.
    """

    text: str
    confidence: float | None = 0.9


@dataclass(frozen=True, slots=True)
class Silence:
    """Do nothing until the prompt gives up."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """What happens when the line dials somebody: completed, busy, no-answer, failed, canceled."""

    outcome: str = "completed"
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up. A script that is over hangs up as well."""


CallerAction = Press | Utter | Speak | Silence | Transferred | HangUp


class RecordingNews(StrEnum):
    """When the recording's own callback comes; the provider promises no order."""

    AFTER_STEP = "after_step"
    BEFORE_STEP = "before_step"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class CallConditions:
    """How well the provider works during a call.

    copies: how often each webhook is delivered. status_first: the callback that the call is over
    comes before the step that says so. names_recordings: whether a Record's action has the recording's id;
    some gateways have it in the callback only. announced: the length every recording is said to have,
    None = the true one, "" = none is said. loses_recorded_step: neither a Record's action nor its callback
    comes; the call breaks off.
    """

    copies: int = 1
    recording_news: RecordingNews = RecordingNews.AFTER_STEP
    status_first: bool = False
    names_recordings: bool = True
    announced: str | None = None
    loses_recorded_step: bool = False


class CallEnd(StrEnum):
    """Who ended a call."""

    CALLER = "caller"
    LINE = "line"
    FAILED = "failed"  # the caller hears that an application error has occurred
    LOOPED = "looped"  # more webhooks than any sane call needs


@dataclass(frozen=True, slots=True)
class CallResult:
    """A finished call.

    heard: every text read out, in order. statuses: of all webhook answers, 0 = none came.
    recordings: addresses to download from. dialled: numbers the line tried.
    repeats_equal: whether every repeated webhook got the same answer as the first.
    """

    call_sid: str
    ended: CallEnd
    heard: tuple[str, ...]
    statuses: tuple[int, ...]
    recordings: tuple[str, ...]
    dialled: tuple[str, ...]
    repeats_equal: bool

    @property
    def transcript(self) -> str:
        """Everything heard, one prompt on a line."""
        return "\n".join(self.heard)
