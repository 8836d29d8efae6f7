"""What the hub says by itself: one catalogue of short texts, Chinese and English."""

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
