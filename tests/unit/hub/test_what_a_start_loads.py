"""What a serving hub holds in memory from its start: nothing that only a command or another engine needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hub.runtime.clock import FakeClock
from hub.settings.settings import Settings
from hub.store.documents import Refused
from hub.wiring.store import open_store


def loaded(module: str) -> set[str]:
    """The top-level names of everything that a new process has once it imported `module`."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("module", ["hub.cli.serve", "hub.bench.intake_server"])
def test_a_serving_hub_loads_no_driver_of_mongodb_and_nothing_a_bench_compares_with(module: str) -> None:
    assert not loaded(module) & {"pymongo", "motor", "gridfs", "bson", "jieba", "vosk"}


async def test_the_engine_that_is_configured_is_the_one_that_is_asked(tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text("http://example.invalid/")
    mongodb = {"engine": "mongodb", "url": f"file:{url}"}
    with pytest.raises(Refused):
        await open_store(Settings.model_validate({"store": mongodb}), FakeClock(), migrated=False)
