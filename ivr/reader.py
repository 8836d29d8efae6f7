"""Reads a TOML table key by key and notes every problem instead of stopping at the first.

A key nobody asked for is a problem too: a misspelt `timeuot` must not silently mean the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class Reader:
    """One table of the file. `problems` is shared by all tables of one file."""

    def __init__(self, data: Mapping[str, Any], path: str, problems: list[str]) -> None:
        self._data = data
        self._path = path
        self._problems = problems
        self._asked: set[str] = set()

    def refuse(self, key: str, reason: str) -> None:
        """Note a problem with one key."""
        self._problems.append(f"{self._name(key)} {reason}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Without a default it must be there."""
        value = self._value(key, required=default is None)
        if isinstance(value, str):
            return value
        if value is not None:
            self.refuse(key, "must be a text")
        return default or ""

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number between `least` and `most`."""
        value = self._value(key, required=False)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(key, f"must be a whole number from {least} to {most}")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._value(key, required=False)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.refuse(key, "must be true or false")
        return default

    def names(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self._value(key, required=default is None)
        if value is None:
            return default or ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.refuse(key, "must be a text or a list of texts")
        return default or ()

    def texts(self, key: str) -> Mapping[str, str]:
        """A table of texts; absent is empty."""
        value = self._value(key, required=False)
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            return dict(value)
        self.refuse(key, "must be a table of texts")
        return {}

    def texts_left(self) -> Mapping[str, str]:
        """Every key of this table as a text."""
        return {key: self.text(key) for key in self._data}

    def choice(self, key: str, members: type[Choice], default: Choice) -> Choice:
        """One member of a closed set."""
        value = self.text(key, default.value)
        try:
            return members(value)
        except ValueError:
            self.refuse(key, f"is none of {', '.join(members)}")
            return default

    def table(self, key: str) -> Reader:
        """A table that must be there."""
        value = self._value(key, required=True)
        if not isinstance(value, dict):
            if value is not None:
                self.refuse(key, "must be a table")
            value = {}
        return Reader(value, self._name(key), self._problems)

    def tables(self, key: str) -> Mapping[str, Reader]:
        """A table of tables; absent is empty. A list inside stands for its `words`."""
        value = self._value(key, required=False)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(key, "must be a table")
            return {}
        found: dict[str, Reader] = {}
        for name, inner in value.items():
            content = {"words": inner} if isinstance(inner, list) else inner
            if isinstance(content, dict):
                found[name] = Reader(content, f"{self._name(key)}.{name}", self._problems)
            else:
                self.refuse(key, f"holds {name}, which must be a table")
        return found

    def done(self) -> None:
        """Note every key of this table that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                self.refuse(key, "is not a known key")

    def _value(self, key: str, *, required: bool) -> Any:
        self._asked.add(key)
        value = self._data.get(key)
        if value is None and required:
            self.refuse(key, "is missing")
        return value

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
