"""The overlay is true: what it shows is what the page and the script do, and nothing else is a key."""

from __future__ import annotations

import re
from pathlib import Path

from hub.web.shortcuts import PRESS, SHORTCUTS

WEB = Path(__file__).parents[4] / "hub" / "web"
TEMPLATES = "\n".join(path.read_text("utf-8") for path in sorted((WEB / "templates").rglob("*.html")))
SCRIPTS = "\n".join(path.read_text("utf-8") for path in sorted((WEB / "static" / "js").glob("*.js")))
ELSEWHERE = {"browser", "submit"}
"""Enter on a link is the browser's; Ctrl+Enter stands in js/staff.js: fields have it without the desk."""


def test_a_key_presses_something_on_a_page_and_every_such_thing_is_in_the_overlay() -> None:
    keys = {one.keys for one in SHORTCUTS if one.does == PRESS}
    assert keys == set(re.findall(r'data-key="([^"]+)"', TEMPLATES))


def test_what_a_key_does_is_done_by_the_script() -> None:
    names = {one.does for one in SHORTCUTS} - {PRESS} - ELSEWHERE
    undone = {
        name for name in names if not re.search(rf'(?m)^\s+"?{name}"?(:|,)|does\["{name}"\] =', SCRIPTS)
    }
    assert undone == set()


def test_no_key_means_two_things() -> None:
    keys = [one.keys for one in SHORTCUTS]
    leaders = {key.split(" ")[0] for key in keys if " " in key}
    assert len(set(keys)) == len(keys)
    assert not leaders & set(keys)  # g and then q: g alone would never get there
