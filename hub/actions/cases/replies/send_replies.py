"""Sends the replies whose instant has come, each exactly once, whatever processes look and whenever one dies.

The row, the message and the moves of the case are one commit, in which the row is deleted at the version that
was read: a second process, or its author who takes it back at the same instant, finds it gone. A reply that
the table refuses by now is a draft of its author again, who is told; it is never lost and never sent anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from enum import StrEnum

from campaigns.said import Said
from hub.actions.cases.replies.compose_reply import ComposeReply, Reply
from hub.actions.cases.replies.return_reply import returned
from hub.model.agent import Agent
from hub.model.cases.history import HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.replies.draft import DraftCause
from hub.model.cases.replies.pending_reply import PendingReply
from hub.model.notification import NotificationKind
from hub.model.personal import UNREADABLE
from hub.repositories.repositories import Repositories
from hub.runtime.errors import Forbidden, HubError, Invalid, NotFound
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

_AT_ONCE = 100
_TRIES = 8
_PUT_OFF_MS = 60_000
SPOKE_AGAIN = Said("群众刚刚又发来消息，请看过再答复")
GONE = Said("您现在不能答复此工单")
CITIZEN = "citizen"


class Outcome(StrEnum):
    """What became of a row; safe to log."""

    SENT = "sent"
    RETURNED = "returned"
    GONE = "gone"  # somebody else ended it


class SendReplies:
    """One look after another."""

    def __init__(self, documents: Documents, repositories: Repositories, compose: ComposeReply) -> None:
        self._documents = documents
        self._repositories = repositories
        self._compose = compose
        self._put_off: dict[str, int] = {}

    async def step(self) -> bool:
        """Everything due now; whether there is more. A row that cannot be ended holds up no other."""
        now = await self._repositories.pending_replies.now_ms()
        self._put_off = {id: until for id, until in self._put_off.items() if until > now}
        due = await self._repositories.pending_replies.due(now, limit=_AT_ONCE + len(self._put_off))
        todo = [found.value for found in due if found.value.id not in self._put_off][:_AT_ONCE]
        for row in todo:
            await self._end(row, now)
        return len(todo) == _AT_ONCE

    async def _end(self, row: PendingReply, now: int) -> None:
        async def decide() -> tuple[Sequence[Write], Outcome]:
            found = await self._repositories.pending_replies.get(row.id)
            return ([], Outcome.GONE) if found is None else await self._decide(found, now)

        try:
            if row.text == UNREADABLE:
                raise Invalid({"text": row.text})  # its seal does not open: nothing may leave instead of it
            outcome = await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            return  # the case changes again and again: the next look sees what it is then
        except HubError as problem:
            self._put_off[row.id] = now + _PUT_OFF_MS
            log.error("reply.not_sent", extra={"case_id": row.case_id, "error": type(problem).__name__})
            return
        log.info("reply.ended", extra={"case_id": row.case_id, "outcome": outcome})

    async def _decide(self, found: Versioned[PendingReply], now: int) -> tuple[Sequence[Write], Outcome]:
        row = found.value
        try:
            writes = await self._sending(row, now)
        except (IllegalMove, Invalid, NotFound, Forbidden) as problem:
            reason = problem.reason if isinstance(problem, IllegalMove) else GONE
            back = await returned(
                self._repositories, found, at=now, cause=DraftCause.RETURNED, reason=str(reason)
            )
            told = self._repositories.notifications.tell(
                row.agent_id, NotificationKind.REPLY_RETURNED, row.case_id, at=now, cause=row.id
            )
            return [*back, told], Outcome.RETURNED
        return [*writes, self._repositories.pending_replies.delete(found)], Outcome.SENT

    async def _sending(self, row: PendingReply, now: int) -> list[Write]:
        agent = await self._author(row)
        case = await self._repositories.cases.get(row.case_id)
        if case is None:
            raise NotFound("case")
        unread = await self._spoke_since(row)
        if unread and row.closes:
            raise IllegalMove(SPOKE_AGAIN)
        reply = Reply(row.text, row.closes, row.entry_ids, row.files)
        return await self._compose(agent, case, reply, at=now, unread=unread)

    async def _author(self, row: PendingReply) -> Agent:
        found = await self._repositories.agents.get(row.agent_id)
        if found is None:
            raise NotFound("agent")
        return found.value

    async def _spoke_since(self, row: PendingReply) -> bool:
        """Whether the citizen said or did something that its author had not seen."""
        later = await self._repositories.cases.history_after(row.case_id, row.seen)
        return any(entry.actor == CITIZEN or entry.kind is HistoryKind.CITIZEN_SPOKE for entry in later)
