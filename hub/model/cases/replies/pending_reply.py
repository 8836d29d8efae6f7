"""A reply that waits a few seconds before it leaves, so that its author can take it back.

While it stands, the citizen sees nothing of it and the case is where it was. It ends in one commit: sent with
its message and the move of the case, taken back, or returned to its author as a draft.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.conversation import AttachedFile
from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class PendingReply:
    """One reply. not_before: ms UTC by the clock of the store. seen: length of the case's history when it was
    written; who spoke later was not read. closes: the case is closed with it. entry_ids: entries of the
    knowledge base that were put into it.
    """

    id: str
    case_id: str
    agent_id: str
    created_at: int
    not_before: int
    seen: int
    closes: bool = False
    entry_ids: tuple[str, ...] = ()
    text: str = personal()
    files: tuple[AttachedFile, ...] = personal(())
