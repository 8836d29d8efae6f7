"""Accounts that open the way to reports are changed by two persons."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hub.actions.staff.change_accounts import ChangeAccounts
from hub.model.agent import Agent, Role, Session
from hub.model.staff.account_change import SHELL
from hub.model.staff.audit import AuditAct
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments


@dataclass
class Office:
    stores: Repositories
    change: ChangeAccounts

    async def agent(self, id: str, role: Role) -> Agent:
        agent = Agent(id, id, "u1", (role,), 1, password_hash="old", name=id)
        await self.stores.agents.insert(agent)
        return agent

    async def now(self, id: str) -> Agent:
        found = await self.stores.agents.get(id)
        assert found
        return found.value

    async def only(self, agent: Agent) -> str:
        [one] = await self.change.waiting(agent)
        return one.change.id


@pytest.fixture
async def office() -> Office:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={})
    change = ChangeAccounts(
        documents,
        stores.agents,
        stores.sessions,
        stores.account_changes,
        stores.notifications,
        stores.audit,
        clock,
    )
    return Office(stores, change)


NEW = Agent("new", "new", "u1", (Role.INSPECTOR,), 1, password_hash="h", name="new")


async def test_an_inspector_made_by_an_administrator_waits_for_another_person(office: Office) -> None:
    admin = await office.agent("admin", Role.ADMIN)
    assert await office.change.create(NEW, by="admin")
    assert not (await office.now("new")).active
    change_id = await office.only(admin)
    for nobody in (admin, replace(NEW, active=True), await office.agent("h", Role.HANDLER)):
        with pytest.raises(Forbidden):
            await office.change.decide(nobody, change_id, confirm=True)
    second = await office.agent("second", Role.ADMIN)
    await office.change.decide(second, change_id, confirm=True)
    assert (await office.now("new")).active
    assert await office.change.waiting(admin) == []
    with pytest.raises(Stale):
        await office.change.decide(second, change_id, confirm=False)


async def test_a_second_administrator_cannot_be_made_by_the_first_alone(office: Office) -> None:
    await office.agent("admin", Role.ADMIN)
    inspector = await office.agent("inspector", Role.INSPECTOR)
    assert await office.change.create(replace(NEW, roles=(Role.ADMIN,)), by="admin")
    await office.change.decide(inspector, await office.only(inspector), confirm=False)
    assert not (await office.now("new")).active


async def test_an_ordinary_account_is_made_reset_and_switched_at_once(office: Office) -> None:
    handler = replace(NEW, roles=(Role.HANDLER,))
    assert not await office.change.create(handler, by="admin")
    with pytest.raises(Invalid):
        await office.change.create(replace(handler, id="other"), by="admin")
    await office.stores.sessions.insert(Session("s", "new", "c", 1, 1, 9))
    assert not await office.change.reset("new", "fresh", by="admin")
    assert (await office.now("new")).password_hash == "fresh"
    assert await office.stores.sessions.of("new") == []
    assert not await office.change.switch("new", active=False, by="admin")
    assert not await office.change.switch("new", active=True, by="admin")
    assert (await office.now("new")).active


async def test_the_old_password_of_an_inspector_holds_until_the_new_one_is_confirmed(office: Office) -> None:
    await office.agent("inspector", Role.INSPECTOR)
    second = await office.agent("second", Role.ADMIN)
    await office.stores.sessions.insert(Session("s", "inspector", "c", 1, 1, 9))
    assert await office.change.reset("inspector", "first", by="admin")
    assert await office.change.reset("inspector", "later", by="admin")
    assert (await office.now("inspector")).password_hash == "old"
    assert len(await office.stores.sessions.of("inspector")) == 1
    await office.change.decide(second, await office.only(second), confirm=True)
    after = await office.now("inspector")
    assert (after.password_hash, after.must_change) == ("later", True)
    assert await office.stores.sessions.of("inspector") == []
    assert all(not one.password_hash for one in await office.stores.account_changes.decided())


async def test_shutting_out_never_waits_and_ends_what_waits(office: Office) -> None:
    await office.agent("inspector", Role.INSPECTOR)
    second = await office.agent("second", Role.ADMIN)
    assert not await office.change.switch("inspector", active=False, by="admin")
    assert await office.change.switch("inspector", active=True, by="admin")
    assert not (await office.now("inspector")).active
    assert not await office.change.switch("inspector", active=False, by="admin")
    assert await office.change.waiting(second) == []


async def test_the_shell_confirms_only_where_nobody_else_could(office: Office) -> None:
    admin = await office.agent("admin", Role.ADMIN)
    await office.change.create(NEW, by="admin")
    second = await office.agent("second", Role.ADMIN)
    with pytest.raises(Invalid):
        await office.change.confirm_from_shell("new")
    await office.change.switch("second", active=False, by=admin.id)
    assert await office.change.confirm_from_shell("new")
    assert (await office.now("new")).active
    assert not await office.change.confirm_from_shell("new")
    [decided] = await office.stores.account_changes.decided()
    assert decided.decided_by == SHELL
    with pytest.raises(NotFound):
        await office.change.confirm_from_shell(f"no{second.login}")


async def test_what_takes_effect_on_an_account_stands_in_the_audit(office: Office) -> None:
    admin = await office.agent("admin", Role.ADMIN)
    second = await office.agent("second", Role.ADMIN)
    await office.change.create(replace(NEW, roles=(Role.HANDLER,)), by="admin")
    await office.change.rights("new", (Role.SUPERVISOR,), "u2", by="admin")
    await office.change.reset("new", "h2", by="admin")
    await office.change.switch("new", active=False, by="second")
    await office.change.switch("new", active=True, by="second")
    await office.change.rights("new", (Role.INSPECTOR,), "u2", by="admin")
    await office.change.decide(second, await office.only(admin), confirm=False)
    assert len(await office.stores.audit.newest()) == 5  # what was refused changed nothing
    await office.change.rights("new", (Role.INSPECTOR,), "u2", by="admin")
    await office.change.decide(second, await office.only(admin), confirm=True)
    await office.change.remove("new", by="admin")

    rows = [(one.act, one.agent_id, one.fields) for one in await office.stores.audit.newest()]
    expected = [
        ("create", "admin"),
        ("rights", "admin"),
        ("reset", "admin"),
        ("disable", "second"),
        ("enable", "second"),
        ("rights", "second"),
        ("remove", "admin"),
    ]
    assert rows[::-1] == [(AuditAct.ACCOUNT_CHANGED, by, (what, NEW.login)) for what, by in expected]
    assert await office.stores.audit.verify() == (len(expected), ())


async def test_a_login_that_is_taken_leaves_no_row(office: Office) -> None:
    await office.change.create(replace(NEW, roles=(Role.HANDLER,)), by="admin")
    with pytest.raises(Invalid):
        await office.change.create(replace(NEW, id="other", roles=(Role.HANDLER,)), by="admin")
    assert len(await office.stores.audit.newest()) == 1
