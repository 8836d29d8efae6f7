"""The guard over the bench does see what it is there to see."""

from __future__ import annotations

import logging

import pytest

from channels.errors import Permanent
from tests.contract.channels.leaks import leaked, leaked_by


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("channels", logging.INFO, "f.py", 1, message, args, None)
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize(
    "made",
    [record("sent to canary"), record("sent to %s", "canary"), record("sent", to="canary")],
    ids=["message", "argument", "extra field"],
)
def test_a_canary_in_a_log_is_found(made: logging.LogRecord) -> None:
    assert leaked([made], "", ["canary", "other"]) == ["canary"]


def test_a_canary_on_a_standard_stream_is_found() -> None:
    assert leaked([], "a canary was printed", ["canary"]) == ["canary"]


def refused(*, code: str) -> Permanent:
    """An error with a cause that names the canary."""
    problem = Permanent(code, "no")
    problem.__cause__ = ValueError("canary in the cause")
    return problem


def test_a_canary_in_an_error_or_its_cause_is_found() -> None:
    assert leaked_by(refused(code="1"), ["canary"]) == ["canary"]
    assert leaked_by(Permanent("canary", "no"), ["canary"]) == ["canary"]
    assert leaked_by(Permanent("1", "no"), ["canary"]) == []


def test_silence_is_no_leak() -> None:
    assert leaked([record("sent")], "", ["canary"]) == []
