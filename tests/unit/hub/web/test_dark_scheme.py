"""The dark scheme changes colours and nothing else: pages are looked at in it for those only."""

from __future__ import annotations

import re
from pathlib import Path

import hub.web

STATIC = Path(hub.web.__file__).parent / "static"
TEMPLATES = STATIC.parent / "templates"
_DARK = re.compile(r"@media[^{]*prefers-color-scheme[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CHANGE = re.compile(r"(?<=[{;])\s*([\w-]+)\s*:\s*([^;{}]+)")


def test_it_changes_colours_and_shadows_only() -> None:
    changed: dict[str, str] = {}
    for path in STATIC.rglob("*.css"):
        text = _COMMENT.sub("", path.read_text("utf-8"))
        blocks = _DARK.findall(text)
        assert len(blocks) == text.count("prefers-color-scheme"), path.name
        for block in blocks:
            changed |= dict(_CHANGE.findall(block))
    assert "--ink" in changed
    other = {name for name, value in changed.items() if not value.startswith(("#", "rgb("))}
    assert all(name.startswith("--shadow") for name in other), other


def test_no_page_and_no_script_asks_for_it() -> None:
    asking = [*STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.xml")]
    assert len(asking) > 50
    assert [path.name for path in asking if "prefers-color-scheme" in path.read_text("utf-8")] == []
