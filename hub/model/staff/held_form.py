"""What somebody had filled in when the login was over, kept to be gone on with after the next one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class HeldForm:
    """The last one of an agent.

    id: of the agent. page: where the form stands. action: where it is posted to. at: ms UTC.
    fields: name and text of what was filled in; no file.
    """

    id: str
    page: str
    action: str
    at: int
    fields: tuple[tuple[str, str], ...] = personal(())
