"""What changed between two contents of an entry, field by field, so that a reader sees it at a glance.

Text is compared line by line and, within changed lines, by runs of characters: Chinese has no blanks to cut
words at, so a run of letters or digits is one piece and every other character is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum

from knowledge_base.entry import Entry, SlotAnswer

_PIECE = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_CONTENT = frozenset({"id", "state", "updated_at", "since"})


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that was kept, taken out or put in."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that is not the same. `name`: that of the entry's field."""

    name: str
    pieces: tuple[Piece, ...]


def compare(before: Entry | None, after: Entry) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the entry; all of them when there was nothing before."""
    found = []
    for field in fields(Entry):
        if field.name in _NO_CONTENT:
            continue
        old = as_text(getattr(before, field.name)) if before else ""
        new = as_text(getattr(after, field.name))
        if old != new:
            found.append(FieldChange(field.name, compare_texts(old, new)))
    return tuple(found)


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of two texts, so that a reader sees what one of them has more."""
    return tuple(_joined(_pieces(before, after)))


def as_text(value: object) -> str:
    """A field's value as a reader compares it: lists one to a line, nothing as ""."""
    match value:
        case None | 0 | False:
            return ""
        case True:
            return "✓"
        case tuple():
            return "\n".join(_slot_answer(one) if isinstance(one, SlotAnswer) else str(one) for one in value)
        case _:
            return str(value)


def _slot_answer(one: SlotAnswer) -> str:
    return f"【{one.value}】{one.answer}" + (f"（{one.short_answer}）" if one.short_answer else "")


def _pieces(old: str, new: str) -> Iterator[Piece]:
    was, now = _LINE.findall(old), _LINE.findall(new)
    for mark, gone, fresh in _steps(was, now):
        if mark == "replace":
            cut, put = _PIECE.findall("".join(gone)), _PIECE.findall("".join(fresh))
            for _, out, into in _steps(cut, put):
                if out == into:
                    yield Piece(Mark.SAME, "".join(out))
                else:
                    yield Piece(Mark.GONE, "".join(out))
                    yield Piece(Mark.NEW, "".join(into))
        elif mark == "equal":
            yield Piece(Mark.SAME, "".join(gone))
        else:
            yield Piece(Mark.GONE, "".join(gone))
            yield Piece(Mark.NEW, "".join(fresh))


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for mark, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield mark, old[a:b], new[c:d]


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one mark as one piece; empty ones left out."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.mark is piece.mark:
            last = Piece(last.mark, last.text + piece.text)
        else:
            if last is not None:
                yield last
            last = piece
    if last is not None:
        yield last
