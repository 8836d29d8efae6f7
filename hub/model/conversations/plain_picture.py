"""Pictures without what a camera or a program wrote into them: place, instant, device, a smaller copy.

Protects who took a picture of something they report: what is handed round tells no more than what is seen on
it. The original stays sealed as it came. Sources: ITU-T T.81 annex B (JPEG), PNG third edition.
"""

from __future__ import annotations

from collections.abc import Iterator

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPS = range(0xE0, 0xF0)
_KEPT_APPS = {0xE0, 0xEE}
"""JFIF, and Adobe's word on how colours are stored, without which they would be wrong."""
_ALONE = {0x01, *range(0xD0, 0xD8)}
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"}


def without_metadata(content: bytes) -> bytes | None:
    """The same picture, without a decoder and so without any loss; what stands behind its end is dropped.

    None for what is no JPEG or PNG, or does not read as one to its end.
    """
    parts = _jpeg(content) if content.startswith(_JPEG) else _png(content) if content.startswith(_PNG) else ()
    try:
        return b"".join(parts) or None
    except ValueError:
        return None


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at = 2
    while True:
        if content[at : at + 1] != b"\xff" or at + 1 >= len(content):
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == _EOI:
            yield content[at : at + 2]
            return
        if marker in _ALONE:
            yield content[at : at + 2]
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if end > len(content) or end < at + 4:
            raise ValueError("a segment without an end")
        if marker == _SOS:
            end = _after_scan(content, end)
        if marker != _COMMENT and (marker not in _APPS or marker in _KEPT_APPS):
            yield content[at:end]
        at = end


def _after_scan(content: bytes, at: int) -> int:
    """Where the next marker stands behind coded lines; an FF among them is followed by 00 or a restart."""
    while True:
        at = content.index(b"\xff", at)  # raises ValueError where there is none
        if at + 1 >= len(content):
            raise ValueError("no end")
        if content[at + 1] != 0 and content[at + 1] not in _ALONE:
            return at
        at += 2


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:8]
    at = 8
    while True:
        kind, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4], "big")
        if len(kind) < 4 or end > len(content):
            raise ValueError("a chunk without an end")
        if kind in _KEPT_CHUNKS:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end
