"""An agent's own way of looking at the queue: saved views, columns, density, what was looked at last.

A view that is shared belongs to the unit of who shared it; its creator or a supervisor of that unit removes
it. It shows everybody what they may see, as every query does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.model.agent import Agent, Permission, Role
from hub.model.cases.queue.settings import Density, QueueColumn, QueueSettings, SavedView
from hub.repositories.queue.settings import MOST_VIEWS
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Documents, StoreError, Write
from hub.store.until_committed import until_committed

_LONGEST_NAME = 20
_TRIES = 5


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A saved view. is_bounded: nobody counted beyond `MANY`. removable: whether the agent may remove it."""

    id: str
    name: str
    query: QueueQuery
    count: int
    is_bounded: bool
    is_shared: bool
    removable: bool


class QueueDesk:
    """Reads and keeps it."""

    def __init__(
        self, documents: Documents, repositories: Repositories, read_queue: ReadQueue, clock: Clock
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._kept = repositories.queue_settings
        self._read_queue = read_queue
        self._clock = clock

    async def settings(self, agent: Agent) -> QueueSettings:
        """Columns, density, and the last query."""
        return (await self._kept.settings(agent.id)).value

    async def choose(self, agent: Agent, columns: Iterable[str], density: str) -> None:
        """Keeps columns and density; what is unknown is left out, and no column at all is possible."""
        wanted = frozenset(columns)
        shown = tuple(column for column in QueueColumn if column in wanted)
        close = Density(density) if density in frozenset(Density) else Density.COMFORTABLE
        await self._change(agent, lambda settings: replace(settings, columns=shown, density=close))

    async def remember(self, agent: Agent, query: QueueQuery) -> None:
        """Keeps what is looked at; nothing is written when that is known. A store that cannot write now still
        shows the queue."""
        with suppress(StoreError):
            await self._change(agent, lambda settings: replace(settings, last=query.parameters()))

    async def views(self, agent: Agent) -> list[ViewLine]:
        """Own views, then those of the unit, with how many cases they show to the agent."""
        return [
            ViewLine(
                view.id,
                view.name,
                query,
                count,
                is_bounded,
                bool(view.unit_id),
                _may_remove(agent, view),
            )
            for view in sorted(await self._kept.views(agent.id, agent.unit_id), key=_order)
            for query in (QueueQuery.parse(view.query),)
            for count, is_bounded in (await self._read_queue.count(agent, query),)
        ]

    async def save(self, agent: Agent, name: str, query: QueueQuery, *, shared: bool) -> SavedView:
        """A new view. Raises `Invalid`."""
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST_NAME:
            raise Invalid({"name": "请用 1–20 个字为视图起名"})
        views = await self._kept.views(agent.id, agent.unit_id)
        if any(view.name == name for view in views):
            raise Invalid({"name": "已有同名的视图，请换一个名称"})
        if len(views) >= MOST_VIEWS:
            raise Invalid({"name": "保存的视图已满，请先删除不用的"})
        now = self._clock.now_ms()
        unit_id = agent.unit_id if shared else ""
        view = SavedView(new_id(now), agent.id, now, unit_id, query.parameters(), name)
        await self._documents.commit([self._kept.insert_view(view)])
        return view

    async def remove(self, agent: Agent, view_id: str) -> None:
        """Raises `NotFound` for a view the agent does not see, `Forbidden`."""
        found = await self._kept.view(view_id)
        if found is None or not _sees(agent, found.value):
            raise NotFound("view")
        if not _may_remove(agent, found.value):
            raise Forbidden("view")
        await self._documents.commit([self._kept.delete_view(found.value, found.version)])

    async def handlers(self) -> Sequence[tuple[str, str]]:
        """Who may work on cases: ids and names, by name."""
        agents = await self._repositories.agents.list()
        found = [(agent.id, agent.name) for agent in agents if agent.may(Permission.CASE_REPLY)]
        return sorted(found, key=lambda one: one[1])

    async def units(self) -> Sequence[tuple[str, str]]:
        """All units: ids and names."""
        return [(unit.id, unit.name) for unit in await self._repositories.units.list()]

    async def unit_names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Names of a few units by id."""
        found = [await self._repositories.units.get(id) for id in sorted(set(ids) - {""})]
        return {unit.id: unit.name for unit in found if unit is not None}

    async def handler_name(self, id: str) -> str:
        """Of one, "" for nobody known."""
        return (await agent_names(self._repositories, {id})).get(id, "")

    async def _change(self, agent: Agent, change: Callable[[QueueSettings], QueueSettings]) -> None:
        async def decide() -> tuple[list[Write], None]:
            found: Versioned[QueueSettings] = await self._kept.settings(agent.id)
            after = change(found.value)
            return ([] if after == found.value else [self._kept.put_settings(after, found.version)]), None

        await until_committed(self._documents, decide, tries=_TRIES)


def _order(view: SavedView) -> tuple[bool, str]:
    return bool(view.unit_id), view.name


def _sees(agent: Agent, view: SavedView) -> bool:
    return view.owner_id == agent.id or view.unit_id == agent.unit_id != ""


def _may_remove(agent: Agent, view: SavedView) -> bool:
    return view.owner_id == agent.id or Role.SUPERVISOR in agent.roles
