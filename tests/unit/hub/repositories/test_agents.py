"""Staff, units, sessions and set-up tokens in the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hub.model.agent import Agent, Role, Session
from hub.model.units.unit import Unit
from hub.repositories.agents import (
    AGENTS,
    COLLECTIONS,
    SETUP_TOKENS,
    AgentRepository,
    SessionRepository,
    SetupRepository,
    UnitRepository,
    token_digest,
)
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid
from hub.store.codec import Versioned
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite


@dataclass(frozen=True)
class Shelf:
    documents: Documents
    agents: AgentRepository
    units: UnitRepository
    sessions: SessionRepository
    setup: SetupRepository


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    documents = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock())
    vault = Vault(KeyRing.fresh())
    agents, units = AgentRepository(documents, vault), UnitRepository(documents, vault)
    yield Shelf(
        documents,
        agents,
        units,
        SessionRepository(documents, vault),
        SetupRepository(documents, agents, units),
    )
    await documents.close()


def agent(id: str, login: str, *, created_at: int = 1) -> Agent:
    return Agent(id, login, "u1", (Role.HANDLER, Role.EDITOR), created_at, name="林岩")


def session(id: str, agent_id: str, *, created_at: int = 1, expires_at: int = 9) -> Session:
    return Session(id, agent_id, "csrf", created_at, created_at, expires_at)


async def test_an_agent_is_found_by_login_in_any_case(shelf: Shelf) -> None:
    await shelf.agents.insert(agent("a1", "linyan"))
    assert await shelf.agents.by_login(" LinYan ") == Versioned(agent("a1", "linyan"), 1)
    assert await shelf.agents.by_login("linya") is None


async def test_a_name_is_not_readable_in_the_store(shelf: Shelf) -> None:
    await shelf.agents.insert(agent("a1", "linyan"))
    stored = await shelf.documents.get(AGENTS.name, "a1")
    assert stored is not None
    assert "林岩" not in str(stored.body)


async def test_a_login_name_is_given_once(shelf: Shelf) -> None:
    await shelf.agents.insert(agent("a1", "linyan"))
    with pytest.raises(Invalid) as refused:
        await shelf.agents.insert(agent("a2", "linyan"))
    assert set(refused.value.problems) == {"login"}


async def test_agents_are_listed_in_the_order_they_came(shelf: Shelf) -> None:
    assert not await shelf.agents.exists()
    await shelf.agents.insert(agent("b", "second", created_at=2))
    await shelf.agents.insert(agent("a", "first", created_at=1))
    assert [found.login for found in await shelf.agents.list()] == ["first", "second"]
    assert await shelf.agents.exists()
    assert set(await shelf.agents.get_many(["a", "x", ""])) == {"a"}


async def test_a_change_is_applied_to_what_is_there_now(shelf: Shelf) -> None:
    await shelf.agents.insert(agent("a1", "linyan"))
    changed = await shelf.agents.update("a1", lambda now: replace(now, must_change=True))
    assert changed is not None
    assert await shelf.agents.get("a1") == Versioned(changed, 2)
    assert changed.must_change
    assert await shelf.agents.update("nobody", lambda now: now) is None


async def test_units_are_listed_under_the_one_they_belong_to(shelf: Shelf) -> None:
    for unit in (Unit("u2", "鼓楼分局", "u1/u2"), Unit("u1", "市局", "u1"), Unit("u1", "again", "u1")):
        await shelf.units.insert(unit)
    assert [unit.name for unit in await shelf.units.list()] == ["市局", "鼓楼分局"]
    assert await shelf.units.get("u2") == Unit("u2", "鼓楼分局", "u1/u2")


async def test_ending_sessions_of_one_agent_leaves_the_others(shelf: Shelf) -> None:
    for one in (session("s1", "a1"), session("s2", "a1", created_at=2), session("s3", "a2")):
        await shelf.sessions.insert(one)
    assert [found.id for found in await shelf.sessions.of("a1")] == ["s2", "s1"]
    assert await shelf.sessions.delete_of("a1", but="s2") == 1
    assert await shelf.sessions.get("s1") is None
    assert await shelf.sessions.get("s2") is not None
    assert await shelf.sessions.get("s3") is not None


async def test_noting_use_does_not_bring_back_an_ended_session(shelf: Shelf) -> None:
    await shelf.sessions.insert(session("s1", "a1"))
    await shelf.sessions.delete("s1")
    await shelf.sessions.update(session("s1", "a1"))
    await shelf.sessions.delete("s1")
    assert await shelf.sessions.get("s1") is None


async def test_a_setup_token_is_kept_as_a_digest_and_works_once(shelf: Shelf) -> None:
    await shelf.setup.insert("t" * 43, expires_at=100)
    assert await shelf.documents.get(SETUP_TOKENS.name, "t" * 43) is None
    assert await shelf.documents.get(SETUP_TOKENS.name, token_digest("t" * 43)) is not None
    assert await shelf.setup.is_open("t" * 43, now=99)
    assert not await shelf.setup.is_open("u" * 43, now=99)
    first, unit = agent("a1", "admin"), Unit("u1", "市局", "u1")
    assert await shelf.setup.redeem("t" * 43, agents=[first], unit=unit, now=99)
    assert not await shelf.setup.redeem("t" * 43, agents=[agent("a2", "other")], unit=None, now=99)
    assert await shelf.agents.get("a1") == Versioned(first, 1)
    assert await shelf.agents.get("a2") is None


async def test_a_setup_token_is_refused_when_late_replaced_or_somebody_exists(shelf: Shelf) -> None:
    await shelf.setup.insert("first", expires_at=100)
    assert not await shelf.setup.is_open("first", now=100)
    assert not await shelf.setup.redeem("first", agents=[agent("a1", "admin")], unit=None, now=100)
    await shelf.setup.insert("second", expires_at=200)
    assert not await shelf.setup.is_open("first", now=50)
    await shelf.agents.insert(agent("a9", "somebody"))
    assert not await shelf.setup.redeem("second", agents=[agent("a1", "admin")], unit=None, now=150)
