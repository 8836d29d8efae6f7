"""Letters over the grammar of MIME (RFC 2045 to 2047, 2183, 2231), each with some of it far overdone.

What is overdone differs from letter to letter (heads, parameters, parts, nesting, markup, encodings, files
inside files), and mostly stays below the bounds of `[channels.mail]`, so that no single bound stops them all.
The choices are those of whoever draws: a seed for a measurement, hypothesis for a test, which then shows the
smallest letter that does harm.
"""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable, Sequence

_WORDS = "路灯坏了三个月没有人来修理，晚上很黑。"
_VALUES = (
    "=?utf-8?B?5oi3?=",
    "=?gb2312?Q?=B0=A1=?=",
    '"\\',
    "(",
    "<a@b",
    ";a=b",
    "a*0*=x;",
    "=?a?q?",
    "a@b.cc,",
    "'",
    "=",
    "\r\n ",
    "<",
    ">",
    "re: ",
    "\u202e",
    "\x00",
    "\x7f",
    "自动回复: ",
    "[",
    "fwd:",
    ",",
    ":",
    "@",
)
_NAMES = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Reply-To",
    "References",
    "In-Reply-To",
    "Message-ID",
    "Date",
    "Received",
    "X-A",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "List-Id",
    "bad line",
    "Return-Path",
    "Precedence",
    "X-Loop",
)
_MARKUP = (
    "<a href='",
    "<td>",
    "<!--",
    "<p hidden>",
    "&#9",
    "<pre>\n",
    "<div>",
    "</b>",
    "<b id=1>",
    "<font size=1>x<p>",
    "<style>",
    "<script>",
    "<![if !mso]>",
    '<a b="',
    "<table><tr><td>1",
    "</a>",
    "<",
    "&",
    "</",
    "<x ",
    "<p style='",
    "<a href=http://evil.example/>公安部</a>",
    "<br>",
    "<!doctype ",
    "<textarea>",
    "<span style='display:none'>救",
)
_PLAIN = (
    _WORDS,
    "> a \n",
    "A",
    "\n",
    " \n",
    "begin 644 a\n",
    "=E6=",
    "QUJD=",
    "\t",
    "--b\n",
    "-----Original Message-----\n",
    "\u4e00",
    "\x00",
    "From: a\n",
    "发件人：a\n",
    "550 5.1.1 ",
    "Message-ID: <a@b>\n",
    "<http://",
    "…",
    "\u202e",
)
_CHARSETS = (
    "utf-8",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "utf-7",
    "utf-16",
    "hz-gb-2312",
    "iso-2022-jp",
    "x-none",
    "",
    "idna",
)
_ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "8bit", "", "base64 (x)", "binary;", '"base64"')
_TEXTS = (
    "text/plain",
    "text/html",
    "text/x-unknown",
    "text/plain; format=flowed; delsp=yes",
    "text/enriched",
)
_FILES = (
    "image/png",
    "application/ms-tnef",
    "message/rfc822",
    "application/octet-stream",
    "text/calendar",
    "application/pdf",
    "message/delivery-status",
    "text/rfc822-headers",
    "message/disposition-notification",
    "message/partial",
)
_MULTIPARTS = ("mixed", "alternative", "related", "report", "signed", "digest", "x-odd", "")
_BOUNDARIES = ("b", "=_b", "", " b ", "b;b", "--", "b" * 71)
_SMALL, _LARGE = 200, 60_000
_MOST = 400_000
"""Bytes: what is in each other does not grow beyond it."""


def hostile(draw: random.Random, *, most_bytes: int = 400_000) -> bytes:
    """A letter, at most `most_bytes` long. Its sender and Message-ID are left to whoever sends it."""
    head = "".join(f"{_field(draw)}\r\n" for _ in range(_often(draw, 6, 900)))
    letter = head.encode("utf-8", "surrogatepass") + _entity(draw, 0)
    return letter[:most_bytes]


def _often(draw: random.Random, few: int, many: int) -> int:
    """Mostly few, one time out of eight many."""
    return draw.randint(0, many if draw.randint(0, 7) == 0 else few)


def _field(draw: random.Random) -> str:
    value = draw.choice(_VALUES) * _often(draw, 20, 4_000)
    return f"{draw.choice(_NAMES)}{draw.choice((':', ': ', ' : ', ''))}{value}"


def _entity(draw: random.Random, depth: int) -> bytes:
    """A part with its heads."""
    ways: Sequence[Callable[[random.Random, int], bytes]] = (_text, _text, _file, _several)
    if depth > 3:
        return _text(draw, depth)
    if draw.randint(0, 20) == 0:
        return _nested(draw)
    return draw.choice(ways)(draw, depth)


def _text(draw: random.Random, _: int) -> bytes:
    kind = draw.choice(_TEXTS)
    pieces = _MARKUP if "html" in kind else _PLAIN
    text = "".join(draw.choice(pieces) * _often(draw, _SMALL, _LARGE) for _ in range(draw.randint(1, 5)))
    return _part(
        draw,
        f"{kind}; charset={draw.choice(_CHARSETS)}",
        text.encode(draw.choice(("utf-8", "gb18030")), "replace"),
    )


def _file(draw: random.Random, depth: int) -> bytes:
    kind = draw.choice(_FILES)
    if kind == "message/rfc822":
        content = _entity(draw, depth + 1)
    elif kind == "application/ms-tnef":
        content = _tnef(draw)
    else:
        content = draw.choice((b"\x89PNG", b"\x00", b"Status: 5.1.1\r\n\r\n", b"%PDF")) * _often(
            draw, _SMALL, _LARGE
        )
    name = draw.choice(_VALUES) * draw.randint(0, 40)
    return _part(
        draw,
        f'{kind}; name="{name}"',
        content,
        more=f'Content-Disposition: attachment; filename="{name}"\r\n',
    )


def _several(draw: random.Random, depth: int) -> bytes:
    boundary = draw.choice(_BOUNDARIES)
    parts = [_entity(draw, depth + 1) for _ in range(draw.randint(0, 4))]
    parts *= min(1 + _often(draw, 1, 120), 1 + _MOST // (1 + sum(map(len, parts))))
    separator = f"\r\n--{boundary}\r\n".encode()
    end = f"\r\n--{boundary}--\r\n".encode() if draw.randint(0, 3) else b""
    kind = draw.choice(_MULTIPARTS)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{_parameters(draw)}\r\n\r\n'
    return head.encode() + separator + separator.join(parts) + end


def _nested(draw: random.Random) -> bytes:
    """Parts in parts, deeper than anybody writes."""
    count = draw.randint(5, 3_000)
    boundary = draw.choice(("b", "{}"))
    head = f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n"
    return "".join(head.replace("{}", str(place)) for place in range(count)).encode()


def _parameters(draw: random.Random) -> str:
    return "".join(f"; name*{place}*=%E6" for place in range(_often(draw, 2, 2_000)))


def _part(draw: random.Random, kind: str, content: bytes, *, more: str = "") -> bytes:
    encoding = draw.choice(_ENCODINGS)
    if "base64" in encoding:
        content = base64.encodebytes(content)
    head = f"Content-Type: {kind}{_parameters(draw)}\r\nContent-Transfer-Encoding: {encoding}\r\n{more}\r\n"
    return head.encode() + content


def _tnef(draw: random.Random) -> bytes:
    """A `winmail.dat` whose attributes say lengths and counts that are not so."""
    stream = [struct.pack("<IH", 0x223E9F78, 1)]
    for _ in range(_often(draw, 8, 400)):
        name = draw.choice((0x9003, 0x9005, 0x9002, 0x800C, 0x800F, 0x8010, 0x9007, 0x9004))
        data = struct.pack(
            "<IHHI",
            draw.randint(0, 9),
            draw.choice((0x1002, 0x001E, 0x0102)),
            0x3701,
            draw.randint(0, 10_000),
        )
        length = draw.choice((len(data), 0, 0xFFFF, 1))
        stream.append(struct.pack("<BHHI", draw.randint(1, 2), name, 6, length) + data + b"\0\0")
    return b"".join(stream)
