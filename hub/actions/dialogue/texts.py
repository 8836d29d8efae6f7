"""What the hub says by itself: one catalogue of short texts, Chinese and English; and which of the two
somebody writes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources


class Texts:
    """The shipped catalogue. Another one may be given (a department's own wording)."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]] | None = None) -> None:
        shipped = (resources.files("hub") / "data" / "texts.toml").read_text("utf-8")
        self._texts: Mapping[str, Mapping[str, str]] = texts or tomllib.loads(shipped)

    def say(self, name: str, language: str, **values: str) -> str:
        """The text `name` in `language` (Chinese where there is no other), filled in."""
        versions = self._texts[name]
        return versions.get(language, versions["zh"]).format(**values).strip()


def language_of(text: str, before: str = "zh") -> str:
    """`zh` for a text with a Chinese character, `en` for one of Latin letters; TD, C1 and 2 are no language:
    then the one spoken `before`."""
    if any("\u3400" <= char <= "\u9fff" for char in text):
        return "zh"
    return "en" if sum(char.isascii() and char.isalpha() for char in text) >= 4 else before
