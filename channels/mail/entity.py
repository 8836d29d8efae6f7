"""A letter taken apart: head lines, parts, bytes. Nothing is decoded into text here but names of files.

The parser of the standard library believes what stands in a letter and takes more than linear time for some
of it. Here every search goes forward, structure is kept as offsets into the one letter, and each kind of
thing has a bound (`Bounds`). What is damaged is read as mail programs read it: a head goes on behind a line
that is none, a wrong boundary is looked for in the body, a multipart that is none is a text.
Values of head lines are texts of one character per byte (latin-1), for nobody knows their charset yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_to_bytes

from channels.mail.transfer import undone

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FIRST_LINES = re.compile(rb"(?:\xef\xbb\xbf|[ \t]*(?:\r\n|\r|\n)|>?From [^\r\n]*(?:\r\n|\r|\n))*")
_KNOWN_FIELD = re.compile(
    rb"(?:\A|[\r\n])(?:from|to|cc|date|subject|sender|reply-to|message-id|in-reply-to|references|received"
    rb"|return-path|mime-version|content-[a-z-]+|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)
_TYPE = re.compile(r"\s*([a-z0-9.+_-]+)\s*/\s*([a-z0-9.+_-]+)", re.IGNORECASE)
_GUESSED = re.compile(rb"(?:\A|[\r\n])--([^\r\n]{1,200}?)[ \t]*\r?\n(?=[!-9;-~]{1,60}:|\r?\n)")
_COMMENT = re.compile(r"\([^()]*\)")
_SECTION = re.compile(r"([^*]{1,60})(?:\*(\d{1,3}))?(\*)?")
_USUAL_PREAMBLE = re.compile(rb"mime|multi-?part", re.IGNORECASE)
_BLANKS = b" \t"
"""Bytes; of a text of one character per byte, `strip` would take the ends of Chinese characters too."""
_FIELD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one letter. head_bytes: of all its heads together. fields, parameters: of one head, one field."""

    head_bytes: int = 262_144
    fields: int = 1_000
    parameters: int = 100
    parts: int = 200
    depth: int = 20


@dataclass(slots=True)
class Entity:
    """A part with its head, `start` and `end` of its body in the letter."""

    fields: list[tuple[str, str]]
    letter: bytes
    start: int
    end: int
    media_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first field of that name, "" without one."""
        return next((value for one, value in self.fields if one == name), "")

    def all(self, name: str) -> list[str]:
        """Every field of that name."""
        return [value for one, value in self.fields if one == name]

    @property
    def content(self) -> bytes:
        """Its bytes with the transfer encoding undone."""
        text = self.media_type.startswith("text/")
        encoding = self.first("content-transfer-encoding")
        return undone(self.letter[self.start : self.end], encoding, is_text=text)


class Reading:
    """Takes one letter apart. left_out: how many parts or head lines were over a bound."""

    def __init__(self, letter: bytes, bounds: Bounds) -> None:
        self._letter = letter
        self._bounds = bounds
        self._head_left = bounds.head_bytes
        self.left_out = 0

    def whole(self) -> Entity:
        """The letter with its head."""
        first = _FIRST_LINES.match(self._letter)
        return self.entity(first.end() if first else 0, len(self._letter))

    def leaves(self, whole: Entity) -> Iterator[tuple[Entity, tuple[int, ...]]]:
        """Every part that is no multipart, in order, with the places of the alternatives it stands in."""
        waiting: list[tuple[Entity, int, tuple[int, ...]]] = [(whole, 0, ())]
        seen = 0
        while waiting:
            part, depth, choices = waiting.pop()
            if not part.media_type.startswith("multipart/"):
                seen += 1
                if seen > self._bounds.parts:
                    self.left_out += 1
                    continue
                yield part, choices
                continue
            if part.media_type == "multipart/alternative":
                choices = (*choices, part.start)
            children = self._children(part) if depth < self._bounds.depth else []
            if not children:  # a multipart that is none
                kind = _looked_like(self._letter[part.start : part.start + 400])
                waiting.append((replace(part, media_type=kind), depth, choices))
            waiting.extend((child, depth + 1, choices) for child in reversed(children))

    def entity(self, start: int, end: int) -> Entity:
        """The part between two offsets."""
        fields, body = self._head(start, end)
        entity = Entity(fields, self._letter, body, end)
        entity.media_type, entity.parameters = self._type(entity)
        return entity

    def value_of(self, text: str) -> tuple[str, Mapping[str, str]]:
        """A field with parameters: what stands first, lower case, and the parameters by name."""
        return parameters_of(text, self._bounds.parameters)

    def _head(self, start: int, end: int) -> tuple[list[tuple[str, str]], int]:
        letter = self._letter
        block_end = _end_of_head(letter, start, end)
        last_known = start
        for found in _KNOWN_FIELD.finditer(letter, start, min(block_end, start + max(self._head_left, 0))):
            last_known = found.start() + 1
        fields: list[tuple[str, str]] = []
        at, left = start, _FIELD_BYTES
        while at < block_end:
            if self._head_left <= 0 or len(fields) >= self._bounds.fields:
                self.left_out += 1
                return fields, _behind_blank(letter, block_end, end)
            line = _LINE.match(letter, at, end)
            if line is None:
                break
            text = line[1]
            named = None if text[:1] in (b" ", b"\t") else _FIELD.match(text)
            if named is not None:
                left = _FIELD_BYTES
                value = text[named.end() :][:left].strip(_BLANKS).decode("latin-1")
                fields.append((named[1].decode("latin-1").lower(), value))
            elif text[:1] in (b" ", b"\t") and fields:
                if left > 0:
                    name, before = fields[-1]
                    more = text[:left].strip(_BLANKS).decode("latin-1")
                    fields[-1] = (name, f"{before} {more}" if before and more else before or more)
            elif at >= last_known:  # the body began without the blank line before it
                return fields, at
            left -= len(text)
            self._head_left -= len(text) + 1
            at = line.end()
        return fields, _behind_blank(letter, max(at, block_end), end)

    def _type(self, entity: Entity) -> tuple[str, Mapping[str, str]]:
        written = entity.first("content-type")
        kind, parameters = self.value_of(written)
        found = _TYPE.match(kind)
        if "html" in kind:
            media_type = "text/html"
        elif found is not None:
            media_type = f"{found[1]}/{found[2]}".lower()
        elif kind.startswith("multipart") or "boundary" in parameters:
            media_type = "multipart/mixed"
        elif "name" in parameters or "filename" in entity.first("content-disposition").lower():
            media_type = "application/octet-stream"
        else:
            media_type = "text/plain"
        if "charset" not in parameters and (named := re.search(r"charset\s*=\s*\"?([\w.:+-]+)", written)):
            parameters = {**parameters, "charset": named[1]}
        return media_type, parameters

    def _children(self, part: Entity) -> list[Entity]:
        boundary = part.parameters.get("boundary", "").encode("latin-1").rstrip()
        marks = self._marks(part, boundary) if boundary else []
        if not marks:
            guessed = _GUESSED.search(self._letter, max(part.start - 1, 0), part.end)
            marks = self._marks(part, guessed[1].removesuffix(b"--")) if guessed else []
        if not marks:
            return []
        children = []
        before = self._letter[part.start : marks[0][0]]
        if before.strip() and _USUAL_PREAMBLE.search(before) is None:
            children.append(Entity([], self._letter, part.start, marks[0][0]))
        ends = [start for start, _, _ in marks[1:]] + [part.end]
        for (_, behind, is_last), end in zip(marks, ends, strict=True):
            if is_last and not self._letter[behind:end].strip():
                continue
            child = Entity([], self._letter, behind, end) if is_last else self.entity(behind, end)
            children.append(child)
        return children

    def _marks(self, part: Entity, boundary: bytes) -> list[tuple[int, int, bool]]:
        """Where the lines of a boundary begin and end, and whether they close."""
        found: list[tuple[int, int, bool]] = []
        mark, letter = b"--" + boundary, self._letter
        at = letter.find(mark, part.start, part.end)
        while at >= 0:
            behind = at + len(mark)
            line = _LINE.match(letter, behind, part.end)
            rest = line[1].strip(b" \t") if line else b""
            if (at == part.start or letter[at - 1] in b"\r\n") and rest in (b"", b"--") and line is not None:
                if len(found) > self._bounds.parts:
                    self.left_out += 1
                    break
                start = at
                if start > part.start and letter[start - 1] in b"\n":
                    start -= 1
                if start > part.start and letter[start - 1] in b"\r":
                    start -= 1
                found.append((start, line.end(), rest == b"--"))
            at = letter.find(mark, behind, part.end)
        return found


def parameters_of(text: str, most: int) -> tuple[str, Mapping[str, str]]:
    """`text/plain; charset="x"` → what stands before the first semicolon, and the parameters, joined and
    unescaped as RFC 2231 wants; a charset it names stands in `name*charset`."""
    kind, *rest = _cut(text, most + 1)
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in rest:
        name, equals, value = piece.partition("=")
        found = _SECTION.fullmatch(name.strip().lower())
        if not equals or found is None:
            continue
        value = _unquoted(value.strip(" \t"))
        if found[2] is None and found[3] is None:
            plain.setdefault(found[1], value)
        else:
            pieces.setdefault(found[1], {}).setdefault(int(found[2] or 0), (value, bool(found[3])))
    for name, by_number in pieces.items():
        charset, joined = "", b""
        for number in sorted(by_number):
            value, escaped = by_number[number]
            if escaped and number == 0 and value.count("'") >= 2:
                charset, _, value = value.split("'", 2)
            raw = value.encode("latin-1")
            joined += unquote_to_bytes(raw) if escaped else raw
        plain[name] = joined.decode("latin-1")
        plain[f"{name}*charset"] = charset
    return _COMMENT.sub("", kind).strip().lower(), plain


def _cut(text: str, most: int) -> list[str]:
    """The text between semicolons that stand outside quotation marks."""
    pieces: list[str] = []
    start = at = 0
    while len(pieces) < most:
        semicolon = text.find(";", at)
        if semicolon < 0:
            break
        quote = text.find('"', at, semicolon)
        if quote >= 0:
            closing = _closing(text, quote + 1)
            if closing > quote:
                at = closing + 1
                continue
        pieces.append(text[start:semicolon])
        start = at = semicolon + 1
    return [*pieces, text[start:]]


def _closing(text: str, at: int) -> int:
    """The quotation mark that closes, -1 for none."""
    while (end := text.find('"', at)) >= 0:
        if text[end - 1] != "\\" or text[end - 2] == "\\":
            return end
        at = end + 1
    return -1


def _unquoted(value: str) -> str:
    if value[:1] != '"':
        return value
    closing = _closing(value, 1)
    return value[1 : closing if closing > 0 else None].replace('\\"', '"').replace("\\\\", "\\")


def _end_of_head(letter: bytes, start: int, end: int) -> int:
    """Where the first blank line begins, or the end."""
    if letter[start : start + 1] in (b"\r", b"\n"):
        return start
    ends = [
        at + size
        for mark, size in ((b"\n\n", 1), (b"\n\r\n", 1), (b"\r\r", 1))
        if (at := letter.find(mark, start, end)) >= 0
    ]
    return min(ends, default=end)


def _behind_blank(letter: bytes, at: int, end: int) -> int:
    line = _LINE.match(letter, at, end)
    return line.end() if line is not None and not line[1].strip() else at


def _looked_like(beginning: bytes) -> str:
    return (
        "text/html"
        if re.match(rb"\s*<(?:!doctype|html|head|body|p|div|table)\b", beginning, re.I)
        else "text/plain"
    )
