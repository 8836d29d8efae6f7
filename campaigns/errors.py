"""What `campaigns` raises: one class per decision the caller takes."""

from __future__ import annotations


class CampaignError(Exception):
    """Root."""


class MoveRefused(CampaignError):
    """The state table does not allow the move: show the state and what can be done from it."""

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"{current} → {wanted}")
        self.current = current
        self.wanted = wanted


class TextFrozen(CampaignError):
    """Something has left with this text already: it can be paused or withdrawn, not rewritten."""


class Overtaken(CampaignError):
    """Somebody else changed the broadcast since it was read: read again and decide again."""


class BadTemplate(CampaignError):
    """The template cannot be rendered. `problems` says why, for the person who wrote it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class BadSchedule(CampaignError):
    """The plan can never fire or says something else than it seems to. `problem` is for the reader."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
