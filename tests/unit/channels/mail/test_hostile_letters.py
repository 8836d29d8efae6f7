"""Letters built over the grammar of MIME to cost much: each is read soon and within bounds."""

from __future__ import annotations

import time
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.parse import parse
from hub.bench.letters.grammar import hostile

_VALUES = st.sampled_from(
    [
        *(
            b"=?utf-8?B?5oi3?=",
            b'"\\',
            b"(",
            b"<a@b",
            b";a=b",
            b"a*0*=x;",
            b"=?a?q?",
            b"\xe6\x88",
            b"a@b.cc,",
        ),
        *(b"boundary=b;", b"charset=utf-7;", b"\r\n ", b"=", b"<", b"'"),
    ]
)
_NAMES = st.sampled_from(
    [
        b"From",
        b"Subject",
        b"Content-Type",
        b"Content-Disposition",
        b"Reply-To",
        b"References",
        b"X-A",
        b"bad line",
    ]
)
_BODIES = st.sampled_from(
    [
        *(
            b"<a href='",
            b"<td>",
            b"<!--",
            b"<p hidden>",
            b"&#9",
            b"<pre>\n",
            b"--b\r\n",
            b"--b--\r\n",
            b"\xff\xe6",
        ),
        *(
            b"=E6=",
            b"QUJD=",
            b"\n",
            b"begin 644 a\r\n",
            b"> a \r\n",
            b"A",
            b"--b\r\nContent-Type: text/html\r\n\r\n<p>",
        ),
        b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
    ]
)
_TYPES = st.sampled_from(
    [
        b"text/plain",
        b"text/html",
        b"multipart/mixed; boundary=b",
        b"multipart/alternative; boundary=b",
        b"multipart/x",
    ]
)
_ENCODINGS = st.sampled_from([b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b""])


@st.composite
def hostile_letters(draw: st.DrawFn) -> bytes:
    fields = [
        name + b": " + value * draw(st.integers(1, 4_000))
        for name, value in draw(st.lists(st.tuples(_NAMES, _VALUES), max_size=4))
    ]
    body = b"".join(
        piece * draw(st.integers(1, 20_000)) for piece in draw(st.lists(_BODIES, min_size=1, max_size=4))
    )
    head = [b"Content-Type: " + draw(_TYPES), b"Content-Transfer-Encoding: " + draw(_ENCODINGS)]
    return b"\r\n".join([*fields, *head, b"", body[:500_000]])


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(hostile_letters())
def test_a_letter_made_to_cost_much_is_read_in_time_that_grows_with_its_length(raw: bytes) -> None:
    started = time.process_time()
    letter = parse(raw, envelope_from="a@example.org", domain="police.example")
    assert time.process_time() - started < 1.5
    assert len(letter.text) <= 50_000
    letter.text.encode()
    for file in letter.attachments:
        assert file.filename.isprintable()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_a_letter_of_the_bench_is_read_too(draw: Random) -> None:
    raw = hostile(draw, most_bytes=300_000)
    started = time.process_time()
    letter = parse(raw, envelope_from="a@example.org", domain="police.example", cautious=True)
    assert time.process_time() - started < 1.5
    assert len(letter.text) <= 50_000
