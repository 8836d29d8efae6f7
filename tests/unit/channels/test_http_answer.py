"""Answers as RFC 9112 frames them: however the bytes are cut, the same answer, and never the next one's."""

from __future__ import annotations

import pytest

from channels.http_answer import MAX_HEAD_BYTES, AnswerReader, BadAnswer, TooLarge

LIMIT = 20


def read(data: bytes, *, step: int = 0) -> AnswerReader:
    reader = AnswerReader(LIMIT)
    step = step or len(data)
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    return reader


WHOLE = {
    "a length": (b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", 201, b"{}", True),
    "no body": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, b"", True),
    "the same length twice": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\nx",
        200,
        b"x",
        True,
    ),
    "an interim word first": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        200,
        b"x",
        True,
    ),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
        200,
        b"abc0123456789",
        True,
    ),
    "chunks with a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n",
        200,
        b"a",
        True,
    ),
    "it closes": (
        b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx",
        200,
        b"x",
        False,
    ),
    "an old server": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, b"x", False),
    "an old server that keeps": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
        200,
        b"x",
        True,
    ),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("step", [0, 1, 7])
def test_an_answer_is_the_same_however_its_bytes_are_cut(name: str, step: int) -> None:
    data, status, body, keeps = WHOLE[name]
    reader = read(data, step=step)
    assert (reader.complete, reader.status, reader.body, reader.keeps) == (True, status, body, keeps)


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_is_not_complete_before_its_last_byte(name: str) -> None:
    assert not read(WHOLE[name][0][:-1]).complete


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\n\r\nabc", step=5)
    assert not reader.complete
    assert reader.ended()
    assert (reader.body, reader.keeps) == (b"abc", False)


def test_an_answer_cut_before_its_length_is_never_complete() -> None:
    assert not read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").ended()


@pytest.mark.parametrize("name", WHOLE)
def test_more_than_the_answer_ends_the_use_of_a_connection(name: str) -> None:
    reader = read(WHOLE[name][0] + b"HTTP/1.1 200 OK\r\n")
    assert reader.complete
    assert reader.body == WHOLE[name][2]
    assert not reader.keeps


def test_headers_are_read_in_any_case() -> None:
    reader = read(b"HTTP/1.1 429 Slow\r\nretry-after:  7 \r\nContent-Length: 0\r\n\r\n")
    assert reader.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    "data",
    [
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD_BYTES,
    ],
)
def test_what_is_no_answer_is_none(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 21,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n" + b"x" * 21,
    ],
)
def test_no_more_is_read_than_was_allowed(data: bytes) -> None:
    with pytest.raises(TooLarge):
        read(data)
