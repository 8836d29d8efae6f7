"""The guard over the whole bench: nothing personal or secret is ever logged or printed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from channels.http import HttpClient
from tests.contract.channels.bench import CANARIES
from tests.contract.channels.leaks import leaked


@pytest.fixture(autouse=True)
def _nothing_leaks(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    printed = capfd.readouterr()
    found = leaked(caplog.get_records("call"), printed.out + printed.err, CANARIES)
    assert not found, f"in a log or on a standard stream: {found}"


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """A client for one test."""
    async with HttpClient(connections=10) as client:
        yield client
