"""Long texts: how they are cut, how parts are known, and which reference they get."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.carrier.alphabet import ENCODINGS, Format, decode, encode, format_of
from channels.carrier.long_text import ROOM, Place, References, pieces, split_head


@pytest.mark.parametrize(
    ("text", "gbk", "form", "count"),
    [
        ("a" * 159, False, Format.ASCII, 1),
        ("a" * 160, False, Format.ASCII, 2),
        ("a" * 306, False, Format.ASCII, 2),
        ("警" * 70, False, Format.UCS2, 1),
        ("警" * 71, False, Format.UCS2, 2),
        ("警" * 134, False, Format.UCS2, 2),
        ("警" * 135, False, Format.UCS2, 3),
        ("警" * 70, True, Format.GBK, 1),
        ("a" * 100 + "警" * 20, True, Format.GBK, 1),
        ("a" * 100 + "警" * 20, False, Format.UCS2, 2),
        ("你好€", True, Format.GBK, 1),
        ("你好😱", True, Format.UCS2, 1),
    ],
)
def test_how_many_parts_a_text_has(text: str, gbk: bool, form: Format, count: int) -> None:
    made = pieces(text, reference=lambda: 7, gbk=gbk)
    assert ([piece.form for piece in made], len(made)) == ([form] * count, count)


@given(
    text=st.text(st.sampled_from("警a€😱\n"), min_size=1, max_size=400),
    gbk=st.booleans(),
    reference=st.integers(0, 255),
    reserved=st.integers(0, 20),
)
@example(text="😱" * 40, gbk=False, reference=1, reserved=0)  # 134 bytes are no whole number of them
def test_parts_fit_and_are_the_text_again(text: str, gbk: bool, reference: int, reserved: int) -> None:
    made = pieces(text, reference=lambda: reference, gbk=gbk, reserved=reserved)
    room = ROOM[made[0].form]
    spare = reserved * (1 if made[0].form is Format.ASCII else 2)
    bodies = []
    for place, piece in enumerate(made, start=1):
        found, body = split_head(piece.content) if piece.has_head else (None, piece.content)
        assert len(piece.content) + spare <= (room.joined + 6 if piece.has_head else room.single)
        if piece.has_head:
            assert found == Place(f"{reference:02x}", len(made), place)
        bodies.append(decode(body, ENCODINGS[piece.form]))  # each by itself: no character is cut
    assert "".join(bodies) == text


def test_an_empty_text_has_no_parts_and_a_huge_one_is_refused() -> None:
    assert pieces("", reference=lambda: 1) == []
    with pytest.raises(ValueError, match="parts"):
        pieces("警" * 67 * 256, reference=lambda: 1)


@pytest.mark.parametrize(
    ("content", "place", "rest"),
    [
        (b"\x05\x00\x03\x2a\x03\x01ab", Place("2a", 3, 1), b"ab"),
        (b"\x06\x08\x04\x12\x34\x03\x02ab", Place("1234", 3, 2), b"ab"),
        (b"\x08\x24\x01\x01\x00\x03\x2a\x02\x02ab", Place("2a", 2, 2), b"ab"),  # not the first element
        (b"\x03\x24\x01\x01ab", None, b"ab"),  # tells of no parts
        (b"\x05\x00\x03\x2a\x01\x01ab", None, b"ab"),  # one of one
        (b"\x05\x00\x03\x2a\x03\x04ab", None, b"ab"),  # four of three
        (b"\x05\x00\x03\x2a\x03\x00ab", None, b"ab"),
        (b"\x7fab", None, b"\x7fab"),  # longer than what is there
        (b"\x05\x00\x09\x2a\x03\x01ab", None, b"\x05\x00\x09\x2a\x03\x01ab"),
        (b"", None, b""),
    ],
)
def test_heads(content: bytes, place: Place | None, rest: bytes) -> None:
    assert split_head(content) == (place, rest)


@given(st.binary(max_size=40))
def test_any_content_is_read(content: bytes) -> None:
    place, rest = split_head(content)
    assert content.endswith(rest)
    assert place is None or 1 <= place.number <= place.total


def test_references_count_up_for_each_number_and_stay_for_a_text_that_is_tried_again() -> None:
    references = References(most=2)
    first = references.of("12110", "a", "d1")
    assert references.of("12110", "a", "d1") == first
    assert references.of("12110", "a", "d2") == (first + 1) % 256
    assert references.of("12110", "b", "d1") == first  # of the text, as nothing is known of the number
    references.of("12110", "c", "d9")
    assert references.of("12110", "a", "d2") == References().of("12110", "a", "d2")  # it was forgotten


@pytest.mark.parametrize(
    ("number", "form"),
    [(0, 0), (3, 0), (4, 4), (8, 8), (9, 8), (15, 15), (24, 8), (25, 8), (31, 15), (240, 0)],
)
def test_what_a_gateway_means_by_a_format(number: int, form: int) -> None:
    assert format_of(number) == form


@given(st.text(max_size=100), st.booleans())
def test_what_is_encoded_is_read(text: str, gbk: bool) -> None:
    form, content = encode(text, gbk=gbk)
    readable = text.encode("utf-16-be", "replace").decode("utf-16-be").replace("\0", "")
    assert decode(content, ENCODINGS[form]) == readable
