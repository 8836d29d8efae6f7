"""The bytes of a text on the air, and back.

Formats carry the numbers that CMPP, SGIP and SMGP give them. UCS-2 is UTF-16 in network order: an emoji
takes four bytes. GBK is read and written as GB18030, which knows € and everything else; what takes four bytes
there no handset shows, so such a text travels as UCS-2.
"""

from __future__ import annotations

from enum import IntEnum


class Format(IntEnum):
    """Msg_Fmt, MessageCoding, MsgFormat."""

    ASCII = 0
    BINARY = 4
    UCS2 = 8
    GBK = 15


ENCODINGS = {Format.ASCII: "ascii", Format.UCS2: "utf-16-be", Format.GBK: "gb18030"}
"""The codec of each format that holds text."""


def encode(text: str, *, gbk: bool = False) -> tuple[Format, bytes]:
    """The format a text travels in, and its bytes. gbk: the gateway wants GBK where it will do."""
    if text.isascii():
        return Format.ASCII, text.encode()
    if gbk:
        content = text.encode("gb18030", "replace")
        if len(content) == sum(1 if character.isascii() else 2 for character in text):
            return Format.GBK, content
    return Format.UCS2, encode_ucs2(text)


def encode_ucs2(text: str) -> bytes:
    """UTF-16 in network order; half a pair becomes a question mark."""
    return text.encode("utf-16-be", "replace")


def format_of(number: int) -> Format:
    """What a gateway means by a format. Numbers outside the specification occur (9, 24, 25): the bits of
    UCS-2 decide then, and anything else is taken for text in one byte."""
    if number & 0x0F == Format.GBK:
        return Format.GBK
    if number & 0x0C == Format.UCS2:
        return Format.UCS2
    return Format.BINARY if number == Format.BINARY else Format.ASCII


def decode(content: bytes, encoding: str) -> str:
    """The text in `content`; what cannot be read is shown as �, bytes beyond ASCII are tried as GBK."""
    if encoding == ENCODINGS[Format.ASCII] and not content.isascii():
        encoding = ENCODINGS[Format.GBK]
    return content.decode(encoding, "replace").replace("\0", "")
