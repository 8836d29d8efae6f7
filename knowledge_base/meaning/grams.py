"""The pieces of a folded text that the safety models weigh: its characters, and runs of two and three."""

from collections import Counter

LONGEST = 3


def grams(folded: str) -> Counter[str]:
    """Each run of one to three characters with how often it stands in the text."""
    found: Counter[str] = Counter()
    for length in range(1, LONGEST + 1):
        found.update(folded[at : at + length] for at in range(len(folded) - length + 1))
    return found
