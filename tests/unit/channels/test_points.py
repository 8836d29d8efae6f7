"""Points at which the crash bench kills: each is passed somewhere, and nobody else can arm one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.points import Point

ROOT = Path(__file__).parents[3]
SOURCES = {
    path: path.read_text("utf-8")
    for folder in ("channels", "campaigns", "hub")
    for path in (ROOT / folder).rglob("*.py")
}


@pytest.mark.parametrize("name", Point)
def test_each_point_is_passed_in_what_sends_and_nowhere_else(name: Point) -> None:
    passed = [
        path for path, text in SOURCES.items() if f"Point.{name.name}" in text and "point(Point" in text
    ]
    assert len(passed) == 1
    assert "bench" not in passed[0].parts


def test_only_the_crash_bench_can_arm_one() -> None:
    imported = re.compile(r"from channels\.points import .*\barm\b")
    arms = [path.relative_to(ROOT) for path, text in SOURCES.items() if imported.search(text)]
    assert arms == [Path("hub/bench/crash/worker.py")]
    assert "os.environ" not in SOURCES[ROOT / "channels/points.py"]
