"""Looks for what must not be there."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable

_FORMATTER = logging.Formatter("%(name)s %(levelname)s %(message)s")


def leaked(records: Iterable[logging.LogRecord], printed: str, canaries: Iterable[str]) -> list[str]:
    """The canaries found in log records (with their tracebacks and extra fields) or in `printed`."""
    everything = printed + "\n".join(f"{_FORMATTER.format(r)} {r.__dict__}" for r in records)
    return [canary for canary in canaries if canary in everything]


def leaked_by(problem: BaseException, canaries: Iterable[str]) -> list[str]:
    """The canaries found in an error: in its text, in what caused it, in its attributes."""
    everything = "".join(traceback.format_exception(problem)) + repr(problem) + repr(vars(problem))
    return [canary for canary in canaries if canary in everything]
