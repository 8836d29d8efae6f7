"""What the words about the parts of a message say about the message.

A carrier reports every part of a long text by itself. The rule: delivered when all its parts are,
undelivered at the first final failure. Of each part only the word with the highest rank counts, so that it
does not matter in which order, how often or how late they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.contract import ReceiptState
from channels.outbox.receipts import BAD, RANK, TARGET


@dataclass(frozen=True, slots=True)
class PartWord:
    """The provider's word about one part. code: its reason for a failure. at: when it came (ms UTC)."""

    state: ReceiptState
    code: str
    at: int


def says_more(word: PartWord, known: PartWord | None) -> bool:
    """Whether `word` replaces what is known of a part; of two failures the first stands."""
    return known is None or _rank(word) > _rank(known)


def together(words: Sequence[PartWord | None]) -> PartWord | None:
    """The word about the whole message; None while its parts say none.

    words: one for each part, None for a part of which nothing was heard.
    """
    heard = [word for word in words if word is not None]
    failed = [word for word in heard if word.state in BAD]
    if failed:
        return min(failed, key=lambda word: word.at)
    if not heard or len(heard) < len(words):
        return None
    slowest = min(heard, key=_rank)
    return PartWord(slowest.state, "", max(word.at for word in heard))


def _rank(word: PartWord) -> int:
    return RANK[TARGET[word.state]]
