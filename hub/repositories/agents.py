"""Agents, their units, their logins, and the one-time address that makes the first of them.

The rules it protects: a login name belongs to one agent; a session or set-up token is stored as a
digest only, so that a copied database opens nothing; a set-up token works once. An agent that is read stands
in the tree of units as it is at that moment, so that nobody has to look for what they may see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from collections.abc import Collection as Container
from dataclasses import replace

from hub.model.agent import Agent, Session
from hub.model.personal import UNREADABLE
from hub.model.units.tree import Division, Tree
from hub.model.units.unit import Unit
from hub.repositories.units import division, unit_changes
from hub.repositories.units.division import DivisionRepository
from hub.repositories.units.unit_changes import UnitChangeRepository
from hub.runtime.clock import Clock, SystemClock
from hub.runtime.errors import Invalid, Stale
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import (
    Collection,
    Conflict,
    Delete,
    Documents,
    Duplicate,
    Insert,
    Stored,
    Update,
    Write,
)
from hub.store.until_committed import until_committed

AGENTS = Collection(
    "agents",
    fields={"login": str, "unit_id": str, "created_at": int},
    indexes=(("created_at",), ("unit_id",)),
    unique=(("login",),),
)
UNITS = Collection("units", fields={"path": str}, indexes=(("path",),))
SESSIONS = Collection(
    "sessions",
    fields={"agent_id": str, "expires_at": int},
    indexes=(("agent_id",), ("expires_at",)),
)
SETUP_TOKENS = Collection("setup_tokens", fields={"expires_at": int}, indexes=(("expires_at",),))

COLLECTIONS = (AGENTS, UNITS, SESSIONS, SETUP_TOKENS, *division.COLLECTIONS, *unit_changes.COLLECTIONS)

_MANY = 2_000


def token_digest(token: str) -> str:
    """What is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class AgentRepository:
    """Staff members. Every page names some, so one that was read is kept until its version changes."""

    def __init__(self, documents: Documents, vault: Vault, clock: Clock | None = None) -> None:
        self._documents = documents
        self._shape = Shape(Agent, AGENTS.name, vault, unreadable={"name": UNREADABLE})
        self._known: dict[str, Versioned[Agent]] = {}
        self._units = UnitRepository(documents, vault)
        self._tree: tuple[int, Tree] = (0, Tree())
        self._clock = clock or SystemClock()

    async def get(self, id: str) -> Versioned[Agent] | None:
        """One agent with the version, or None."""
        return await self._placed(await self._documents.get(AGENTS.name, id))

    async def get_many(self, ids: Sequence[str]) -> dict[str, Agent]:
        """Those that exist, by id."""
        wanted = sorted({id for id in ids if id})
        if not wanted:
            return {}
        found = await self._documents.get_many(AGENTS.name, wanted)
        return {agent.id: agent for agent in await self._listed(found.values())}

    async def by_login(self, login: str) -> Versioned[Agent] | None:
        """The agent with this login name (any case), or None."""
        where = {"login": login.strip().casefold()}
        return await self._placed(await self._documents.find_one(AGENTS.name, where))

    async def list(self) -> Sequence[Agent]:
        """All agents in the order they were created."""
        rows = await self._documents.find(AGENTS.name, {}, sort=(("created_at", 1),), limit=_MANY)
        return await self._listed(rows)

    async def exists(self) -> bool:
        """Whether anybody at all can log in."""
        return bool(await self._documents.find(AGENTS.name, {}, sort=(("created_at", 1),), limit=1))

    async def insert(self, agent: Agent) -> None:
        """A new agent. Raises `Invalid` naming `login` when the login name is taken."""
        try:
            await self._documents.commit([self.write(agent)])
        except Duplicate as taken:
            raise Invalid({"login": "这个用户名已经有人使用"}) from taken

    async def update(self, id: str, change: Callable[[Agent], Agent]) -> Agent | None:
        """Applies `change` to the agent as it is now; None when there is none. Raises `Stale`."""

        async def decide() -> tuple[list[Write], Agent | None]:
            stored = await self._documents.get(AGENTS.name, id)
            if stored is None:
                return [], None
            changed = change(self._shape.load(stored))
            return [self.replacement(changed, stored.version)], changed

        try:
            return await until_committed(self._documents, decide, tries=3)
        except Conflict:
            raise Stale from None

    def write(self, agent: Agent) -> Insert:
        """The write that stores a new agent, for a unit of work with others."""
        write = self._shape.insert(agent)
        del write.body["place"]
        return write

    def replacement(self, agent: Agent, version: int) -> Update:
        """The write of an agent read at `version`, for a unit of work with others."""
        write = self._shape.update(agent, version)
        del write.set["place"]
        return write

    async def _placed(self, stored: Stored | None) -> Versioned[Agent] | None:
        if stored is None:
            return None
        found = self._shape.versioned(stored)
        return Versioned((await self._put([found.value]))[0], found.version)

    async def _listed(self, rows: Container[Stored]) -> Sequence[Agent]:
        fresh = [row for row in rows if self._version(row.id) != row.version]
        self._known |= {one.value.id: one for one in self._shape.listed_versioned(fresh)}
        known = [self._known[row.id].value for row in rows if self._version(row.id) == row.version]
        return await self._put(known)

    async def _put(self, agents: Sequence[Agent]) -> Sequence[Agent]:
        """Each in their place: the document of the division is read, the units when something changed."""
        office = (await self._units.division.get()).value
        if not office.divided or not agents:
            return agents
        tree, now = await self._tree_of(office), self._clock.now_ms()
        return [replace(agent, place=tree.place(agent.id, agent.unit_id, office, now)) for agent in agents]

    async def _tree_of(self, office: Division) -> Tree:
        revision, tree = self._tree
        if revision != office.revision:
            # What was changed since the division was read is of a later revision, and is read again.
            tree = Tree.of(await self._units.list())
            self._tree = office.revision, tree
        return tree

    def _version(self, id: str) -> int:
        known = self._known.get(id)
        return known.version if known else 0


class UnitRepository:
    """Offices, and how they divide the whole."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Unit, UNITS.name, vault)
        self.division = DivisionRepository(documents, vault)
        self.changes = UnitChangeRepository(documents, vault)

    async def get(self, id: str) -> Unit | None:
        """One unit, or None."""
        stored = await self._documents.get(UNITS.name, id)
        return self._shape.load(stored) if stored else None

    async def list(self) -> Sequence[Unit]:
        """All units, each under the one it belongs to."""
        rows = await self._documents.find(UNITS.name, {}, sort=(("path", 1),), limit=_MANY)
        return self._shape.listed(rows)

    async def insert(self, unit: Unit) -> None:
        """A new unit; one that exists is left as it is."""

        async def decide() -> tuple[list[Write], None]:
            office = await self.division.get()
            if await self._documents.get(UNITS.name, unit.id) is not None:
                return [], None
            return [self.write(unit), self.division.write(office.value, office.version)], None

        await until_committed(self._documents, decide, tries=5)

    def write(self, unit: Unit) -> Insert:
        """The write that stores a new unit; one of the division goes with it, unless it is the first."""
        return self._shape.insert(unit)

    async def versioned(self, id: str) -> Versioned[Unit] | None:
        """One unit with its version, or None."""
        stored = await self._documents.get(UNITS.name, id)
        return self._shape.versioned(stored) if stored else None

    def replacement(self, unit: Unit, version: int) -> Update:
        """The write of a unit read at `version`; one of the division goes with it."""
        return self._shape.update(unit, version)


class SessionRepository:
    """Logins. The id of a session is the digest of its token."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Session, SESSIONS.name, vault)

    async def get(self, id: str) -> Session | None:
        """One session, or None; the caller checks whether it is over."""
        stored = await self._documents.get(SESSIONS.name, id)
        return self._shape.load(stored) if stored else None

    async def insert(self, session: Session) -> None:
        """A new session."""
        await self._documents.commit([self._shape.insert(session)])

    async def update(self, session: Session) -> None:
        """Notes that it was used. A session that was ended meanwhile stays ended."""
        stored = await self._documents.get(SESSIONS.name, session.id)
        if stored is None:
            return
        try:
            await self._documents.commit([self._shape.update(session, stored.version)])
        except Conflict:
            return  # another request of the same person was quicker, with the same news

    async def delete(self, id: str) -> None:
        """Ends it; one that is gone already is no error."""

        async def decide() -> tuple[list[Write], None]:
            stored = await self._documents.get(SESSIONS.name, id)
            return [] if stored is None else [Delete(SESSIONS.name, id, stored.version)], None

        # Refused, it is gone, or it was used a moment ago: the second try knows.
        await until_committed(self._documents, decide, tries=2)

    async def of(self, agent_id: str) -> list[Session]:
        """The sessions of one agent, the newest first."""
        rows = await self._documents.find(SESSIONS.name, {"agent_id": agent_id}, limit=200)
        return sorted(self._shape.listed(rows), key=lambda s: -s.created_at)

    async def delete_of(self, agent_id: str, *, but: str = "") -> int:
        """Ends all sessions of an agent except `but`; how many were ended."""
        ended = [session for session in await self.of(agent_id) if session.id != but]
        for session in ended:
            await self.delete(session.id)
        return len(ended)


class SetupRepository:
    """One-time tokens of the first set-up."""

    def __init__(self, documents: Documents, agents: AgentRepository, units: UnitRepository) -> None:
        self._documents = documents
        self._agents = agents
        self._units = units

    async def insert(self, token: str, *, expires_at: int) -> None:
        """Keeps the digest of a new token; earlier tokens stop working."""
        await self._documents.delete(SETUP_TOKENS.name, {"expires_at": {"$gt": 0}}, limit=100)
        body = {"expires_at": expires_at}
        await self._documents.commit([Insert(SETUP_TOKENS.name, token_digest(token), body)])

    async def is_open(self, token: str, *, now: int) -> bool:
        """Whether the token is known, not over, and nobody has an account yet."""
        stored = await self._documents.get(SETUP_TOKENS.name, token_digest(token))
        return stored is not None and stored.body["expires_at"] > now and not await self._agents.exists()

    async def redeem(self, token: str, *, agents: Sequence[Agent], unit: Unit | None, now: int) -> bool:
        """Spends the token and stores the first agents (and their unit) in one commit; False = too late."""
        stored = await self._documents.get(SETUP_TOKENS.name, token_digest(token))
        if stored is None or stored.body["expires_at"] <= now or await self._agents.exists():
            return False
        writes: list[Write] = [
            Delete(SETUP_TOKENS.name, stored.id, stored.version),
            *map(self._agents.write, agents),
        ]
        if unit is not None:
            writes.append(self._units.write(unit))
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            return False
        return True
