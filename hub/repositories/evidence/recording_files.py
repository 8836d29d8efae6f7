"""The files of recordings: the one place that writes, opens and seals them anew.

Each lies under the hash of its plain bytes, sealed (`hub/store/sealed_file.py`) for that hash: what opens has
it. What is behind the compartment is sealed with keys of its own. Files of earlier releases lie there in the
clear; they are read by their hash until they are sealed (`hub/actions/calls/seal_recordings.py`).

Every method works on the disk: call it in a thread.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from hub.model.call import Recording
from hub.store.crypto import KeyProblem, Vault, sync_folder
from hub.store.files import MARKS
from hub.store.sealed_file import NotSealed, PlainBytes, Readable, SealedFiles
from hub.store.unreadable import Unreadable
from ivr.evidence.recordings import relative_path

_MODE = 0o440


class FileState(StrEnum):
    """What is known of a file after it was read again."""

    WHOLE = "whole"  # its plain bytes have the hash
    LOCKED = "locked"  # as it was written, but the key to open it is not here
    WRONG = "wrong"  # missing or changed


class RecordingFiles:
    """Files below `directory`. reports: None where the keys of REPORT recordings are not at hand, which is
    enough to read the others."""

    def __init__(self, directory: Path, vault: Vault, reports: Vault | None) -> None:
        self._directory = directory
        self._vault = vault
        self._reports = reports
        self._sealed = SealedFiles((vault,) if reports is None else (vault, reports), vault.subkey(MARKS))

    def keep(self, content: bytes, sha256: str, *, behind: bool) -> None:
        """Keeps what arrived, sealed, durable when it returns; a damaged file of this hash is mended.

        behind: whether it belongs behind the compartment. Raises `OSError` when the disk fails.
        """
        vault, path = self._vault_for(behind=behind), self._path(sha256)
        if self._key(sha256) != vault.current or self.state(sha256) is not FileState.WHOLE:
            self._sealed.write(path, _place(sha256), content, vault, mode=_MODE)
        # Also of a file that was there: whoever kept it may not have come so far yet.
        for folder in (path.parent, self._directory, self._directory.parent):
            sync_folder(folder)

    @contextmanager
    def opened(self, recording: Recording) -> Iterator[Readable]:
        """A recording to read parts of. Raises `Unreadable`, also while it is read."""
        try:
            with self._opened(recording.sha256) as file:
                yield file
        except (OSError, KeyProblem) as problem:
            self._vault.unreadable.found(_told(recording))
            raise Unreadable(_told(recording)) from problem

    def content(self, recording: Recording) -> bytes:
        """All of a recording, hashed again. Raises `Unreadable`."""
        with self.opened(recording) as file:
            content = file.read()
            _check(content, recording.sha256)
        self._vault.unreadable.mended(_told(recording))  # all of it; a part of it says nothing of the rest
        return content

    def reseal(self, sha256: str, *, behind: bool | None = None) -> bool:
        """Seals a file with the current key of its side of the compartment; whether it was sealed otherwise.

        behind: None = the side on which it is; of a file in the clear, behind. Nothing happens to one that is
        gone. Raises `KeyProblem` when it does not open, and `OSError`.
        """
        try:
            key = self.key_of(sha256)
            vault = self._vault_for(behind=key not in self._vault.key_ids if behind is None else behind)
            if key == vault.current:
                return False
            with self._opened(sha256) as file:
                content = file.read()
        except FileNotFoundError:
            return False
        _check(content, sha256)
        self._sealed.write(self._path(sha256), _place(sha256), content, vault, mode=_MODE)
        return True

    def key_of(self, sha256: str) -> str:
        """Which key a file needs, "" = none, it is in the clear. Raises `FileNotFoundError`, `KeyProblem`."""
        try:
            return self._sealed.key_of(self._path(sha256), _place(sha256))
        except NotSealed:
            return ""

    def state(self, sha256: str) -> FileState:
        """Reads a file again."""
        try:
            self.check(sha256)
        except OSError:
            return FileState.WRONG
        except KeyProblem:
            return FileState.LOCKED if self._is_locked(sha256) else FileState.WRONG
        return FileState.WHOLE

    def check(self, sha256: str) -> None:
        """Reads a file again; one in the clear passes. Raises `FileNotFoundError`, and `KeyProblem` when it
        does not open or was changed."""
        with self._opened(sha256) as file:
            _check(file.read(), sha256)
        if self._key(sha256) and not self._is_marked(sha256):
            raise KeyProblem(f"{_place(sha256)} 的标记不对。 / The mark of {_place(sha256)} is wrong.")

    def ids(self) -> list[str]:
        """The hashes of all files."""
        return sorted(path.parent.name + path.stem for path in self._directory.glob("??/*.wav"))

    def place(self, sha256: str) -> str:
        """What a file is called where it is told of."""
        return _place(sha256)

    @property
    def current(self) -> str:
        """The ids of the keys that files are sealed with now."""
        return f"{self._vault.current}+{self._reports.current if self._reports else ''}"

    def _is_locked(self, sha256: str) -> bool:
        ids = {*self._vault.key_ids, *(self._reports.key_ids if self._reports else ())}
        return self._key(sha256) not in {"", *ids} and self._is_marked(sha256)

    def _is_marked(self, sha256: str) -> bool:
        return self._sealed.is_marked(self._path(sha256), _place(sha256))

    def _key(self, sha256: str) -> str:
        try:
            return self.key_of(sha256)
        except (OSError, KeyProblem):
            return ""

    @contextmanager
    def _opened(self, sha256: str) -> Iterator[Readable]:
        path, place = self._path(sha256), _place(sha256)
        if self._key(sha256) == "":
            plain = path.read_bytes()
            if hashlib.sha256(plain).hexdigest() == sha256:
                yield PlainBytes(plain)
                return
        with self._sealed.opened(path, place) as file:  # or it was sealed a moment ago
            yield file

    def _vault_for(self, *, behind: bool) -> Vault:
        if not behind:
            return self._vault
        if self._reports is None:
            raise KeyProblem("举报录音的密钥不在这里。 / The keys of REPORT recordings are not at hand.")
        return self._reports

    def _path(self, sha256: str) -> Path:
        return self._directory / relative_path(sha256)


def _check(content: bytes, sha256: str) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise KeyProblem(f"{_place(sha256)} 被改动过。 / {_place(sha256)} was altered.")


def _told(recording: Recording) -> str:
    return f"recording_files/{recording.id}"


def _place(sha256: str) -> str:
    return f"recordings/{sha256}"
