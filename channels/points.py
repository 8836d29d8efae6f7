"""Named instants at which a process may die: the proof that a crash loses and doubles nothing kills it there.

A point is nothing but a name in the code. Only the crash bench arms one (`hub bench crash`), in a process of
its own; no setting and no variable of the environment can, so a server never dies of it.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """Where. "Before" and "after" are before and after the store, or the carrier, has it."""

    BEFORE_DECISION = "before_decision"  # release, pause, resume, cancel
    AFTER_DECISION = "after_decision"
    BEFORE_PAGE = "before_page"  # expansion
    BEFORE_CURSOR = "before_cursor"
    AFTER_CURSOR = "after_cursor"
    EXPANDED = "expanded"  # the last page is there, nobody knows yet
    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    AFTER_GATE = "after_gate"
    BEFORE_INTENT = "before_intent"
    AFTER_INTENT = "after_intent"
    BEFORE_POST = "before_post"
    AFTER_POST = "after_post"  # the carrier took it, nothing is written
    BEFORE_SETTLE = "before_settle"
    AFTER_SETTLE = "after_settle"
    BEFORE_RECEIPT = "before_receipt"
    AFTER_RECEIPT = "after_receipt"
    BEFORE_SWEEP = "before_sweep"
    AFTER_SWEEP = "after_sweep"
    AFTER_RELEASE = "after_release"  # rows of a resumed or canceled broadcast were moved


@dataclass(slots=True)
class _Armed:
    """left: how often it is still passed unharmed, -1 once and for all when nothing is armed."""

    at: Point | None = None
    left: int = -1


_armed = _Armed()


def arm(at: Point, *, passing: int) -> None:
    """This process is killed (`SIGKILL`) the `passing`-th time, from 1, that it comes to the point."""
    _armed.at, _armed.left = at, passing - 1


def point(name: Point) -> None:
    """The process passes here."""
    if _armed.at is name:
        if not _armed.left:
            os.kill(os.getpid(), signal.SIGKILL)
        _armed.left -= 1
