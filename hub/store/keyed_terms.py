"""Search terms of personal texts: readable for nobody who has the database and not the keys.

A word of Chinese is found by its pairs of characters (two characters are the normal word, see `terms.py`), a
word of Latin letters and digits as a whole. Each becomes a short keyed digest. Several words may share one,
so whoever finds by terms looks into the text before showing it.

Long numbers are no words: telephones, identity numbers and query codes are so few that a search for all of
them would list them. What has to be found exactly (`of_value`) is a digest of its own, too long to be shared.
A single character is no word either: every tenth text holds it.
"""

from __future__ import annotations

import hmac
import re
import unicodedata

VERSION = 1
"""Grows when the same text gives other terms."""

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[0-9a-z]+|[^\W_a-z0-9]+")
_LONG_NUMBER = re.compile(r"\d(?:[\s\-–—_.·、,]?\d){6,}x?")
_TERM_DIGITS = 7
_VALUE_DIGITS = 20
_VALUE_MARK = "v"
"""Begins the term of a value; that of a word is hexadecimal."""
_REMEMBERED = 20_000


def folded(text: str) -> str:
    """The text without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """What was typed as words, folded, each once."""
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def pieces(text: str) -> set[str]:
    """The readable terms of a text: pairs of characters, and whole words of letters and digits."""
    found: set[str] = set()
    for piece in _PIECE.findall(_LONG_NUMBER.sub(" ", folded(text))):
        if not piece.isascii():
            found.update(map(str.__add__, piece, piece[1:]))
        elif len(piece) > 1:
            found.add(piece)
    return found


class KeyedTerms:
    """Makes the terms of one index with the key of that index."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def of_text(self, text: str) -> set[str]:
        """The terms under which a text is found; none for a text without words."""
        return {self._term(piece) for piece in pieces(text)}

    def of_value(self, kind: str, value: str) -> str:
        """The term of something that is found as a whole."""
        return _VALUE_MARK + self._digest(f"{kind}:{value}")[:_VALUE_DIGITS]

    def _term(self, piece: str) -> str:
        # Most texts are made of the same words; a digest costs more than the rest of indexing.
        term = self._known.get(piece)
        if term is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            term = self._known[piece] = self._digest(f"word:{piece}")[:_TERM_DIGITS]
        return term

    def _digest(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()
