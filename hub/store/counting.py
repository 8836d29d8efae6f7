"""Counts of groups that a collection declares, kept by the engines in the transaction of each write.

A group is what documents have in common: the values of the fields of one tuple of `Collection.counted`. To
read how many there are costs the number of groups, whatever the number of documents. Counts are made of the
documents: a copy of a store makes them anew, and a digest leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hub.store.documents import Collection, Undeclared

Group = tuple[Any, ...]
"""The values of the fields of one tuple; None where a document has none."""


def check_counted(collection: Collection, fields: Sequence[str], within: Sequence[Any]) -> None:
    """Refuses groups nobody keeps. Raises `Undeclared`."""
    if tuple(fields) not in collection.counted:
        raise Undeclared(f"{collection.name}: nobody counts by {', '.join(fields)}")
    if len(within) > len(fields):
        raise Undeclared(f"{collection.name}: more values than fields")


def check_uncounted(collection: Collection, verb: str) -> None:
    """Refuses what counted collections do without: it would have to be counted in a second way."""
    if collection.counted:
        raise Undeclared(f"{collection.name}: {verb} is not for a collection that is counted")


def counted_fields(collection: Collection) -> tuple[str, ...]:
    """Every field that some group is made of."""
    return tuple(dict.fromkeys(name for fields in collection.counted for name in fields))


def changes(
    collection: Collection, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[tuple[tuple[str, ...], Group], int]:
    """By how much each group grows when a document changes; None: there is no document."""
    grown: dict[tuple[tuple[str, ...], Group], int] = {}
    for body, amount in ((before, -1), (after, 1)):
        if body is None:
            continue
        for fields in collection.counted:
            key = fields, tuple(body.get(name) for name in fields)
            grown[key] = grown.get(key, 0) + amount
    return {key: amount for key, amount in grown.items() if amount}


def kept_as(collection: Collection, fields: Sequence[str]) -> str:
    """The name under which an engine keeps the groups of one tuple."""
    return f"{collection.name}:{'+'.join(fields)}"


def group_text(group: Sequence[Any]) -> str:
    """A group as the JSON text that every engine makes of it."""
    return msgspec.json.encode(list(group)).decode()
