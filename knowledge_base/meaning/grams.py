"""What of a folded text the safety models weigh: its characters, runs of two and three, and patterns.

Patterns (`data/safety/patterns.toml`) see what stands apart (拿着 … 刀), and what no sentence had that the
models were fitted to.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache

from knowledge_base.text.tables import data_text

LONGEST = 3
_PART = re.compile(r"<(\w+)>")


def grams(folded: str) -> list[str]:
    """Each run of one to three characters, as often as it stands in the text."""
    return [
        folded[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(folded) - length + 1)
    ]


def patterns_in(folded: str) -> list[str]:
    """The names of the patterns that a text fits, `#subject.name`; `#neither.…` mostly speaks against."""
    return [name for name, pattern in _patterns().items() if pattern.search(folded)]


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    tables = tomllib.loads(data_text("safety/patterns.toml"))
    parts = tables.pop("parts")
    return {
        f"#{subject}.{name}": re.compile(_PART.sub(lambda part: parts[part[1]], pattern))
        for subject, table in tables.items()
        for name, pattern in table.items()
    }
