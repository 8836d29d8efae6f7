"""Notes that a person opened a case, so that who wrote in a chat sees that he was read.

The rule: it stands on the conversation and not on the case, because looking at a case changes nothing in it:
neither its history nor the version that a colleague's form holds. It tells that somebody read, never who.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.cases.read_cases import CaseView
from hub.model.agent import Agent, Permission
from hub.model.conversation import Direction
from hub.repositories.conversations import ConversationRepository
from hub.runtime.clock import Clock
from hub.store.documents import Conflict, Documents


class NoteReading:
    """Once for what was new."""

    def __init__(self, documents: Documents, conversations: ConversationRepository, clock: Clock) -> None:
        self._documents = documents
        self._conversations = conversations
        self._clock = clock

    async def __call__(self, agent: Agent, view: CaseView) -> None:
        """Writes only when there was something unread; a reader who may not answer does not count."""
        case = view.case
        said = [
            item.at for item in view.timeline if item.kind == "message" and item.direction == Direction.IN
        ]
        if case.origin.kind != ChannelKind.CHAT or not agent.may(Permission.CASE_REPLY) or not said:
            return
        found = await self._conversations.get(case.origin.conversation_id)
        if found is None or found.value.reads.get(case.id, 0) >= max(said):
            return
        now = max(self._clock.now_ms(), max(said))
        after = replace(found.value, reads={**found.value.reads, case.id: now})
        try:
            await self._documents.commit([self._conversations.update(after, found.version)])
        except Conflict:
            return  # a message came in this moment: the next look notes both
