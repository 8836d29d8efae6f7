"""Keys of earlier releases: a file that still has them is read as before, and the operator is told.

Rule protected: an upgrade does not stop at a key that means nothing any more, nor pass over it in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RETIRED: Mapping[tuple[str, str], str] = {
    ("tracking", "wrong_codes"): "猜错的来源逐次等待，见 lock_seconds (who guesses waits, see lock_seconds)",
}
"""Table and key → what took its place."""


def without_retired(data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings without such keys, and which there were, `table.key`."""
    kept, found = dict(data), []
    for table, key in RETIRED:
        inside = kept.get(table)
        if isinstance(inside, Mapping) and key in inside:
            kept[table] = {name: value for name, value in inside.items() if name != key}
            found.append(f"{table}.{key}")
    return kept, tuple(found)


def replaced_by(path: str) -> str:
    """What took the place of a key, `table.key`."""
    table, _, key = path.partition(".")
    return RETIRED[(table, key)]
