"""Agents, their units, their logins, and the one-time address that makes the first of them.

The rules it protects: a login name belongs to one agent; a session or set-up token is stored as a
digest only, so that a copied database opens nothing; a set-up token works once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from collections.abc import Collection as Container

from hub.model.agent import Agent, Session, Unit
from hub.model.personal import UNREADABLE
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

COLLECTIONS = (AGENTS, UNITS, SESSIONS, SETUP_TOKENS)

_MANY = 2_000


def token_digest(token: str) -> str:
    """What is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class AgentRepository:
    """Staff members. Every page names some, so one that was read is kept until its version changes."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Agent, AGENTS.name, vault, unreadable={"name": UNREADABLE})
        self._known: dict[str, Versioned[Agent]] = {}

    async def get(self, id: str) -> Versioned[Agent] | None:
        """One agent with the version, or None."""
        stored = await self._documents.get(AGENTS.name, id)
        return self._shape.versioned(stored) if stored else None

    async def get_many(self, ids: Sequence[str]) -> dict[str, Agent]:
        """Those that exist, by id."""
        wanted = sorted({id for id in ids if id})
        if not wanted:
            return {}
        found = await self._documents.get_many(AGENTS.name, wanted)
        return {agent.id: agent for agent in self._listed(found.values())}

    async def by_login(self, login: str) -> Versioned[Agent] | None:
        """The agent with this login name (any case), or None."""
        stored = await self._documents.find_one(AGENTS.name, {"login": login.strip().casefold()})
        return self._shape.versioned(stored) if stored else None

    async def list(self) -> Sequence[Agent]:
        """All agents in the order they were created."""
        rows = await self._documents.find(AGENTS.name, {}, sort=(("created_at", 1),), limit=_MANY)
        return self._listed(rows)

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
            return [self._shape.update(changed, stored.version)], changed

        try:
            return await until_committed(self._documents, decide, tries=3)
        except Conflict:
            raise Stale from None

    def write(self, agent: Agent) -> Insert:
        """The write that stores a new agent, for a unit of work with others."""
        return self._shape.insert(agent)

    def replacement(self, agent: Agent, version: int) -> Update:
        """The write of an agent read at `version`, for a unit of work with others."""
        return self._shape.update(agent, version)

    def _listed(self, rows: Container[Stored]) -> Sequence[Agent]:
        fresh = [row for row in rows if self._version(row.id) != row.version]
        self._known |= {one.value.id: one for one in self._shape.listed_versioned(fresh)}
        return [self._known[row.id].value for row in rows if self._version(row.id) == row.version]

    def _version(self, id: str) -> int:
        known = self._known.get(id)
        return known.version if known else 0


class UnitRepository:
    """Offices."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Unit, UNITS.name, vault)

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
        try:
            await self._documents.commit([self.write(unit)])
        except Duplicate:
            return

    def write(self, unit: Unit) -> Insert:
        """The write that stores a new unit."""
        return self._shape.insert(unit)


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
