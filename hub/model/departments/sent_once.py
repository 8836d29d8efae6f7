"""Which of two platforms sent a text: while both run, no text goes to one number from both.

A text is its words and its number, of one department, in a window of hours; signature, blanks and width of
characters do not make another one of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from hub.model.personal import personal

_SIGNED_IN_FRONT = re.compile(r"^【[^【】]{1,20}】")
_SIGNED_BEHIND = re.compile(r"【[^【】0-9]{1,20}】$")
"""With a digit it may be a code, and that makes another text."""
_REFUSAL = re.compile(r"[,;]?拒收请回复[A-Za-z]{1,2}$")


ALREADY_SENT = "already_sent"
"""Why a number is refused: the other platform sent it these words. Part of the API's contract."""


class Platform(StrEnum):
    """Who sent."""

    OLD = "old"
    HUB = "hub"


class Stopped(StrEnum):
    """What became of the second text."""

    AT_HUB = "hub"  # the hub did not send it
    AT_OLD = "old"  # the old platform was told not to
    NOWHERE = "both"  # both had sent it before anybody knew


@dataclass(frozen=True, slots=True)
class SentText:
    """id: keyed digest of department, number and words. text_id: of the row of the outbox, or of the copy.

    at: ms UTC; until: when it is no longer compared.
    """

    id: str
    by: Platform
    text_id: str
    at: int
    until: int


@dataclass(frozen=True, slots=True)
class SentTwice:
    """A text that both platforms had, as the department's page lists it."""

    id: str
    department: str
    at: int
    stopped: Stopped
    to: str = personal("")
    client_ref: str = personal("")


def words_of_text(text: str) -> str:
    """The words by which two texts are compared."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    bare = _REFUSAL.sub("", _SIGNED_BEHIND.sub("", _SIGNED_IN_FRONT.sub("", plain)))
    return _SIGNED_BEHIND.sub("", bare)
