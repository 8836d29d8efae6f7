"""Keeps what an agent is typing about a case; an empty text leaves nothing behind.

Rule protected: a text that came back (undone, or not sent) is never overwritten by a page that did not show
it.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.actions.cases.replies.compose_reply import MAX_TEXT
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.replies.draft import Draft, DraftCause, DraftKind, draft_id
from hub.model.conversation import AttachedFile
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_TRIES = 4
_CAME_BACK = frozenset({DraftCause.UNDONE, DraftCause.RETURNED})
_LONGEST = 2 * MAX_TEXT
"""Characters: a draft may be longer than what can be sent, not without end."""


class SaveDraft:
    """Saves."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def __call__(
        self,
        agent: Agent,
        case_id: str,
        kind: DraftKind,
        text: str,
        *,
        entry_ids: tuple[str, ...] = (),
        cause: DraftCause = DraftCause.TYPED,
        base: int = 0,
        files: tuple[AttachedFile, ...] | None = None,
    ) -> int:
        """When it was saved (ms UTC), 0 when there is nothing to keep.

        base: when the draft that the page showed was saved, 0 for none. files: None = those it has already.

        Raises `NotFound`, `Forbidden` or `Stale`.
        """
        found = await self._repositories.cases.get(case_id)
        policy.require(agent, found.value if found else None, Permission.CASE_REPLY)
        drafts, now = self._repositories.drafts, self._clock.now_ms()
        comes_late = await self._is_on_its_way(agent, case_id, kind, text)

        async def decide() -> tuple[Sequence[Write], int]:
            kept = await drafts.get(agent.id, case_id, kind)
            if kept and kept.value.cause in _CAME_BACK and kept.value.saved_at != base:
                raise Stale("draft")
            held = files if files is not None else kept.value.files if kept else ()
            if comes_late or not (text.strip() or held):
                return drafts.removal(kept), 0
            draft = Draft(
                draft_id(agent.id, case_id, kind),
                agent.id,
                case_id,
                kind,
                now,
                cause,
                entry_ids=entry_ids,
                text=text[:_LONGEST],
                files=held,
            )
            return [drafts.put(draft, kept)], now

        try:
            return await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("draft") from None

    async def _is_on_its_way(self, agent: Agent, case_id: str, kind: DraftKind, text: str) -> bool:
        """Whether it was sent a moment ago: what was saved while it was sent comes late."""
        if kind is not DraftKind.REPLY:
            return False
        waiting = await self._repositories.pending_replies.of_case(case_id)
        return any(one.value.agent_id == agent.id and one.value.text == text.strip() for one in waiting)
