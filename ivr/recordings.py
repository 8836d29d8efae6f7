"""A recording is evidence: from the announcement to the sealed file, nothing is taken on trust.

The row is written when recording is announced, so that a lost callback is visible. A download is
checked, hashed and sealed under its own hash before anything else may happen to the provider's
copy.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from ivr.errors import IvrError
from ivr.wav import BadAudio, inspect


class RecordingState(StrEnum):
    """How far a recording has come."""

    ANNOUNCED = "announced"  # the record step was issued after the consent sentence
    TAKING = "taking"  # the provider records
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
    RecordingState.TAKING: frozenset({RecordingState.PENDING, RecordingState.ABSENT, RecordingState.LOST}),
    RecordingState.PENDING: frozenset(
        {RecordingState.DOWNLOADED, RecordingState.ABSENT, RecordingState.LOST}
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

RETRY_SECONDS = (10, 60, 300, 1_800, 3_600, 21_600)
"""Waits before the second, third … try; the last one repeats."""

GIVE_UP_SECONDS = 40 * 24 * 3600
"""The provider keeps metadata for 40 days."""

TOLERANCE_SECONDS = 1.0
"""Between our measure and the provider's, which is rounded to whole seconds."""


class IllegalMove(IvrError):
    """A recording cannot go from this state to that one."""


class BadRecording(IvrError):
    """The bytes are not the recording that was announced: keep the row pending, try again."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A recording on disk. `path_relative` is below the recordings directory, with `/`."""

    sha256: str
    size_bytes: int
    duration_seconds: float
    path_relative: str


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


def checked_seconds(content: bytes, claimed_seconds: float) -> float:
    """How long the audio plays. Raises `BadRecording` when it is not whole, or not as long as
    the provider claims."""
    try:
        seconds = inspect(content).seconds
    except BadAudio as problem:
        raise BadRecording(str(problem)) from problem
    if abs(seconds - claimed_seconds) > TOLERANCE_SECONDS:
        raise BadRecording(f"plays {seconds:.1f} s, claimed were {claimed_seconds:.1f} s")
    return seconds


def seal(directory: Path, content: bytes, claimed_seconds: float) -> Sealed:
    """Check, hash and store a recording as `ab/cdef….wav`, mode 0440. Blocking: use a thread.

    The bytes are on disk under a `.part` name before they get their own, so that a file with a
    proper name is always whole. Sealing the same bytes again changes nothing. Raises
    `BadRecording`, and `OSError` when the disk fails.
    """
    seconds = checked_seconds(content, claimed_seconds)
    digest = hashlib.sha256(content).hexdigest()
    relative = relative_path(digest)
    target = directory / relative
    if not matches(target, digest):
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        _write_atomically(target, content)
        _sync_directory(target.parent)
        _sync_directory(directory)
    return Sealed(digest, len(content), seconds, relative)


def relative_path(sha256: str) -> str:
    """Where a recording with this hash lies below the recordings directory."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BadRecording("not a SHA-256 in hex")
    return str(PurePosixPath(sha256[:2], f"{sha256[2:]}.wav"))


def matches(path: Path, sha256: str) -> bool:
    """Re-read a sealed file; whether its bytes still have this hash. A missing file has not."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _write_atomically(target: Path, content: bytes) -> None:
    # Our own name for every try: two workers that seal the same recording must not share a file.
    handle, name = tempfile.mkstemp(prefix=target.stem[:16], suffix=".part", dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o440)
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
