"""A text of a department that did not arrive, as its page lists it."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.departments.submission import TextState
from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class TextFailure:
    """id: of the text. at: when it was noticed, ms UTC. reason: a code, often the carrier's."""

    id: str
    department: str
    at: int
    submission_id: str
    state: TextState
    reason: str = ""
    to: str = personal("")
    client_ref: str = personal("")
