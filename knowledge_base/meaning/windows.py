"""Cuts a text into short overlapping windows, because one vector of a long text hides a cry at its end.

A window begins with each sentence and holds as many clauses as fit; within a long sentence it shares its last
clause with the next window. So what stands before a sentence changes nothing about how that sentence is seen.
Greetings and thanks are left out wherever they stand: they say nothing of what is told. More overlap finds no
more danger and more false alarms, for the highest of many windows counts.
"""

import re

LONGEST = 60
"""Characters of a window."""
MOST = 20_000
"""Characters of a text that are looked at."""

_CLAUSE = re.compile(r"[^\n。！？!?；;，,、…~～|]+[\n。！？!?；;，,、…~～|]*")
_SENTENCE_ENDS = re.compile(r"[\n。！？!?；;…|]")
_GREETING = re.compile(
    r"^\s*(?:[你您]们?好|大家好|(?:早上|上午|中午|下午|晚上)好|在吗|在不在|请问|麻烦问一?下|hello\b|hi\b|喂(?=[你您，,！!、…~～\s]|$))"
    r"(?!吗)[啊呀呢哈]?\s*",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:\s*(?:谢谢|多谢|感谢|麻烦|拜托|辛苦)(?:[你您]们?|大家)?[了啦哈]?|\s*(?:thanks|thank you))++$",
    re.IGNORECASE,
)
_AFTER_THANKS = " \t\n\r\u3000。！？!?；;，,、…~～|"
_BLANKS = re.compile(r"[^\S\n]{2,}")
"""Many blanks say no more than one."""
_LINES = re.compile(r"\s{4,}")
"""Nor do many empty lines."""
_BEFORE_THANKS = "。；;，,、…~～| \n"
_PIECE = 30
"""Where nothing ends for long, a clause is cut after so many characters."""


def windows(text: str) -> list[str]:
    """The windows of a text in the order of the text; a short text is its own only window."""
    text = _LINES.sub("\n\n", _BLANKS.sub(" ", text[:MOST])).strip()
    clauses = [_without_courtesy(clause) for clause in _CLAUSE.findall(text)]
    if clauses and not clauses[-1]:
        clauses = [*filter(None, clauses)] or [""]
        clauses[-1] = clauses[-1].rstrip(_BEFORE_THANKS)
    clauses = [*filter(None, clauses)] or [text]  # nothing but signs or courtesy
    whole = "".join(clauses).strip()
    if len(whole) <= LONGEST:
        return [whole] if whole else []
    return _cut([clause[at : at + _PIECE] for clause in clauses for at in range(0, len(clause), _PIECE)])


def _cut(clauses: list[str]) -> list[str]:
    ends = [_SENTENCE_ENDS.search(clause) is not None for clause in clauses]
    found: list[str] = []
    for start in (0, *(at + 1 for at, is_end in enumerate(ends[:-1]) if is_end)):
        begin = start
        while True:
            window, end = clauses[begin], begin + 1
            while end < len(clauses) and len(window) + len(clauses[end]) <= LONGEST:
                window += clauses[end]
                end += 1
            found.append(window.strip())
            if end == len(clauses) or any(ends[begin:end]):  # another window begins at the next sentence
                break
            begin = max(begin + 1, end - 1)
    return [window for window in found if window]


def _without_courtesy(clause: str) -> str:
    told = _GREETING.sub("", clause)
    words = told.rstrip(_AFTER_THANKS)
    near = max(0, len(words) - LONGEST)  # thanks are looked for where they end, not behind each character
    told = words[:near] + _THANKS.sub("", words[near:]) + told[len(words) :]
    return told if any(char.isalnum() for char in told) else ""


def spread(found: list[str], most: int) -> list[str]:
    """At most `most` of them: the first, the last, and what lies evenly between, in this order."""
    if len(found) <= 2:
        return found
    step = max(1, -(-(len(found) - 2) // max(1, most - 2)))
    return [found[0], found[-1], *found[1:-1:step]][:most]
