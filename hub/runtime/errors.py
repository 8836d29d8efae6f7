"""The root of what the hub itself raises, and what a caller decides by it."""

from __future__ import annotations


class HubError(Exception):
    """Root."""


class NotFound(HubError):
    """It does not exist, or the asker may not know that it does: the two look the same."""


class Forbidden(HubError):
    """The asker is known and may not do this."""


class Stale(HubError):
    """Somebody else changed it first: show what is there now and keep what was typed."""


class Invalid(HubError):
    """Input that cannot be taken. `problems` maps field names to texts in the reader's language."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems
