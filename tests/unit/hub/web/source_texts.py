"""Finds every source text of the pages: in templates by the engine, in Python by its calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

import hub

ROOT = Path(hub.__file__).parent
_CALLS = frozenset({"_", "filled", "msgid", "translator", "Said"})
CHINESE = re.compile(r"[\u3400-\u9fff]")


def of_templates() -> Iterator[tuple[str, str]]:
    """(text, file) of every template."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        found = environment.extract_translations(path.read_text("utf-8"))  # type: ignore[attr-defined]
        for _, _, texts in found:
            for text in texts if isinstance(texts, tuple) else (texts,):
                if text:
                    yield text, path.name


def of_python() -> Iterator[tuple[str, str]]:
    """(text, file) of every `_("…")` and `msgid("…")`."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called, text = node.func, node.args[0]
            name = called.id if isinstance(called, ast.Name) else ""
            if isinstance(called, ast.Call) and isinstance(called.func, ast.Name):
                name = called.func.id  # translator(request)("…")
            if name in _CALLS and isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value, path.name


def untranslated_chinese() -> Iterator[tuple[str, str]]:
    """(line, file) of templates where Chinese stands outside `_( )`."""
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        source = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", source, flags=re.S)
        for line in source.splitlines():
            bare = re.sub(r"""_\((?P<q>["']).*?(?P=q)[^)]*\)""", "", line)
            if CHINESE.search(bare):
                yield bare.strip(), path.name
