"""What an agent was writing about a case, kept so that it can be gone on with on any machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.conversation import AttachedFile
from hub.model.personal import personal
from hub.runtime.ids import derived_id


class DraftKind(StrEnum):
    """Which form it is typed in."""

    REPLY = "reply"
    NOTE = "note"


class DraftCause(StrEnum):
    """Why a text is a draft."""

    TYPED = ""
    UNDONE = "undone"  # its author took it back
    RETURNED = "returned"  # it could not leave any more
    REFUSED = "refused"  # it was not taken when it was sent


@dataclass(frozen=True, slots=True)
class Draft:
    """One text: there is one per agent, case and kind. saved_at: ms UTC. reason: why it was returned, in a
    Chinese sentence.
    """

    id: str
    agent_id: str
    case_id: str
    kind: DraftKind
    saved_at: int
    cause: DraftCause = DraftCause.TYPED
    reason: str = ""
    entry_ids: tuple[str, ...] = ()
    text: str = personal()
    files: tuple[AttachedFile, ...] = personal(())


def draft_id(agent_id: str, case_id: str, kind: DraftKind) -> str:
    """Where the draft of an agent is kept."""
    return derived_id("draft", agent_id, case_id, kind)
