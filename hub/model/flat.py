"""Marks fields that group what travels together in the program and stands side by side in a document.

So a value may be grouped, or grouped otherwise, without a change of what is stored, queried and indexed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from functools import cache
from typing import Any, get_type_hints

_MARK = "flat"


def flat(default: Any = MISSING, **stored_as: str) -> Any:
    """A dataclass field that holds a frozen dataclass whose fields are stored as fields of the owner.

    stored_as: the stored name of an inner field where it is not its own.
    """
    return field(default=default, metadata={_MARK: stored_as})


def groups(cls: type) -> Mapping[str, tuple[type, Mapping[str, str]]]:
    """Of each field marked with `flat`: its dataclass, and the stored names of that one's fields."""
    return _groups(cls)


@cache
def _groups(cls: type) -> Mapping[str, tuple[type, Mapping[str, str]]]:
    types = get_type_hints(cls)
    found = {}
    for group in fields(cls):
        if _MARK in group.metadata:
            inner, names = types[group.name], group.metadata[_MARK]
            found[group.name] = inner, {one.name: names.get(one.name, one.name) for one in fields(inner)}
    return found
