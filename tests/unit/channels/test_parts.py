"""Part counting against the published table and against a counter that builds the octets."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.parts import Encoding, Parts, count, split

GSM_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_ESCAPES = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D}
GSM_ESCAPES |= {"]": 0x3E, "|": 0x40, "€": 0x65}

mixed = st.text(
    st.sampled_from("aZ9 @£é[]{}€~^\\|\f\n【】福建公安拒收请回复，。Ａ１😀👮é\u0301\u200d"), max_size=700
)


def parts_on_the_air(text: str) -> tuple[Encoding, int, int]:
    """Encoding, parts and units, counted from the encoded text itself."""
    codes = {character: code for code, character in enumerate(GSM_TABLE) if character != "\x1b"}
    if all(character in codes or character in GSM_ESCAPES for character in text):
        stream: list[int] = []
        for character in text:
            stream += [0x1B, GSM_ESCAPES[character]] if character in GSM_ESCAPES else [codes[character]]
        return Encoding.GSM7, pieces(stream, 160, 153, joined=lambda unit: unit == 0x1B), len(stream)
    octets = text.encode("utf-16-be")
    stream = [int.from_bytes(octets[i : i + 2]) for i in range(0, len(octets), 2)]
    return Encoding.UCS2, pieces(stream, 70, 67, joined=lambda unit: 0xD800 <= unit < 0xDC00), len(stream)


def pieces(stream: list[int], single: int, each: int, *, joined: object) -> int:
    """How often `stream` is cut when a unit that is `joined` to the next one is never the last."""
    assert callable(joined)
    if len(stream) <= single:
        return 1 if stream else 0
    cuts = 0
    while stream:
        end = min(each, len(stream))
        if end < len(stream) and joined(stream[end - 1]):
            end -= 1
        stream = stream[end:]
        cuts += 1
    return cuts


@pytest.mark.parametrize(
    ("text", "pieces_in_characters"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 159 + "€", [153, 7]),
        ("😀" * 35, [35]),
        ("😀" * 36, [33, 3]),
        ("😀" * 67, [33, 33, 1]),
        ("【福建公安】" + "字" * 64, [70]),
        ("【福建公安】" + "字" * 65, [67, 4]),
        ("【福建公安】" + "字" * 65 + "拒收请回复R", [67, 10]),
        ("字" * 134, [67, 67]),
        ("字" * 150, [67, 67, 16]),
    ],
)
def test_the_published_examples_hold(text: str, pieces_in_characters: list[int]) -> None:
    assert [len(piece) for piece in split(text)] == pieces_in_characters
    assert count(text).parts == len(pieces_in_characters)


def test_a_count_says_what_still_fits_into_the_last_part() -> None:
    assert count("") == Parts(Encoding.GSM7, 0, 0, 160, 160)
    assert count("abc€") == Parts(Encoding.GSM7, 1, 5, 160, 155)
    assert count("a" * 161) == Parts(Encoding.GSM7, 2, 161, 153, 145)
    assert count("您好") == Parts(Encoding.UCS2, 1, 2, 70, 68)
    assert count("😀" * 36) == Parts(Encoding.UCS2, 2, 72, 67, 61)


def test_one_foreign_character_changes_the_whole_text() -> None:
    assert count("a" * 100).encoding is Encoding.GSM7
    assert count("a" * 100 + "ç") == Parts(Encoding.UCS2, 2, 101, 67, 33)


def test_every_character_of_the_alphabet_takes_one_unit_or_two() -> None:
    basic = GSM_TABLE.replace("\x1b", "")
    assert len(basic) == 127
    assert all(count(character).units == 1 for character in basic)
    assert all(count(character).units == 2 for character in GSM_ESCAPES)
    assert count("\x1b").encoding is Encoding.UCS2


def test_a_stray_half_of_a_pair_is_counted_and_not_an_error() -> None:
    assert count("字\ud83d").units == 2


@given(mixed)
def test_a_count_equals_the_cuts_of_the_encoded_text(text: str) -> None:
    counted = count(text)
    assert (counted.encoding, counted.parts, counted.units) == parts_on_the_air(text)


def test_ten_thousand_random_texts_are_counted_as_they_are_cut() -> None:
    draw = random.Random(12110)
    alphabet = "abc €[]字，。【】😀👮１ｄ"
    for _ in range(10_000):
        some = "".join(draw.choices(alphabet[: draw.randint(3, len(alphabet))], k=draw.randint(0, 330)))
        counted = count(some)
        assert (counted.encoding, counted.parts, counted.units) == parts_on_the_air(some)


@given(mixed)
def test_the_pieces_are_the_text_and_none_is_too_long(text: str) -> None:
    pieces_ = split(text)
    counted = count(text)
    assert "".join(pieces_) == text
    assert len(pieces_) == counted.parts
    # A piece of a UCS-2 text may itself be plain, so it is measured in the text's own units.
    for piece in pieces_:
        units = len(piece.encode("utf-16-le")) // 2
        if counted.encoding is Encoding.GSM7:
            units = count(piece).units
        assert 0 < units <= counted.per_part


@given(mixed)
def test_the_units_left_over_are_those_of_the_last_piece(text: str) -> None:
    counted = count(text)
    last = split(text)[-1] if text else ""
    used = len(last.encode("utf-16-le")) // 2
    if counted.encoding is Encoding.GSM7:
        used = count(last).units
    assert counted.left == counted.per_part - used
