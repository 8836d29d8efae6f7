"""The list of tags: a supervisor adds, renames, takes out of use and brings back."""

from __future__ import annotations

from dataclasses import replace

from hub.model.agent import Agent, Permission
from hub.model.cases.queue.tag import LONGEST_NAME, MOST_TAGS, Tag
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write


class EditTags:
    """Reads and keeps them."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._tags = repositories.tags
        self._clock = clock

    async def every(self) -> list[Tag]:
        """All of them, also those out of use."""
        return [one.value for one in await self._tags.every()]

    async def add(self, agent: Agent, name: str) -> None:
        """A new one. Raises `Forbidden`, `Invalid` or `Stale`."""
        there = await self._there(agent)
        name = _checked(name, there)
        if len(there) >= MOST_TAGS:
            raise Invalid({"name": "标签已满，请改名或恢复停用的标签"})
        number = max((int(one.value.id) for one in there), default=-1) + 1
        await self._commit(self._tags.insert(Tag(str(number), self._clock.now_ms(), agent.id, name=name)))

    async def change(self, agent: Agent, tag_id: str, name: str, *, in_use: bool) -> None:
        """Its name, and whether it is put on any more; cases that have it keep it.

        Raises `Forbidden`, `NotFound`, `Invalid` or `Stale`.
        """
        there = await self._there(agent)
        found = next((one for one in there if one.value.id == tag_id), None)
        if found is None:
            raise NotFound("tag")
        name, now = _checked(name, [one for one in there if one is not found]), self._clock.now_ms()
        retired_at = 0 if in_use else found.value.retired_at or now
        after = replace(found.value, name=name, retired_at=retired_at, changed_at=now, changed_by=agent.id)
        await self._commit(self._tags.update(after, found.version))

    async def _there(self, agent: Agent) -> list[Versioned[Tag]]:
        if not agent.may(Permission.TAG_EDIT):
            raise Forbidden("tag")
        return await self._tags.every()

    async def _commit(self, write: Write) -> None:
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate):
            raise Stale("tag") from None


def _checked(name: str, others: list[Versioned[Tag]]) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid({"name": "请用 1–12 个字为标签起名"})
    if any(one.value.name == name for one in others):
        raise Invalid({"name": "已有同名的标签"})
    return name
