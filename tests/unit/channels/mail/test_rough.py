"""Words in the bytes of a letter that nobody can read."""

from __future__ import annotations

import base64
import quopri
import random
import time

import pytest

from channels.mail.rough import rough_texts

WORD = "有人持刀，救命"
HEAD = b"From: a@example.org\r\nContent-Transfer-Encoding: base64\r\n\r\n"
ANYTHING = random.Random(7)


@pytest.mark.parametrize(
    "hidden",
    [
        WORD.encode(),
        WORD.encode("gb18030"),
        base64.encodebytes(("路灯坏了。" * 50 + WORD).encode()),
        base64.encodebytes(("路灯坏了。" * 50 + WORD).encode("gb18030")),
        base64.b64encode(("路灯坏了。" * 50_000 + WORD).encode()),
        quopri.encodestring(("路灯坏了。" * 5_000 + WORD).encode()),
        quopri.encodestring(WORD.encode("gb18030")),
        b"Subject: =?utf-8?B?" + base64.b64encode(WORD.encode()) + b"?=",
        "".join(f"&#{ord(char)};" for char in WORD).encode(),
        ANYTHING.randbytes(100_000) + b"\r\n" + WORD.encode(),
        base64.encodebytes(WORD.encode()) + b"--b\r\n\r\n" + base64.encodebytes(ANYTHING.randbytes(300_000)),
        b"\r\n" * 5_000_000 + base64.encodebytes(WORD.encode()),
    ],
)
def test_words_are_found_however_they_are_written(hidden: bytes) -> None:
    assert any(WORD in text for text in rough_texts(HEAD + hidden))


def test_a_word_across_two_pieces_is_found() -> None:
    for shift in range(4):
        raw = b"x" * (16_384 - 12 + shift) + WORD.encode()
        assert any(WORD in text for text in rough_texts(raw))


def test_a_picture_holds_no_words() -> None:
    picture = base64.encodebytes(ANYTHING.randbytes(2_000_000))
    assert not any("sos" in text.lower() for text in rough_texts(HEAD + picture))


@pytest.mark.parametrize("raw", [b"AAAA ", b"AA ", b"<a b='", b"=", b"&#9", b"\xff", b"=?a?b?", b"\r\n"])
def test_it_takes_linear_time_whatever_comes(raw: bytes) -> None:
    started = time.process_time()
    assert sum(1 for _ in rough_texts(raw * (10_000_000 // len(raw))))
    assert time.process_time() - started < 6
