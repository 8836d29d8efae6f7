"""The process that makes PDF: the one owner of typst and fontTools. Requests and answers are lines of JSON.

`{"do": "pdf", "data": {…}}` → `{"pdf": base64}` · `{"do": "missing", "text": "…"}` → `{"missing": "…"}`.
"""

from __future__ import annotations

import base64
import json
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection

_PATTERNS = ("*.ttf", "*.otf", "*.ttc")


class Press:
    """One compiler for all documents: the fonts are read once."""

    def __init__(self, folders: list[str], names: list[str]) -> None:
        self._folders = folders
        self._names = names
        fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
        template = str(files("hub") / "data" / "legal_document.typ")
        self._compiler = typst.Compiler(template, font_paths=fonts)

    def pdf(self, data: dict[str, Any]) -> bytes:
        """The document."""
        inputs = {"data": json.dumps(data), "fonts": json.dumps(self._names)}
        made = self._compiler.compile(format="pdf", sys_inputs=inputs)
        return made if isinstance(made, bytes) else b""

    def missing(self, text: str) -> str:
        """Characters that no font has: they would vanish from the paper without a word."""
        known = code_points(tuple(self._folders), tuple(self._names))
        return "".join(dict.fromkeys(one for one in text if not one.isspace() and ord(one) not in known))


@lru_cache(maxsize=1)
def code_points(folders: tuple[str, ...], names: tuple[str, ...]) -> frozenset[int]:
    """All that the fonts of these names have; the weights of one have the same."""
    found: dict[str, frozenset[int]] = {}
    for path in (path for folder in folders for pattern in _PATTERNS for path in Path(folder).rglob(pattern)):
        fonts = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
        for font in fonts:
            name = font["name"].getBestFamilyName() or ""
            if name in names and name not in found:
                found[name] = frozenset(font.getBestCmap() or ())
    return frozenset().union(*found.values())


def main() -> None:
    """Answers until its input ends. Arguments: folders of fonts and their names, as JSON."""
    press = Press(*json.loads(sys.argv[1]))
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "pdf":
            answer = {"pdf": base64.b64encode(press.pdf(asked["data"])).decode()}
        else:
            answer = {"missing": press.missing(asked["text"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
