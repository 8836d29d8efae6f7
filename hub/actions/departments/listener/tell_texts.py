"""Texts of citizens go to a department's platform that is connected, and are kept until it took them.

Rule protected: what stands behind the wall, or may have to, is told to nobody outside it. That is asked when
a text is told, not when it came: its meaning may be late, and a screening may end either way.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from channels.listener.contract import CitizenText
from hub.model.departments.listened import PassedText
from hub.model.track import Compartment
from hub.repositories.cases import CaseRepository
from hub.repositories.conversations import ConversationRepository
from hub.repositories.departments.listened import ListenedRepository
from hub.repositories.meaning_due import MeaningDueRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Write

log = logging.getLogger(__name__)

_AT_ONCE = 20
_CLAIM_MS, _REFUSED_MS = 60_000, 60_000
"""A text that is being told is told by nobody else meanwhile: a department may be connected twice."""
_NOT_YET_MS = 10_000


class _May(Enum):
    YES = "yes"
    NOT_YET = "not yet"
    NEVER = "never"


class Connected(Protocol):
    """The systems that are connected now."""

    async def tell_text(self, group: str, text: CitizenText) -> bool | None:
        """Whether it was taken; None when nobody answered."""


@dataclass(frozen=True, slots=True)
class Wall:
    """Whether a text may be told outside."""

    conversations: ConversationRepository
    cases: CaseRepository
    meaning_due: MeaningDueRepository

    async def may_pass(self, message_id: str) -> _May:
        """By its own case and by the one its conversation belongs to."""
        message = await self.conversations.message(message_id)
        if message is None:
            return _May.NEVER
        if await self.meaning_due.is_due(message_id):
            return _May.NOT_YET
        open_case = (await self.conversations.open_cases([message.conversation_id])).values()
        found = [await self.cases.get(id) for id in {message.case_id, *open_case} if id]
        walls = {one.value.compartment for one in found if one is not None} - {Compartment.NONE}
        if not walls:
            return _May.YES
        return _May.NOT_YET if walls == {Compartment.SCREENING} else _May.NEVER


class TellTexts:
    """Of one department after the other."""

    def __init__(
        self,
        documents: Documents,
        listened: ListenedRepository,
        wall: Wall,
        connected: Connected,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._listened = listened
        self._wall = wall
        self._connected = connected
        self._clock = clock

    async def tell(self, department: str) -> None:
        """Those that are due, in the order they came."""
        due = await self._listened.passed_to_tell(department, self._clock.now_ms(), limit=_AT_ONCE)
        for one in due:
            with suppress(Conflict):  # another connection's turn
                await self._tell(one)

    async def _tell(self, one: Versioned[PassedText]) -> None:
        passed, may = one.value, await self._wall.may_pass(one.value.id)
        if may is _May.NEVER:
            await self._documents.commit([self._listened.remove_passed(passed, one.version)])
            return
        if may is _May.NOT_YET:
            await self._documents.commit([self._later(passed, one.version, _NOT_YET_MS)])
            return
        await self._documents.commit([self._later(passed, one.version, _CLAIM_MS)])
        claimed = one.version + 1
        text = CitizenText(passed.id, passed.sender, passed.recipient, passed.text)
        taken = await self._connected.tell_text(passed.department, text)
        if taken:
            write: Write = self._listened.remove_passed(passed, claimed)
        else:
            log.info("listener.text_later", extra={"delivery": passed.id, "answered": taken is not None})
            write = self._later(passed, claimed, 2_000 if taken is None else _REFUSED_MS)
        await self._documents.commit([write])

    def _later(self, passed: PassedText, version: int, wait_ms: int) -> Write:
        return self._listened.update_passed(replace(passed, next_at=self._clock.now_ms() + wait_ms), version)
