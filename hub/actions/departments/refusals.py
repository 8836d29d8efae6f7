"""Why texts are not taken: one class per decision the caller takes, each problem in words that name the
field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.model.departments.admission import Beyond
from hub.runtime.errors import HubError


@dataclass(frozen=True, slots=True)
class Problem:
    """field: of the request, `to.3`. code: part of the API's contract. text: source text, see `Said`."""

    field: str
    code: str
    text: str


class NotTaken(HubError):
    """The request has to be changed; nothing of it was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = tuple(problems)


class OtherBody(HubError):
    """The same `client_ref` came before with other content; that one holds."""


class TooMuch(HubError):
    """Over the rate or a quota: nothing was stored, and it may come again later."""

    def __init__(self, beyond: Beyond) -> None:
        super().__init__(beyond.code)
        self.beyond = beyond
