"""What is in a `winmail.dat`: text and files that Outlook puts there instead of into the letter (TNEF).

Runs only in the process that reads letters. The libraries trust the lengths they read, so a file made to
hold them takes all the time there is: the second try to read a letter leaves it closed (`parse.py`).
Source: [MS-OXTNEF], [MS-OXRTFCP].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from striprtf.striprtf import rtf_to_text
from tnefparse import TNEF
from tnefparse.tnef import TNEFAttachment

from channels.mail.charset import decoded

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
NAME = "winmail.dat"
_DEEPEST = 3
_RTF_SIGNATURE = b"{\\rtf"


@dataclass(frozen=True, slots=True)
class Opened:
    """text: the letter as it stands in there. is_html: whether that is HTML. files: names and contents."""

    text: str
    is_html: bool
    files: tuple[tuple[str, bytes], ...]


def opened(content: bytes) -> Opened | None:
    """What is in it; None for what is no TNEF, is damaged, or has nothing in it."""
    try:
        tnef = TNEF(content, do_checksum=False)
        text, is_html = _text(tnef)
        files = tuple(_files(tnef, _DEEPEST))
    except Exception:  # the library raises whatever it stumbles over
        return None
    return Opened(text, is_html, files) if text.strip() or files else None


def _text(tnef: TNEF) -> tuple[str, bool]:
    plain, rich = _decoded(tnef, tnef.body), _decoded(tnef, tnef.htmlbody)
    if rich.strip() or plain.strip():
        return (rich, True) if rich.strip() else (plain, False)
    rtf = tnef.rtfbody or b""
    if not rtf.startswith(_RTF_SIGNATURE):
        return "", False
    return rtf_to_text(rtf.decode("latin-1"), errors="replace"), False  # type: ignore[no-untyped-call]


def _files(tnef: TNEF, depth: int) -> Iterator[tuple[str, bytes]]:
    titles = _titles(tnef)
    for place, file in enumerate(tnef.attachments):
        inner = getattr(file, "embed", None)
        if isinstance(inner, TNEF):
            if depth:
                text, is_html = _text(inner)
                if text.strip():
                    yield ("message.html" if is_html else "message.txt"), text.encode()
                yield from _files(inner, depth - 1)
        elif file.data:
            yield _name(tnef, file, titles[place] if place < len(titles) else b""), file.data


def _titles(tnef: TNEF) -> list[bytes]:
    """The short names as they came: the library takes each for UTF-8."""
    titles: list[bytes] = []
    for one in tnef.objects:
        if one.name == TNEF.ATTATTACHRENDDATA:
            titles.append(b"")
        elif one.name == TNEF.ATTATTACHTITLE and titles:
            titles[-1] = one.data
    return titles


def _name(tnef: TNEF, file: TNEFAttachment, title: bytes) -> str:
    try:
        long = file.long_filename()
    except UnicodeDecodeError:
        long = ""
    return long or _decoded(tnef, title)


def _decoded(tnef: TNEF, written: str | bytes | None) -> str:
    text = decoded(written, tnef.codepage) if isinstance(written, bytes) else written or ""
    return text.replace("\0", "")
