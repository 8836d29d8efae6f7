"""Cuts a text into short overlapping windows, because one vector of a long text hides a cry at its end.

A window ends where a clause ends, is at most `LONGEST` characters, and shares its last clause with the next
one, so that what is said across two clauses is seen in one of them.
"""

import re

LONGEST = 60
"""Characters of a window."""
MOST = 20_000
"""Characters of a text that are looked at."""

_CLAUSE = re.compile(r"[^\n。！？!?；;，,、…~～|]+[\n。！？!?；;，,、…~～|]*|[\n。！？!?；;，,、…~～|]+")


def windows(text: str) -> list[str]:
    """The windows of a text in the order of the text; a short text is its own only window."""
    text = text[:MOST].strip()
    if len(text) <= LONGEST:
        return [text] if text else []
    found: list[str] = []
    begin = 0
    clauses = _clauses(text)
    while begin < len(clauses):
        end, size = begin, 0
        while end < len(clauses) and size + len(clauses[end]) <= LONGEST:
            size += len(clauses[end])
            end += 1
        window = "".join(clauses[begin:end]).strip()
        if window:
            found.append(window)
        if end == len(clauses):
            break
        begin = max(begin + 1, end - 1)
    return found


def _clauses(text: str) -> list[str]:
    """Pieces of at most half a window; where nothing ends for long, it is cut there."""
    half = LONGEST // 2
    pieces: list[str] = []
    for clause in _CLAUSE.findall(text):
        pieces += [clause[at : at + half] for at in range(0, len(clause), half)]
    return pieces


def by_weight(found: list[str]) -> list[str]:
    """The same, those first that say most: the first, the last, then the others in their order."""
    return found if len(found) < 3 else [found[0], found[-1], *found[1:-1]]
