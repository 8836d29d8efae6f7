"""A picture is handed round without what its camera wrote, and looks the same."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.conversations.plain_picture import without_metadata

GPS = b"GPS 26.08N 119.30E iPhone"


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


JFIF, QUANT, FRAME = segment(0xE0, b"JFIF\0"), segment(0xDB, bytes(65)), segment(0xC0, bytes(15))
SCAN = segment(0xDA, bytes(10)) + b"\x12\xff\x00\x34\xff\xd0\x56"
SECOND = segment(0xC4, b"table") + segment(0xDA, bytes(10)) + b"\x78\x9a"
TOLD = segment(0xE1, b"Exif\0\0" + GPS) + segment(0xED, GPS) + segment(0xFE, GPS)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"\x89PNG\r\n\x1a\n"
HEAD, DATA, END = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"lines"), chunk(b"IEND", b"")


def test_a_jpeg_loses_what_was_written_into_it_and_nothing_of_the_picture() -> None:
    picture = (
        b"\xff\xd8" + JFIF + TOLD + QUANT + FRAME + SCAN + segment(0xE2, GPS) + SECOND + b"\xff\xd9" + GPS
    )
    assert without_metadata(picture) == b"\xff\xd8" + JFIF + QUANT + FRAME + SCAN + SECOND + b"\xff\xd9"


def test_a_png_too() -> None:
    told = chunk(b"eXIf", GPS) + chunk(b"tEXt", GPS) + chunk(b"tIME", GPS[:7]) + chunk(b"prVt", GPS)
    assert without_metadata(PNG + HEAD + told + DATA + END + GPS) == PNG + HEAD + DATA + END


@pytest.mark.parametrize("other", [b"", b"%PDF-1.7", b"GIF89a", b"\xff\xd8\xff", PNG, PNG + HEAD[:-2]])
def test_what_is_no_whole_picture_is_not_touched(other: bytes) -> None:
    assert without_metadata(other) is None


@given(st.sampled_from([b"\xff\xd8\xff", b"\xff\xd8" + JFIF, PNG, PNG + HEAD]), st.binary(max_size=200))
def test_garbage_neither_hangs_nor_fails(start: bytes, rest: bytes) -> None:
    cleaned = without_metadata(start + rest)
    assert cleaned is None or without_metadata(cleaned) == cleaned
