"""A telephone call between two webhooks, and the recordings made in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.model.personal import personal
from ivr.evidence.recordings import OVERDUE_TRIES, TO_FETCH, RecordingState
from ivr.speech.engine import Transcript, Word, mean_confidence
from ivr.speech.segments import Segment, segments
from ivr.state import CallState

_SEALED = frozenset(
    {
        RecordingState.SEALED,
        RecordingState.TRANSCRIBED,
        RecordingState.TRANSCRIPT_FAILED,
        RecordingState.PROVIDER_DELETED,
    }
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `id` is derived from channel and the provider's id.

    caller_key: blind index of the caller's number, for the harassment limit; never copied to an
    anonymous case. tokens: ids of the events applied last. answer_*: the response given last, which
    a repeated webhook gets again; it may hold a query code and is sealed. dialogue: what was offered by keys.
    ask_at: when the provider is asked for recordings it may never have told of, 0 = not. asks: how often
    it was.
    """

    id: str
    channel: str
    line: str
    caller_key: str
    started_at: int
    updated_at: int
    case_id: str = ""
    emergency_case_id: str = ""
    ended: bool = False
    tokens: tuple[str, ...] = ()
    dialogue: Dialogue = NOTHING_OPEN
    ask_at: int = 0
    asks: int = 0
    answer_status: int = 200
    answer_type: str = ""
    answer_body: str = personal()
    state: CallState | None = personal(None)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person heard in a line of a transcript; the recogniser's words stay beside it.

    start_ms: the line, by where it begins. by: an agent id.
    """

    start_ms: int
    text: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """A span that nobody hears or reads in what goes out (消音), in ms from the beginning. by: an agent id;
    why stands in the history of the case.
    """

    from_ms: int
    to_ms: int
    by: str
    at: int

    def covers(self, start_seconds: float, end_seconds: float) -> bool:
        """Whether any of a stretch lies in it."""
        return start_seconds * 1000 < self.to_ms and end_seconds * 1000 > self.from_ms


HIDDEN_WORD = "■"
"""Instead of a word that was taken out."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a caller said, on its way from the provider into the sealed store (`ivr/evidence/recordings.py`).

    tries: in vain, to fetch it or, once it is sealed, to recognise its words. reason: why the last one
    failed, or what is odd about the audio (`Doubt`). redactions: spans that were taken out of what goes out;
    the sealed file stays whole. sha256 to path: of the sealed file, or of the part of it
    that came so far. duration_ms: 0 = unknown. engine: the recogniser's name and its model's.
    """

    id: str
    call_id: str
    channel: str
    provider_id: str
    case_id: str
    slot: str
    state: RecordingState
    taken_at: int
    url: str = ""
    claimed_seconds: float = 0.0
    tries: int = 0
    next_at: int = 0
    sha256: str = ""
    size_bytes: int = 0
    duration_ms: int = 0
    path: str = ""
    reason: str = ""
    engine: str = ""
    redactions: tuple[Redaction, ...] = ()
    transcript: str = personal()
    words: tuple[Word, ...] = personal(())
    corrections: tuple[Correction, ...] = personal(())

    @property
    def is_overdue(self) -> bool:
        """Whether it was asked for in vain so often that people should know."""
        return self.state in TO_FETCH and self.tries >= OVERDUE_TRIES

    @property
    def is_sealed(self) -> bool:
        """Whether it is in the chain; a part of one that is still fetched is not."""
        return self.state in _SEALED

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The recognised words in lines."""
        return segments(self.words)

    @property
    def spans_ms(self) -> tuple[tuple[int, int], ...]:
        """What was taken out, in order."""
        return tuple(sorted((one.from_ms, one.to_ms) for one in self.redactions))

    def hides(self, segment: Segment) -> bool:
        """Whether any of a line was taken out."""
        return any(one.covers(segment.start_seconds, segment.end_seconds) for one in self.redactions)

    def without_redacted(self) -> Recording:
        """As it is read by people and goes out: hidden words are `HIDDEN_WORD`, a correction of a line that
        has any is none. Places stay what they were."""
        if not self.redactions:
            return self
        hidden = {line.start_ms for line in self.segments if self.hides(line)}
        words = tuple(
            replace(word, text=HIDDEN_WORD)
            if any(one.covers(word.start_seconds, word.end_seconds) for one in self.redactions)
            else word
            for word in self.words
        )
        # Without places nobody knows which of the words were taken out.
        transcript = Transcript(words, "", "").text if words else HIDDEN_WORD if self.transcript else ""
        kept = tuple(one for one in self.corrections if one.start_ms not in hidden)
        return replace(self, words=words, transcript=transcript, corrections=kept)

    def correction(self, start_ms: int) -> Correction | None:
        """Of the line that begins there, or None."""
        return next((one for one in self.corrections if one.start_ms == start_ms), None)

    @property
    def confidence(self) -> float:
        """The recogniser's own, the mean over the words (0 to 1)."""
        return mean_confidence(self.words)
