"""A word the office watches for in what leaves to many (敏感词)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from campaigns.finding import Level

LEVELS = (Level.BLOCK, Level.WARN)
"""What a word may do: stop a campaign, or be told to writer and approver."""

MAX_WORD = 20
MAX_REMARK = 100
MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class SensitiveWord:
    """id: the word as it is compared (`folded`). reason: why. replacement: what to write instead, or ""."""

    id: str
    word: str
    level: Level
    changed_at: int
    changed_by: str
    reason: str = ""
    replacement: str = ""


def folded(text: str) -> str:
    """A text as words are looked for in it: width, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
