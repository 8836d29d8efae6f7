from __future__ import annotations

import logging

import pytest


@pytest.fixture(autouse=True)
def logs_are_made(caplog: pytest.LogCaptureFixture) -> None:
    """As in a running hub: a log line that cannot be made is an error there."""
    caplog.set_level(logging.INFO)
