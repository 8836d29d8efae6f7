"""What is in force now, held in memory: every citizen page, every feed and every call asks for it.

Rule protected: what was lifted or is over is gone at once: its own process looks after each release, the
others every second, and the end of a warning is asked of the clock at every reading.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.outbox.delivery import WarningLevel
from hub.model.warnings.issue import Issue, Stage
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import GRAVITY, Warning
from hub.repositories.warnings.issues import WarningRepository
from hub.runtime.clock import Clock


class Board:
    """One per process."""

    def __init__(self, issues: WarningRepository, clock: Clock) -> None:
        self._issues = issues
        self._clock = clock
        self._out: tuple[Issue, ...] = ()

    async def look(self) -> None:
        """Reads what is out."""
        self._out = tuple(found.value for found in await self._issues.out())

    def active(self) -> Sequence[Issue]:
        """What is in force, the gravest first, then the newest."""
        now = self._clock.now_ms()
        found = [issue for issue in self._out if issue.is_active(now)]
        return sorted(found, key=lambda issue: (_gravity(issue), -issue.released_at))

    def told(self) -> Sequence[Issue]:
        """The same with the lifts of the last day, for feeds; the newest first."""
        now = self._clock.now_ms()
        lifts = [
            issue
            for issue in self._out
            if issue.kind is MessageKind.LIFT and issue.stage is Stage.OUT and now < issue.expires_at
        ]
        return sorted([*self.active(), *lifts], key=lambda issue: -issue.released_at)

    def red(self) -> Issue | None:
        """The newest red warning in force."""
        return next(
            (one for one in self.active() if one.warning and one.warning.level is WarningLevel.RED), None
        )


def _gravity(issue: Issue) -> int:
    content = issue.content
    if isinstance(content, Warning):
        return GRAVITY.get(content.level, 9)
    return 5 if content.urgent else 6
