"""What the holder of a number and its query code wants to happen to the case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitizenWish:
    """One event of the table, asked for by the citizen.

    event: cuiban, withdraw, supplement, rate, unsatisfied, request_fucha or request_fuhe. text: what was
    written with it. score: 1 to 5, for rate.
    """

    event: str
    text: str = ""
    score: int = 0
