"""Cuts a text into short overlapping windows, because one vector of a long text hides a cry at its end.

A window holds as many clauses as fit and shares its last one with the next window, so that what is said
across two clauses is seen in one of them. More overlap finds no more danger and more false alarms, for the
highest of many windows counts.
"""

import re

LONGEST = 60
"""Characters of a window."""
MOST = 20_000
"""Characters of a text that are looked at."""

_CLAUSE = re.compile(r"[^\n。！？!?；;，,、…~～|]+[\n。！？!?；;，,、…~～|]*")
_PIECE = 30
"""Where nothing ends for long, a clause is cut after so many characters."""


def windows(text: str) -> list[str]:
    """The windows of a text in the order of the text; a short text is its own only window."""
    text = text[:MOST].strip()
    if len(text) <= LONGEST:
        return [text] if text else []
    clauses = [
        clause[at : at + _PIECE] for clause in _CLAUSE.findall(text) for at in range(0, len(clause), _PIECE)
    ]
    found: list[str] = []
    begin = 0
    while begin < len(clauses):
        window, end = clauses[begin], begin + 1
        while end < len(clauses) and len(window) + len(clauses[end]) <= LONGEST:
            window += clauses[end]
            end += 1
        found.append(window.strip())
        if end == len(clauses):
            break
        begin = max(begin + 1, end - 1)
    return [window for window in found if window]


def spread(found: list[str], most: int) -> list[str]:
    """At most `most` of them: the first, the last, and what lies evenly between, in this order."""
    if len(found) <= 2:
        return found
    step = max(1, -(-(len(found) - 2) // max(1, most - 2)))
    return [found[0], found[-1], *found[1:-1:step]][:most]
