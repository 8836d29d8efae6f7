"""A handler answers: what is sent waits a few seconds as one durable row, so that it can be taken back.

Everything is checked first as if it left at once, so that a refusal is said while the author looks. The case
is written unchanged with the row: a form that is sent twice is stale the second time. In an emergency, or
where no time is set, it leaves at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.actions.cases.casework import Casework
from hub.actions.cases.replies.compose_reply import ComposeReply, Reply
from hub.model.agent import Agent, Permission
from hub.model.cases.replies.draft import DraftKind
from hub.model.cases.replies.pending_reply import PendingReply
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Write

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it. pending_id: of the row that can be taken back, "" when it left at once."""

    pending_id: str = ""


class ReplyToCase:
    """Sends a public answer."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        compose: ComposeReply,
        clock: Clock,
        *,
        undo_seconds: int,
    ) -> None:
        """undo_seconds: how long it can be taken back, 0 = it leaves at once."""
        self._casework = casework
        self._repositories = repositories
        self._compose = compose
        self._clock = clock
        self._undo_ms = undo_seconds * 1000

    async def __call__(
        self, agent: Agent, case_id: str, reply: Reply | str, *, version: int, at_once: bool = False
    ) -> Sent:
        """at_once: nobody could take it back. Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or
        `IllegalMove`."""
        reply = (Reply(reply) if isinstance(reply, str) else reply).checked()
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        writes = await self._compose(agent, Versioned(case, version), reply, at=self._clock.now_ms())
        sent = Sent()
        if self._undo_ms and not at_once and case.track is not Track.EMERGENCY:
            row = await self._pending(agent.id, case_id, reply, seen=case.chain.length)
            unchanged = self._repositories.cases.update(case, version)
            writes, sent = [self._repositories.pending_replies.insert(row), unchanged], Sent(row.id)
        await self._commit(agent.id, case_id, writes)
        return sent

    async def _commit(self, agent_id: str, case_id: str, writes: list[Write]) -> None:
        """With the draft gone. One that is saved at this very moment holds up no answer. Raises `Stale`."""
        for left in range(_TRIES, 0, -1):
            draft = await self._repositories.drafts.get(agent_id, case_id, DraftKind.REPLY)
            try:
                await self._casework.commit([*writes, *self._repositories.drafts.removal(draft)])
            except Stale:
                if left == 1 or draft is None:
                    raise
            else:
                return

    async def _pending(self, agent_id: str, case_id: str, reply: Reply, *, seen: int) -> PendingReply:
        now = await self._repositories.pending_replies.now_ms()
        row = PendingReply(new_id(now), case_id, agent_id, now, now + self._undo_ms, seen)
        return replace(
            row, closes=reply.closes, entry_ids=reply.entry_ids, text=reply.text, files=reply.files
        )
