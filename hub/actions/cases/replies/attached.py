"""Files that staff send with a reply: what is taken, in the bounds that a letter to us has (`channels/mail`).

Only kinds of documents and pictures that every office opens go out, and only when they are what their name
says: by its first bytes a program is no PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from hub.model.conversation import AttachedFile
from hub.runtime.errors import HubError
from hub.store.files import FileStore

MOST = 10
MOST_BYTES = 15 * 1024 * 1024
"""Of all files of a reply together."""

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS: Mapping[str, tuple[str, bytes]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".doc": ("application/msword", _OLD_OFFICE),
    ".xls": ("application/vnd.ms-excel", _OLD_OFFICE),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".ofd": ("application/ofd", _ZIP),
    ".txt": ("text/plain", b""),
}
"""By the end of the name: media type and first bytes."""

ENDINGS = tuple(_KINDS)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One as it came. name: as the browser says."""

    name: str
    content: bytes


class UnfitFile(HubError):
    """It is not taken. why: too_big | too_many | kind | empty."""

    def __init__(self, name: str, why: str, size_bytes: int) -> None:
        super().__init__(why)
        self.name = name
        self.why = why
        self.size_bytes = size_bytes


async def attached(
    files: FileStore, uploads: Sequence[UploadedFile], *, beside: Sequence[AttachedFile] = ()
) -> tuple[AttachedFile, ...]:
    """The files, kept; each is durable when this returns. beside: those the reply has already.

    Raises `UnfitFile` for the first that is not taken; nothing is kept then.
    """
    left = MOST_BYTES - sum(file.size_bytes for file in beside)
    for number, upload in enumerate(uploads, start=len(beside) + 1):
        left -= len(upload.content)
        if why := _unfit(upload, number, left):
            raise UnfitFile(_name(upload.name), why, len(upload.content))
    return tuple([await _kept(files, upload) for upload in uploads])


async def _kept(files: FileStore, upload: UploadedFile) -> AttachedFile:
    name = _name(upload.name)
    media_type, _ = _KINDS[_ending(name)]
    return AttachedFile(await files.put(upload.content), name, media_type, len(upload.content))


def _unfit(upload: UploadedFile, number: int, left: int) -> str:
    kind = _KINDS.get(_ending(_name(upload.name)))
    if kind is None or not upload.content.startswith(kind[1]):
        return "kind"
    if number > MOST:
        return "too_many"
    if left < 0:
        return "too_big"
    return "" if upload.content else "empty"


def _name(name: str) -> str:
    """Without folders and what cannot be shown; its end tells what it is, so that stays."""
    plain = "".join(char for char in name if char.isprintable())
    return PurePosixPath(plain.replace("\\", "/")).name.strip(". ")[-120:]


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.casefold()
