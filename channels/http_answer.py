"""One HTTP/1.1 answer, read from the bytes as they come.

Strict where a mistake would give one answer to two requests: an answer that says its length twice, or in no
way we know, is none. Source: RFC 9112 (framing: section 6.3).
"""

from __future__ import annotations

import re
from enum import Enum, auto

from multidict import CIMultiDict

MAX_HEAD_BYTES = 65_536
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?")
_LINE_END = b"\r\n"
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?")
_WITHOUT_BODY = frozenset({204, 304})


class BadAnswer(ValueError):
    """What came is no HTTP/1.1 answer."""


class TooLarge(Exception):
    """The body is, or says it will be, longer than allowed."""


class _Framing(Enum):
    """How the end of the body is known."""

    LENGTH = auto()
    CHUNKS = auto()
    CLOSE = auto()


class AnswerReader:
    """Reads one answer to a POST or GET. limit_bytes: the longest body that is taken.

    status, headers: known once the head has come, 0 before. body: what has come of it.
    keeps: whether the connection may be used again once the answer is complete.
    """

    __slots__ = (
        "_framing",
        "_in_chunk",
        "_left",
        "_limit",
        "_rest",
        "body",
        "complete",
        "headers",
        "keeps",
        "status",
    )

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._rest = b""
        self._framing: _Framing | None = None
        self._left = 0
        self._in_chunk = False
        self.status = 0
        self.headers: CIMultiDict[str] = CIMultiDict()
        self.body = b""
        self.keeps = False
        self.complete = False

    def feed(self, data: bytes) -> bool:
        """Takes what came; whether the answer is complete. Raises `BadAnswer`, `TooLarge`."""
        self._rest += data
        while self._framing is None:
            end = self._rest.find(b"\r\n\r\n")
            if end < 0 or end > MAX_HEAD_BYTES:
                if len(self._rest) > MAX_HEAD_BYTES:
                    raise BadAnswer("the head is too long")
                return False
            head, self._rest = self._rest[:end], self._rest[end + 4 :]
            self._read_head(head)
        match self._framing:
            case _Framing.LENGTH:
                self._take(self._left)
                self.complete = not self._left
            case _Framing.CHUNKS:
                self.complete = self._take_chunks()
            case _Framing.CLOSE:
                self._left = len(self._rest)
                self._take(self._left)
        if self.complete and self._rest:  # whose answer is that?
            self.keeps = False
        return self.complete

    def ended(self) -> bool:
        """The peer closed the connection: whether that completes the answer."""
        self.complete = self.complete or self._framing is _Framing.CLOSE
        return self.complete

    def _read_head(self, head: bytes) -> None:
        start, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
        found = _STATUS.fullmatch(start)
        if found is None:
            raise BadAnswer("no status line")
        status = int(found[2])
        if status == 101:
            raise BadAnswer("another protocol")
        if status < 200:
            return  # an interim word; the answer follows
        named: list[tuple[str, str]] = []
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadAnswer("a header without a name")
            named.append((name, value.strip(" \t")))
        self.headers = CIMultiDict(named)
        self.status = status
        self._frame(keeps=found[1] == "1")

    def _frame(self, *, keeps: bool) -> None:
        lengths = self.headers.getall("Content-Length", ())
        coding = self.headers.getall("Transfer-Encoding", ())
        if len(lengths) + len(coding) > 1 and len(set(lengths)) + len(coding) > 1:
            raise BadAnswer("two lengths")
        if self.status in _WITHOUT_BODY:
            self._framing = _Framing.LENGTH
        elif coding:
            if coding[0].lower() != "chunked":
                raise BadAnswer("an unknown coding")
            self._framing = _Framing.CHUNKS
        elif lengths:
            if _LENGTH.fullmatch(lengths[0]) is None:
                raise BadAnswer("the length is no number")
            self._framing, self._left = _Framing.LENGTH, int(lengths[0])
            if self._left > self._limit:
                raise TooLarge
        else:
            self._framing = _Framing.CLOSE
        said = self.headers.get("Connection", "").lower()
        kept = "close" not in said if keeps else "keep-alive" in said
        self.keeps = kept and self._framing is not _Framing.CLOSE

    def _take(self, number: int) -> None:
        """Up to so many bytes of what has come belong to the body."""
        piece, self._rest = self._rest[:number], self._rest[number:]
        self._left -= len(piece)
        self.body = self.body + piece if self.body else piece
        if len(self.body) > self._limit:
            raise TooLarge

    def _take_chunks(self) -> bool:
        while True:
            if self._in_chunk:
                self._take(self._left)
                if self._left or len(self._rest) < 2:
                    return False
                if self._rest[:2] != _LINE_END:
                    raise BadAnswer("a chunk without an end")
                self._rest, self._in_chunk = self._rest[2:], False
            line, end, rest = self._rest.partition(_LINE_END)
            if not end:
                if len(line) > MAX_HEAD_BYTES:
                    raise BadAnswer("a chunk without a length")
                return False
            found = _CHUNK.fullmatch(line)
            if found is None:
                raise BadAnswer("the length of a chunk is no number")
            self._left = int(found[1], 16)
            if not self._left:
                return self._take_trailers(rest)
            self._rest, self._in_chunk = rest, True

    def _take_trailers(self, rest: bytes) -> bool:
        """What may stand behind the last chunk is read and forgotten; the last chunk stays until it came."""
        if rest.startswith(_LINE_END):
            self._rest = rest[2:]
            return True
        _, end, after = rest.partition(b"\r\n\r\n")
        if len(rest) > MAX_HEAD_BYTES:
            raise BadAnswer("the end is too long")
        if end:
            self._rest = after
        return bool(end)
