"""Search terms: character bigrams, because two characters are the normal Chinese word.

SQLite's trigram tokenizer finds nothing for words of one or two characters and
MongoDB's `$text` has no Chinese, so both engines index the terms made here.

A run (letters and digits without a break, after NFKC and case folding) of *n*
characters gives its n-1 bigrams and its last character alone. So every character of
the text starts exactly one term, and a query of one character is a prefix query.

A value that starts with `KEYED_MARK` holds terms that were already keyed (HMAC), blank
separated: they are taken as they are, and can only be found whole. That is how text
that must not be readable in the store stays searchable. With `PACKED_MARK` they are
compressed: nearly half as long, so that most documents fit into a page of SQLite.
"""

from __future__ import annotations

import unicodedata
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

VERSION = 1
"""Grows when the same text gives other terms; engines then index anew."""

KEYED_MARK = "\x00"
PACKED_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One term a document must hold; with `prefix`, one that starts like it."""

    text: str
    prefix: bool = False


def normalise(text: str) -> str:
    """Runs of letters and digits, folded, separated by single blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def plain_terms(text: str) -> list[str]:
    """The distinct terms of readable text, in order of appearance."""
    found: dict[str, None] = {}
    for run in normalise(text).split():
        for at in range(len(run)):
            found[run[at : at + 2]] = None
    return list(found)


def keyed(terms: Iterable[str]) -> str:
    """The value of a search field (or a query) made of already keyed terms."""
    return KEYED_MARK + " ".join(terms)


def packed(terms: Iterable[str]) -> str:
    """The same in few bytes, for a search field; "" without terms. In order, as that packs best."""
    text = " ".join(sorted(terms))
    return PACKED_MARK + b64encode(zlib.compress(text.encode(), 6)).decode() if text else ""


def is_keyed(value: str) -> bool:
    """Whether `value` holds keyed terms instead of text."""
    return value.startswith((KEYED_MARK, PACKED_MARK))


def index_terms(value: object) -> list[str]:
    """The terms under which a document with this search value is found; none for None."""
    if not isinstance(value, str):
        return []
    if is_keyed(value):
        return list(dict.fromkeys(_keyed_text(value).split()))
    return plain_terms(value)


def _keyed_text(value: str) -> str:
    if value.startswith(PACKED_MARK):
        return zlib.decompress(b64decode(value[1:])).decode()
    return value[1:]


def query_terms(text: str) -> list[QueryTerm]:
    """The terms a document must hold, all of them, to be considered for `text`."""
    if is_keyed(text):
        return [QueryTerm(term) for term in dict.fromkeys(_keyed_text(text).split())]
    found: dict[QueryTerm, None] = {}
    for run in normalise(text).split():
        if len(run) == 1:
            found[QueryTerm(run, prefix=True)] = None
        for at in range(len(run) - 1):
            found[QueryTerm(run[at : at + 2])] = None
    return list(found)


def holds(value: object, text: str) -> bool:
    """Whether the search value really contains every run of the query, in one piece.

    Bigrams alone would find 公安 + 安局 in two different places. Keyed values cannot
    be looked into: there the terms decide.
    """
    if not isinstance(value, str) or is_keyed(value) or is_keyed(text):
        return True
    content = normalise(value)
    return all(run in content for run in normalise(text).split())
