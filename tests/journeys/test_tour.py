"""The tour proves the whole product from outside: on both stores, and with the hub killed on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_demo import start, stop

pytestmark = pytest.mark.xdist_group("crashes")

STORIES = 12


def tour(folder: Path, *arguments: str) -> dict[str, Any]:
    """What the tour reports. Its exit code must say the same."""
    ran = subprocess.run(
        [sys.executable, "-m", "hub", "demo", "--tour", "--json", "--dir", str(folder), *arguments],
        capture_output=True,
        text=True,
        timeout=400,
    )
    report: dict[str, Any] = json.loads(ran.stdout)
    assert ran.returncode == (0 if report["ok"] else 1), ran.stderr
    return report


def assert_held(report: dict[str, Any]) -> None:
    assert [step for step in report["steps"] if not step["ok"]] == []
    assert len({step["story"] for step in report["steps"]}) == STORIES
    assert report["verified"]["lost"] == []
    assert report["verified"]["twice"] == []
    assert report["ok"]


@pytest.mark.mongodb
def test_every_story_holds_on_mongodb_against_a_demo_that_runs_and_goes_on_running(
    tmp_path: Path, mongo_url: str
) -> None:
    # a reply leaves when it cannot be taken back any more: after 15 s, and four of the stories wait for one
    demo = start(tmp_path / "demo", "--store", mongo_url, "--undo-seconds", "1")
    try:
        report = tour(demo.folder)
        refused = subprocess.run(
            [sys.executable, "-m", "hub", "demo", "--tour", "--crash", "--dir", str(demo.folder)],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert demo.process.poll() is None
    finally:
        stop(demo)
    assert_held(report)
    assert len(report["verified"]["ambiguous"]) == 1  # the reply on which the gateway's connection broke
    assert refused.returncode == 2  # a demo that others use is never killed
    assert "--crash" in refused.stderr


@pytest.mark.crash
def test_a_hub_killed_between_and_within_steps_loses_nothing_and_doubles_nothing_unannounced(
    tmp_path: Path,
) -> None:
    report = tour(tmp_path / "demo", "--crash", "--seed", "12")
    assert report["kills"] == 2
    assert {step["killed"] for step in report["steps"]} == {"", "before", "during"}
    assert_held(report)
