"""What may be words in the bytes of a letter that nobody can read, to look for danger in.

No structure is believed: the bytes as they are with quoted-printable undone, and what base64 hides, each as
UTF-8 and as GB18030, each in blocks with a little of the block before. Work and memory grow with the length
only. Base64 that holds no text is left out, because three letters of a picture spell "sos" by chance.
"""

from __future__ import annotations

import binascii
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator

from channels.mail.html import unescaped

_BLOCK_BYTES = 16_384
"""What is searched at once holds the interpreter for some milliseconds."""
_END_BYTES = 1_048_576
_SHARED_CHARS = 100
"""How much of a block is given again with the next: no word of danger is longer."""
_CHARSETS = ("utf-8", "gb18030")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{2,8192}")
_LONG_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,8192}=*")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b")
_MOST_CONTROLS = 0.02
"""Share of bytes that no text has."""


def rough_texts(raw: bytes) -> Iterator[str]:
    """Pieces of at most some 16,000 characters, from both ends of a letter that is very long."""
    if len(raw) > 2 * _END_BYTES:
        raw = raw[:_END_BYTES] + b"\n\n" + raw[-_END_BYTES:]
    for blocks in (_as_they_are(raw), _out_of_base64(raw)):
        decoders = [getincrementaldecoder(charset)("ignore") for charset in _CHARSETS]
        before = [""] * len(decoders)
        for block in blocks:
            for number, decoder in enumerate(decoders):
                text = before[number] + unescaped(decoder.decode(block))
                before[number] = text[-_SHARED_CHARS:]
                yield text


def _as_they_are(raw: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(raw):
        end = min(at + _BLOCK_BYTES, len(raw))
        escape = raw.rfind(b"=", end - 3, end)
        if at < escape and end < len(raw):  # not through the middle of =E6
            end = escape
        yield binascii.a2b_qp(_LONG_BASE64.sub(b" ", raw[at:end]))
        at = end


def _out_of_base64(raw: bytes) -> Iterator[bytes]:
    block = bytearray()
    rest, end = b"", 0
    size = controls = 0  # of the part the run belongs to
    for run in _BASE64.finditer(raw):
        if raw[end : run.start()] not in (b"", b"\n", b"\r\n"):  # not the next line of the same part
            block += _digits(rest + b"=" * (-len(rest) % 4)) + b"\n"
            rest, size, controls = b"", 0, 0
        digits = rest + run[0]
        whole = len(digits) // 4 * 4
        piece = _digits(digits[:whole])
        size += len(piece)
        controls += len(piece) - len(piece.translate(None, _CONTROLS))
        if controls <= _MOST_CONTROLS * size:
            block += piece
        rest, end = digits[whole:], run.end()
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block + _digits(rest + b"=" * (-len(rest) % 4)))


def _digits(digits: bytes) -> bytes:
    try:
        return binascii.a2b_base64(digits)
    except binascii.Error:  # a single digit is no byte
        return b""
