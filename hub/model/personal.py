"""Marks fields that hold personal data, so that the store seals them and nothing else has to know."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

from hub.model.flat import groups

_MARK = "personal"

UNREADABLE = "［无法读取 unreadable］"
"""Stands in lists and pages for a personal text that cannot be unsealed any more."""


def personal(default: Any = "") -> Any:
    """A dataclass field whose content is encrypted at rest (names, addresses, numbers, texts)."""
    return field(default=default, metadata={_MARK: True})


def personal_fields(cls: type) -> frozenset[str]:
    """Stored names of the fields marked with `personal`, of a dataclass and of those it holds flat."""
    own = {f.name for f in fields(cls) if f.metadata.get(_MARK)}
    held = {
        names[f.name] for inner, names in groups(cls).values() for f in fields(inner) if f.metadata.get(_MARK)
    }
    return frozenset(own | held)
