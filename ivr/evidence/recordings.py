"""A recording is evidence: from the first word about it to the sealed file, nothing is taken on trust.

The row is written when the first event names the recording, so that a lost callback is visible. What arrives
is stored under its own hash before it is judged: audio that is shorter than announced, or in a format nobody
expects, is still what a citizen said. Only an answer that is no audio at all is asked for again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from ivr.errors import IvrError
from ivr.evidence.wav import BadAudio, NoSamples, inspect


class RecordingState(StrEnum):
    """How far a recording has come."""

    ANNOUNCED = "announced"  # the record step was issued after the consent sentence
    TAKING = "taking"  # the provider recorded; it has not yet said that the audio is ready
    PENDING = "pending"  # taken; to be downloaded, perhaps again and again
    DOWNLOADED = "downloaded"  # bytes are here, not yet checked and renamed
    SEALED = "sealed"  # checked, hashed, read-only, in the chain
    TRANSCRIBED = "transcribed"  # an index to the audio exists
    TRANSCRIPT_FAILED = "transcript_failed"  # complete all the same: 请听录音
    PROVIDER_DELETED = "provider_deleted"  # only our verified copy is left
    ABSENT = "absent"  # too short or silent: there is no audio, with a reason
    LOST = "lost"  # not to be had for 40 days: an alarm


MOVES: Mapping[RecordingState, frozenset[RecordingState]] = {
    RecordingState.ANNOUNCED: frozenset(
        {RecordingState.TAKING, RecordingState.PENDING, RecordingState.ABSENT, RecordingState.LOST}
    ),
    RecordingState.TAKING: frozenset(
        {RecordingState.PENDING, RecordingState.SEALED, RecordingState.ABSENT, RecordingState.LOST}
    ),
    RecordingState.PENDING: frozenset(
        {RecordingState.DOWNLOADED, RecordingState.SEALED, RecordingState.ABSENT, RecordingState.LOST}
    ),
    RecordingState.DOWNLOADED: frozenset({RecordingState.SEALED, RecordingState.PENDING}),
    RecordingState.SEALED: frozenset(
        {
            RecordingState.TRANSCRIBED,
            RecordingState.TRANSCRIPT_FAILED,
            RecordingState.PROVIDER_DELETED,
        }
    ),
    RecordingState.TRANSCRIPT_FAILED: frozenset(
        {RecordingState.TRANSCRIBED, RecordingState.PROVIDER_DELETED}
    ),
    RecordingState.TRANSCRIBED: frozenset({RecordingState.PROVIDER_DELETED}),
    RecordingState.PROVIDER_DELETED: frozenset(),
    RecordingState.ABSENT: frozenset({RecordingState.PENDING}),  # a late callback knows better
    RecordingState.LOST: frozenset({RecordingState.PENDING}),
}
"""The only moves there are. The provider's copy may go only from a sealed one."""

TO_FETCH = (RecordingState.TAKING, RecordingState.PENDING)
"""States in which there may be audio that is not here yet."""

RETRY_SECONDS = (10, 60, 300, 1_800, 3_600, 21_600)
"""Waits before the second, third … try; the last one repeats."""

GIVE_UP_SECONDS = 40 * 24 * 3600
"""The provider keeps metadata for 40 days."""

_TEXT_BYTES = 1024

NEWS_SECONDS = 60
"""How long the provider's word that the audio is ready is waited for before it is fetched without."""

ASK_SECONDS = (120, 600, 3_600, 21_600, 86_400, 259_200)
"""How long after the end of a call the provider is asked for recordings it never told of; then no more."""

PARTIAL_TRIES = 3
"""After so many tries a part of a recording is taken for all there is to be had."""

OVERDUE_TRIES = 4
"""After so many tries, some ten minutes, people are told that a recording does not come."""

LATE_SECONDS = 600
"""After so long people are told of a recording that stands still, whatever was tried."""

TOLERANCE_SECONDS = 1.0
"""Between our measure and the provider's, which is rounded to whole seconds."""


class Doubt(StrEnum):
    """What is odd about audio that is kept all the same."""

    NONE = ""
    CUT_OFF = "cut-off"  # its header, or the connection, promised more
    SHORTER = "shorter"  # than the provider announced
    LONGER = "longer"
    UNREADABLE = "unreadable"  # not a WAV file as expected: how long it plays is unknown


class IllegalMove(IvrError):
    """A recording cannot go from this state to that one."""


class BadRecording(IvrError):
    """Nothing that may be audio: keep the row pending, try again."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A recording, to be kept under its hash. `path_relative` is below the recordings directory, with `/`.

    duration_seconds: as measured, 0 = unknown.
    """

    sha256: str
    size_bytes: int
    duration_seconds: float
    path_relative: str
    doubt: Doubt = Doubt.NONE


def move(current: RecordingState, wanted: RecordingState) -> RecordingState:
    """The new state. Raises `IllegalMove`; staying put is no move and always allowed."""
    if wanted is not current and wanted not in MOVES[current]:
        raise IllegalMove(f"{current} → {wanted}")
    return wanted


def retry_after_seconds(tries: int, pending_seconds: float) -> int | None:
    """How long to wait after `tries` failed downloads (1 = the first); None means give up.

    pending_seconds: how long the recording has been pending.
    """
    wait = RETRY_SECONDS[min(max(tries, 1), len(RETRY_SECONDS)) - 1]
    return wait if pending_seconds + wait <= GIVE_UP_SECONDS else None


def judged(content: bytes, claimed_seconds: float, *, whole: bool = True) -> tuple[float, Doubt]:
    """How long the audio plays (0 = unknown), and what is odd about it.

    claimed_seconds: what the provider announced, 0 = nothing. whole: False when the connection was cut.
    Raises `BadRecording` for what is no audio: nothing, a page of text, a header without samples.
    """
    if _is_text(content):
        raise BadRecording("no audio but text, or nothing")
    try:
        audio = inspect(content)
    except NoSamples as problem:
        raise BadRecording(str(problem)) from problem
    except BadAudio:
        return 0.0, Doubt.UNREADABLE if whole else Doubt.CUT_OFF
    if not whole or not audio.whole:
        return audio.seconds, Doubt.CUT_OFF
    if claimed_seconds and abs(audio.seconds - claimed_seconds) > TOLERANCE_SECONDS:
        return audio.seconds, Doubt.SHORTER if audio.seconds < claimed_seconds else Doubt.LONGER
    return audio.seconds, Doubt.NONE


def _is_text(content: bytes) -> bool:
    """Error pages of servers and proxies come with status 200 too; sound is never readable for so long."""
    head = content[:_TEXT_BYTES]
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in head):
        return False
    read = head.decode("utf-8", errors="ignore").encode()
    # A page in another encoding begins with a tag; a text that was cut may end within a character.
    return head.lstrip().startswith(b"<") or len(head) - len(read) < 4


def examined(content: bytes, claimed_seconds: float, *, whole: bool = True) -> Sealed:
    """What arrived, judged and hashed. `claimed_seconds`, `whole`: as in `judged`. Raises `BadRecording`."""
    seconds, doubt = judged(content, claimed_seconds, whole=whole)
    digest = hashlib.sha256(content).hexdigest()
    return Sealed(digest, len(content), seconds, relative_path(digest), doubt)


def relative_path(sha256: str) -> str:
    """Where a recording with this hash lies below the recordings directory."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BadRecording("not a SHA-256 in hex")
    return str(PurePosixPath(sha256[:2], f"{sha256[2:]}.wav"))
