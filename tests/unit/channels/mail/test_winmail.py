"""`winmail.dat` as Outlook writes it: its text is read, its files are files; what is damaged stays closed."""

from __future__ import annotations

import struct
from email.message import EmailMessage

import pytest
from compressed_rtf import compress
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.parse import DEFAULT_LIMITS, ParsedMail, ParseLimits, parse

TEXT = "小区门口的路灯坏了三个月一直没有人来修理。"
RTF = rb"{\rtf1\ansi\ansicpg936 \u36335 ?\u28783 ?\u22351 ?\u20102 ?\par {\*\generator x}}"
LIGHT = "路灯坏了"


def one(level: int, name: int, kind: int, data: bytes) -> bytes:
    """One attribute of a TNEF stream, with its checksum."""
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def prop(name: int, kind: int, data: bytes) -> bytes:
    """One MAPI property of variable length."""
    return struct.pack("<HHII", kind, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def props(*all_of_them: bytes) -> bytes:
    return struct.pack("<I", len(all_of_them)) + b"".join(all_of_them)


def attached(title: bytes, data: bytes, long_name: str = "") -> bytes:
    parts = [
        one(2, 0x9002, 6, b"\1\0" + b"\0" * 12),
        one(2, 0x8010, 1, title + b"\0"),
        one(2, 0x800F, 6, data),
    ]
    if long_name:
        named = prop(0x3707, 0x1F, (long_name + "\0").encode("utf-16-le"))
        parts.append(one(2, 0x9005, 6, props(named)))
    return b"".join(parts)


def tnef(*parts: bytes, codepage: int = 936) -> bytes:
    head = struct.pack("<IH", 0x223E9F78, 1) + one(1, 0x9006, 8, struct.pack("<I", 0x10000))
    return head + one(1, 0x9007, 6, struct.pack("<II", codepage, 0)) + b"".join(parts)


def in_html(text: str) -> bytes:
    markup = f"<html><body><p>{text}</p></body></html>".encode()
    return one(1, 0x9003, 6, props(prop(0x1013, 0x102, markup)))


def in_rtf(rtf: bytes) -> bytes:
    return one(1, 0x9003, 6, props(prop(0x1009, 0x102, compress(rtf))))


def in_plain(text: str) -> bytes:
    return one(1, 0x800C, 2, text.encode("gbk") + b"\0")


def read(
    content: bytes, text: str = "", *, cautious: bool = False, limits: ParseLimits = DEFAULT_LIMITS
) -> ParsedMail:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "zhang@example.org", "<m1@example.org>"
    mail.set_content(text)
    mail.add_attachment(content, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return parse(
        mail.as_bytes(),
        envelope_from="zhang@example.org",
        domain="hub.test",
        cautious=cautious,
        limits=limits,
    )


FILES = (attached("照片.JPG".encode("gbk"), b"\x89one"), attached(b"MAP~1.PDF", b"%PDF", "地图 最终.pdf"))


@pytest.mark.parametrize(
    ("body", "text"),
    [(in_plain(TEXT), TEXT), (in_html(TEXT), TEXT), (in_rtf(RTF), LIGHT)],
    ids=["plain", "html", "rtf"],
)
def test_the_text_is_read_and_the_files_are_files_of_the_letter(body: bytes, text: str) -> None:
    mail = read(tnef(body, *FILES))
    assert mail.text == text
    assert [(file.filename, file.content) for file in mail.attachments][1:] == [
        ("照片.JPG", b"\x89one"),
        ("地图 最终.pdf", b"%PDF"),
    ]


def test_a_text_that_the_letter_has_already_is_read_once_and_another_one_too() -> None:
    assert read(tnef(in_html(TEXT), *FILES), TEXT).text == TEXT
    assert read(tnef(in_html(TEXT)), "见附件").text == f"见附件\n{TEXT}"


def test_a_letter_inside_a_letter_is_opened_too() -> None:
    signature = bytes.fromhex("0703020000000000c000000000000046")
    inner = prop(0x3701, 0x0D, signature + tnef(in_plain(LIGHT), FILES[0]))
    outer = one(2, 0x9002, 6, b"\1\0" + b"\0" * 12) + one(2, 0x9005, 6, props(inner))
    mail = read(tnef(in_plain(TEXT), outer))
    assert [file.filename for file in mail.attachments] == ["winmail.dat", "message.txt", "照片.JPG"]
    assert mail.attachments[1].content.decode() == LIGHT


def test_what_is_over_a_bound_in_it_is_named_as_left_out() -> None:
    mail = read(tnef(*FILES), TEXT, limits=ParseLimits(attachments=2))
    assert [file.filename for file in mail.attachments] == ["winmail.dat", "照片.JPG"]
    assert mail.left_out == ("地图 最终.pdf",)


def test_a_name_in_it_is_no_path_and_turns_no_letters_round() -> None:
    mail = read(tnef(attached(b"x", b"1", "..\\..\\a\u202efdp.exe")))
    assert [file.filename for file in mail.attachments] == ["winmail.dat", "afdp.exe"]


@pytest.mark.parametrize(
    "content", [b"", b'x\x9f>"\0', b"not TNEF", tnef(), tnef(in_plain(TEXT))[:20]], ids=len
)
def test_what_cannot_be_opened_stays_a_file_of_its_name(content: bytes) -> None:
    assert [(file.filename, file.content) for file in read(content, TEXT).attachments] == [
        ("winmail.dat", content)
    ]


def test_a_letter_that_failed_is_read_without_opening_it() -> None:
    content = tnef(in_plain(LIGHT), *FILES)
    mail = read(content, TEXT, cautious=True)
    assert (mail.text, [file.filename for file in mail.attachments]) == (TEXT, ["winmail.dat"])


WHOLE = tnef(in_html(TEXT), in_rtf(RTF), *FILES)


@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=12)),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_raises_nothing_and_loses_nothing(cuts: list[tuple[int, int, bytes]]) -> None:
    content = bytearray(WHOLE)
    for at, removed, put in cuts:
        content[at : at + removed] = put
    mail = read(bytes(content), "正文")
    assert mail.text.startswith("正文")
    assert mail.attachments[0].content == bytes(content)
