"""One line of a check: what was looked at, what is so, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    WARN = "WARN"  # it runs, but not as it should
    FAIL = "FAIL"  # it does not run, or must not


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what is so, how to mend it ("" when there is nothing to)."""

    level: Level
    name: str
    detail: str
    fix: str = ""


def exit_code(findings: Iterable[Finding]) -> int:
    """0 all is well · 1 warnings · 2 something fails."""
    levels = {finding.level for finding in findings}
    return 2 if Level.FAIL in levels else 1 if Level.WARN in levels else 0
