"""What ends a pending reply without sending it.

The row goes and its text is a draft of its author again, in one commit: it is never lost and never there
twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.model.cases.replies.draft import Draft, DraftCause, DraftKind, draft_id
from hub.model.cases.replies.pending_reply import PendingReply
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.documents import Write


async def returned(
    repositories: Repositories,
    found: Versioned[PendingReply],
    *,
    at: int,
    cause: DraftCause,
    reason: str = "",
) -> Sequence[Write]:
    """The writes. What its author typed meanwhile stands below the text that comes back."""
    row = found.value
    kept = await repositories.drafts.get(row.agent_id, row.case_id, DraftKind.REPLY)
    draft = Draft(
        id=draft_id(row.agent_id, row.case_id, DraftKind.REPLY),
        agent_id=row.agent_id,
        case_id=row.case_id,
        kind=DraftKind.REPLY,
        saved_at=at,
        cause=cause,
        reason=reason,
        entry_ids=row.entry_ids,
        text=row.text,
        files=row.files,
    )
    if kept is not None and kept.value.text.strip() not in ("", row.text):
        draft = replace(draft, text=f"{row.text}\n\n{kept.value.text}")
    return [repositories.pending_replies.delete(found), repositories.drafts.put(draft, kept)]
