"""Undoes the transfer encoding of a part, however it is spelled and whatever was damaged on the way.

Labels are written with blanks, quotation marks, comments; they are missing, or say what is not so. The bytes
have the last word: base64 that another program wrote a footer below, or in several pieces, is read as far as
it is base64; what is not encoded at all stays as it is.
"""

from __future__ import annotations

import binascii
import re

from channels.mail.charset import is_strict_text

_COMMENT = re.compile(r"\([^()]*\)")
_NOT_A_DIGIT = re.compile(rb"[^A-Za-z0-9+/]")
_ONLY_DIGITS = re.compile(rb"[A-Za-z0-9+/\s]{16,}={0,2}\s*")
_ESCAPED = re.compile(rb"(?:=[89A-Fa-f][0-9A-Fa-f]){2}")
_SOFT_END = re.compile(rb"=[ \t]{1,20}(?=\r?\n)")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_FOREIGN = 0.1
_SHORT_LINE = 40


def undone(raw: bytes, label: str, *, is_text: bool) -> bytes:
    """The bytes of a part. label: its Content-Transfer-Encoding as it is written."""
    name = re.sub(r"[^a-z0-9]", "", _COMMENT.sub("", label).lower())
    if name.startswith(("base64", "b64", "xbase64")):
        return _base64(raw, is_text=is_text)
    if name.startswith(("quoted", "qp", "xquoted")):
        return _quoted(raw)
    if "uu" in name:
        return uudecoded(raw)
    return _guessed(raw) if is_text else raw


def uudecoded(raw: bytes) -> bytes:
    """What stands between `begin` and `end`, with what stands around it; `raw` when there is none."""
    begin = _UU_BEGIN.search(raw)
    if begin is None:
        return raw
    out = bytearray(raw[: begin.start()])
    at = begin.end()
    while at < len(raw):
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        line = raw[at:end].rstrip(b"\r")
        at = end + 1
        if line.strip() == b"end":
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:  # lost blanks at the end, or a line that is none
            continue
    return bytes(out) + raw[at:]


def _quoted(raw: bytes) -> bytes:
    return binascii.a2b_qp(_SOFT_END.sub(b"=", raw))


def _base64(raw: bytes, *, is_text: bool) -> bytes:
    if not is_text:
        return _digits(raw)
    out, digits = bytearray(), bytearray()
    foreign_before = False
    for line in raw.splitlines(keepends=True):
        bare = line.strip()
        foreign = len(_NOT_A_DIGIT.findall(bare.rstrip(b"="))) > max(1, _FOREIGN * len(bare))
        foreign = foreign or (foreign_before and len(bare) < _SHORT_LINE and not bare.endswith(b"="))
        if foreign:
            out += _digits(bytes(digits))
            digits.clear()
            if out and not foreign_before:
                out += b"\n"
            out += line
        else:
            digits += bare
        foreign_before = foreign
    return bytes(out) + _digits(bytes(digits))


def _digits(raw: bytes) -> bytes:
    """Every piece by itself: some programs encode in pieces, each with its padding."""
    out = bytearray()
    for piece in raw.split(b"="):
        digits = _NOT_A_DIGIT.sub(b"", piece)
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]
        out += binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
    return bytes(out)


def _guessed(raw: bytes) -> bytes:
    """A text without a label, or with one that nobody knows: encoded when only that gives a text."""
    if not raw.isascii():
        return raw
    if _ONLY_DIGITS.fullmatch(raw.strip()) and len(b"".join(raw.split())) % 4 == 0:
        found = _digits(raw)
        if not found.isascii() and is_strict_text(found):
            return found
    if len(_ESCAPED.findall(raw)) >= 3:
        found = _quoted(raw)
        if is_strict_text(found):
            return found
    return raw
