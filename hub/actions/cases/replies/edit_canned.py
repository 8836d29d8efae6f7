"""Writes canned replies: one's own at once, those of colleagues by way of a second person."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.model.agent import Agent
from hub.model.cases.replies.canned_reply import (
    CannedReply,
    CannedScope,
    CannedState,
    CannedText,
    CannedVersion,
)
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.documents import Conflict, Documents, Duplicate, Write


@dataclass(frozen=True, slots=True)
class Place:
    """Which one is meant, as its page showed it; a new one has neither."""

    id: str = ""
    version: int = 0


class EditCanned:
    """Every change; each raises `NotFound`, `Forbidden` or `Stale`."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def save(self, agent: Agent, place: Place, text: CannedText, *, submits: bool) -> str:
        """Its id. submits: it goes to a second person; one's own comes into use whichever is said."""
        now = self._clock.now_ms()
        if place.id:
            canned = await self._read(agent, place)
        else:
            canned = CannedReply(new_id(now), agent.id, agent.unit_id, now, agent.id)
        if text.scope is CannedScope.OWN and (canned.live is None or canned.live.scope is CannedScope.OWN):
            after = replace(canned.in_use(text, at=now), changed_by=agent.id)
            await self._write(after, place, self._version(after, text, agent.id, agent.id))
            return canned.id
        state = CannedState.SUBMITTED if submits else CannedState.DRAFT
        after = replace(canned, working=text, state=state, remark="", changed_at=now, changed_by=agent.id)
        await self._write(after, place)
        return canned.id

    async def approve(self, agent: Agent, place: Place) -> None:
        """The working text comes into use."""
        canned = await self._waiting(agent, place)
        if canned.working is None:
            raise Stale("canned")
        after = canned.in_use(canned.working, at=self._clock.now_ms())
        version = self._version(after, canned.working, canned.changed_by, agent.id)
        await self._write(after, place, version)

    async def send_back(self, agent: Agent, place: Place, remark: str) -> None:
        """To who wrote it; the text in use stays in use."""
        canned = await self._waiting(agent, place)
        await self._write(replace(canned, state=CannedState.SENT_BACK, remark=remark), place)

    async def retire(self, agent: Agent, place: Place) -> None:
        """It is offered no more; what it said stays in its versions."""
        canned = await self._read(agent, place)
        now = self._clock.now_ms()
        await self._write(
            replace(canned, live=None, working=None, state=CannedState.NONE, changed_at=now), place
        )

    async def set_values(self, agent: Agent, unit_id: str, values: dict[str, str], *, version: int) -> None:
        """What variables stand for in a unit; who may is asked by the caller."""
        found = await self._repositories.canned_replies.values(unit_id)
        if (found.version if found else 0) != version:
            raise Stale("values")
        write = self._repositories.canned_replies.put_values(
            unit_id, values, found, at=self._clock.now_ms(), by=agent.id
        )
        await self._commit([write])

    async def _read(self, agent: Agent, place: Place) -> CannedReply:
        found = await self._repositories.canned_replies.get(place.id)
        if found is None or not found.value.may_edit(agent):
            raise NotFound("canned")
        if found.version != place.version:
            raise Stale("canned")
        return found.value

    async def _waiting(self, agent: Agent, place: Place) -> CannedReply:
        found = await self._repositories.canned_replies.get(place.id)
        if found is None:
            raise NotFound("canned")
        if found.version != place.version:
            raise Stale("canned")
        if not found.value.may_approve(agent):
            raise Forbidden("canned")
        return found.value

    def _version(self, canned: CannedReply, text: CannedText, author_id: str, by_id: str) -> CannedVersion:
        id = f"{canned.id}:{canned.number:04d}"
        return CannedVersion(id, canned.id, canned.number, self._clock.now_ms(), author_id, by_id, text)

    async def _write(self, canned: CannedReply, place: Place, version: CannedVersion | None = None) -> None:
        canned_replies = self._repositories.canned_replies
        put = canned_replies.update(canned, place.version) if place.id else canned_replies.insert(canned)
        await self._commit([put, *([canned_replies.insert_version(version)] if version else [])])

    async def _commit(self, writes: list[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale("canned") from None
