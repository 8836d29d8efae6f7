"""What a story is: steps in order, each of which either holds or says why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class NotHeld(Exception):
    """A step did not hold; the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """text: what happens, for the reader. act: does it and says what was kept or sent.

    Every act may be interrupted by a killed hub and has to end well all the same.
    """

    text: str
    act: Callable[[], Awaitable[str]]


class Story(Protocol):
    """title: Chinese first, English behind."""

    title: str

    def steps(self) -> Sequence[Step]:
        """In order; a step relies on those before it."""


def hold(truth: object, what: str) -> None:
    """Raises `NotHeld` when it is not so."""
    if not truth:
        raise NotHeld(what)
