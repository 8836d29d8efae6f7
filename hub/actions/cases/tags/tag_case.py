"""Puts tags and flags (重复, 联名, …) on a case and takes them off; its history says who did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.queue.standing import BY_HAND
from hub.model.cases.queue.tag import Tag, bits_of, ids_of
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale

_TRIES = 3


class TagCase:
    """Changes which it has."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def of(self, case: Case) -> tuple[Sequence[Tag], Sequence[Tag]]:
        """Those a case has, and those that may be put on it besides."""
        tags = [one.value for one in await self._repositories.tags.every()]
        has = [tag for tag in tags if tag.bit & case.tags]
        return has, [tag for tag in tags if not tag.retired_at and not tag.bit & case.tags]

    async def __call__(
        self, agent: Agent, case_id: str, *, on: Iterable[str] = (), off: Iterable[str] = (), version: int
    ) -> None:
        """on, off: ids of tags and flags of `BY_HAND`. Nothing is written where nothing changes.

        Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`.
        """
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        on, off = set(on), set(off)
        new = bits_of(on.difference(BY_HAND)) & ~case.tags
        if new and await self.why_not(ids_of(new)):
            raise Invalid({"tag": "请选择在用的标签"})
        flags = [flag for flag in BY_HAND if flag in on and flag not in case.flags]
        after = replace(
            case,
            tags=(case.tags | new) & ~bits_of(off.difference(BY_HAND)),
            flags=(*(flag for flag in case.flags if flag not in off.intersection(BY_HAND)), *flags),
        )
        if after == case:
            return
        facts = {
            "tags_on": " ".join(ids_of(after.tags & ~case.tags)),
            "tags_off": " ".join(ids_of(case.tags & ~after.tags)),
            "flags_on": " ".join(flags),
            "flags_off": " ".join(flag for flag in case.flags if flag not in after.flags),
        }
        after, entry = recorded(
            after,
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=HistoryKind.TAGGED,
            facts={name: ids for name, ids in facts.items() if ids},
        )
        cases = self._repositories.cases
        await self._casework.commit([cases.update(after, version), cases.insert_entry(entry)])

    async def at_once(self, agent: Agent, case_id: str, *, on: Iterable[str], off: Iterable[str]) -> None:
        """The same, whatever else changed in the case meanwhile. Raises as that does."""
        on, off = frozenset(on), frozenset(off)
        for left in reversed(range(_TRIES)):
            found = await self._repositories.cases.get(case_id)
            try:
                await self(agent, case_id, on=on, off=off, version=found.version if found else 0)
                return
            except Stale:
                if not left:
                    raise

    async def why_not(self, tag_ids: Sequence[str]) -> str:
        """Why these could not be put on a case, "" when they could."""
        in_use = {one.value.id for one in await self._repositories.tags.every() if not one.value.retired_at}
        return "" if tag_ids and in_use.issuperset(tag_ids) else "请选择在用的标签"
