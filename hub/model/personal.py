"""Marks fields that hold personal data, so that the store seals them and nothing else has to know."""

from __future__ import annotations

from dataclasses import field, fields
from typing import Any

_MARK = "personal"

UNREADABLE = "［无法读取 unreadable］"
"""Stands in lists and pages for a personal text that cannot be unsealed any more."""


def personal(default: Any = "") -> Any:
    """A dataclass field whose content is encrypted at rest (names, addresses, numbers, texts)."""
    return field(default=default, metadata={_MARK: True})


def personal_fields(cls: type) -> frozenset[str]:
    """Names of the fields of a dataclass marked with `personal`."""
    return frozenset(f.name for f in fields(cls) if f.metadata.get(_MARK))
