"""What must not be skipped: on a laptop a missing browser skips tests, in CI it is an error.

`HUB_TESTS_REQUIRE` names marks (`browser,mongodb`) whose tests have to run; where `CI` is set and
the variable is not, all of them are required. A test that skips itself then fails and says why,
and a whole run in which such tests do not exist fails as well.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator

import hypothesis
import pytest
from aiohttp.web_app import _cached_build_middleware

from hub.runtime.gc_tuning import spare_the_collector
from tests.contract.nx import REAL_SERVER, NxServer

NEEDS_SOMETHING = ("browser", "mongodb")
REQUIRED = frozenset(
    name.strip()
    for name in os.environ.get(
        "HUB_TESTS_REQUIRE", ",".join(NEEDS_SOMETHING) if os.environ.get("CI") else ""
    ).split(",")
    if name.strip()
)

LONGEST_ID = 100
"""Characters of a parameter that still tell a test from another."""


def pytest_configure(config: pytest.Config) -> None:
    """A misspelt requirement must not mean "nothing is required"."""
    _compile_once()
    unknown = REQUIRED - set(NEEDS_SOMETHING)
    if unknown:
        raise pytest.UsageError(f"HUB_TESTS_REQUIRE: unknown {sorted(unknown)}, known {NEEDS_SOMETHING}")
    # Examples are timed by the wall: on a machine with other work every one of them may be too late.
    hypothesis.settings.register_profile("in_company", deadline=None)
    hypothesis.settings.load_profile("in_company")
    if not hasattr(config, "workerinput"):  # worker processes send their reports to the one that started them
        config.pluginmanager.register(MissingKinds())


def _compile_once() -> None:
    """Where the environment forbids to keep bytecode, each hub that is a process of its own would compile all
    modules again, and each run all tests: here it is kept, as Python does by itself."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A text of megabytes is no name: ids are copied into every report and into the environment."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        return f"{argname} of {len(val)}"
    return None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Some 6,000 tests and all modules stay to the end: the collector need not look through them again."""
    spare_the_collector()


class MissingKinds:
    """In a run of everything, tests of each required kind must have run."""

    def __init__(self) -> None:
        self.missing = set(REQUIRED)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.missing -= set(report.keywords)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        asked = session.config
        is_everything = asked.args_source is pytest.Config.ArgsSource.TESTPATHS and not (
            asked.option.keyword or asked.option.markexpr or asked.option.collectonly
        )
        if not is_everything:
            self.missing.clear()
        elif self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.missing:
            terminalreporter.section("required, but there is no such test", red=True)
            terminalreporter.line(", ".join(sorted(self.missing)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip of a required test into a failure.

    `skipif` is left alone: it says that a test does not apply here, not that something is missing.
    """
    report = yield
    kinds = REQUIRED & {mark.name for mark in item.iter_markers()}
    if report.skipped and kinds and item.get_closest_marker("skipif") is None:
        reason = call.excinfo.value if call.excinfo else "no reason given"
        report.outcome = "failed"
        report.longrepr = f"{sorted(kinds)} must run here, but it was skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the MongoDB protocol; every worker process has one of its own."""
    if REAL_SERVER:
        yield REAL_SERVER
        return
    server = NxServer(tmp_path_factory.mktemp("nx"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(autouse=True, scope="module")
def _ended_hubs_are_let_go() -> Iterator[None]:
    """aiohttp remembers the last 1024 handlers together with their applications: each worker would keep some
    hundred hubs that ended long ago, with their knowledge bases."""
    yield
    _cached_build_middleware.cache_clear()
