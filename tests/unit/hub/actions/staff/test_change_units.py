"""The tree of units is changed by one person where nobody sees other cases, else by two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.change_units import ChangeUnits
from hub.model import policy
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.notification import NotificationKind
from hub.model.track import Track
from hub.model.units.tree import Deputy, Tree
from hub.model.units.unit import Unit, UnitFunction
from hub.model.units.unit_change import Wanted, applied, read_file, written_file
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

DAY = 86_400_000


@dataclass
class Office:
    stores: Repositories
    change: ChangeUnits
    accounts: ChangeAccounts
    clock: FakeClock

    async def agent(self, id: str, role: Role, unit_id: str = "ga") -> Agent:
        await self.stores.agents.insert(Agent(id, id, unit_id, (role,), 1, name=id))
        return await self.now(id)

    async def now(self, id: str) -> Agent:
        found = await self.stores.agents.get(id)
        assert found
        return found.value

    async def divided(self) -> None:
        admin, second = await self.agent("admin", Role.ADMIN), await self.agent("second", Role.ADMIN)
        await self.change.ask(admin, await self.change.look(admin, [DC, DC1]))
        if await self.change.ask(admin, await self.change.look(admin, [], divided=True)):
            await self.change.decide(second, (await self.change.waiting())[0].id, confirm=True)


GA = Unit("ga", "榕州市公安局", "ga")
DC = Wanted("dc", "ga", "东城分局", "县", functions=(UnitFunction.ROUTE, UnitFunction.HANDLE))
DC1 = Wanted("dc1", "dc", "东街派出所", "所")
HANDLED = Proceeding(Track.SERVICE, CaseState.HANDLING)
OF_STATION = Case("c", "1", 1, 1, HANDLED, Origin("s", "sms"), unit_id="dc1")


@pytest.fixture
async def office() -> Office:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, Vault(KeyRing.fresh()), cities={}, clock=clock)
    await stores.units.insert(GA)
    change = ChangeUnits(documents, stores.agents, stores.units, stores.notifications, stores.audit, clock)
    accounts = ChangeAccounts(
        documents,
        stores.agents,
        stores.sessions,
        stores.account_changes,
        stores.notifications,
        stores.audit,
        clock,
    )
    return Office(stores, change, accounts, clock)


async def test_new_units_are_there_at_once_and_in_the_history(office: Office) -> None:
    admin = await office.agent("admin", Role.ADMIN)
    assert not await office.change.ask(admin, await office.change.look(admin, [DC, DC1]))
    tree = (await office.change.office()).tree
    assert [unit.id for unit in tree.chain("dc1")] == ["ga", "dc", "dc1"]
    [kept] = await office.change.history()
    assert (kept.by, [unit.id for unit in kept.units]) == ("admin", ["dc", "dc1"])


async def test_dividing_takes_a_second_person_and_everybody_concerned_is_told(office: Office) -> None:
    admin, handler = await office.agent("admin", Role.ADMIN), await office.agent("li", Role.HANDLER, "dc1")
    await office.agent("zhou", Role.SUPERVISOR)
    await office.change.ask(admin, await office.change.look(admin, [DC, DC1]))
    elsewhere = replace(OF_STATION, unit_id="dc")
    look = await office.change.look(admin, [], divided=True)
    assert [one.id for one in look.affected] == ["li"]
    assert await office.change.ask(admin, look)
    assert policy.may_see(await office.now("li"), elsewhere)
    [waiting] = await office.change.waiting()
    for nobody in (admin, handler):
        with pytest.raises(Forbidden):
            await office.change.decide(nobody, waiting.id, confirm=True)
    await office.change.decide(await office.agent("du", Role.INSPECTOR), waiting.id, confirm=True)
    assert not policy.may_see(await office.now("li"), elsewhere)
    rows = [(one.act, one.agent_id, one.fields) for one in await office.stores.audit.newest()]
    assert rows == [("units_changed", "du", ("divided",)), ("units_changed", "admin", ("dc", "dc1"))]
    assert policy.may_see(await office.now("li"), OF_STATION)
    [told] = await office.stores.notifications.newest("li")
    assert told.kind is NotificationKind.RIGHTS_CHANGED
    assert not await office.stores.notifications.newest("zhou")


async def test_no_change_leaves_cases_that_nobody_sees(office: Office) -> None:
    admin = await office.agent("admin", Role.ADMIN)
    await office.change.ask(admin, await office.change.look(admin, [DC]))
    await office.agent("li", Role.HANDLER, "dc")
    look = await office.change.look(admin, [], divided=True)
    assert [one.field for one in look.problems] == ["divided"]
    with pytest.raises(Invalid):
        await office.change.ask(admin, look)


async def test_what_was_looked_at_is_what_takes_effect(office: Office) -> None:
    await office.agent("zhou", Role.SUPERVISOR)
    await office.divided()
    await office.agent("li", Role.HANDLER, "dc1")
    admin, second = await office.now("admin"), await office.now("second")
    routes = replace(DC1, functions=(UnitFunction.ROUTE,))
    below = Wanted("dc2", "dc1", "东街警务室", "所")
    assert not await office.change.ask(admin, await office.change.look(admin, [below]))
    old = await office.change.look(admin, [routes])
    assert old.waits  # who routes sees what lies below
    assert await office.change.ask(admin, old)
    await office.change.ask(admin, await office.change.look(admin, [replace(DC, name="东城公安分局")]))
    [waiting] = await office.change.waiting()
    with pytest.raises(Stale):
        await office.change.decide(second, waiting.id, confirm=True)
    await office.change.decide(second, waiting.id, confirm=False)
    assert not (await office.now("li")).place.routes


async def test_a_deputy_has_the_cases_of_the_absent_one_for_as_long_as_was_said(office: Office) -> None:
    await office.agent("zhou", Role.SUPERVISOR)
    await office.divided()
    await office.agent("li", Role.HANDLER, "dc")
    await office.agent("wang", Role.HANDLER, "dc1")
    mine = OF_STATION.in_hands_of("li")
    mine = replace(mine, unit_id="dc")
    now = office.clock.now_ms()
    await office.change.stand_in(await office.now("admin"), Deputy("li", "wang", now, now + DAY))
    assert not policy.may_see(await office.now("wang"), mine)
    [waiting] = await office.change.waiting()
    await office.change.decide(await office.now("second"), waiting.id, confirm=True)
    assert policy.may_see(await office.now("wang"), mine)
    office.clock.advance(seconds=DAY / 1000)
    assert not policy.may_see(await office.now("wang"), mine)
    with pytest.raises(Invalid) as wrong:
        await office.change.stand_in(await office.now("admin"), Deputy("li", "li", now, now + 2 * DAY))
    assert "deputy" in wrong.value.problems


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("坏", "ga", "坏单位"), "code"),
        (Wanted("x", "nowhere", "单位"), "parent"),
        (Wanted("x", "ga", "东城分局"), "name"),
        (Wanted("x", "", "另一个最上级"), "parent"),
        (replace(DC, parent="dc1"), "parent"),
        (Wanted("ga", "dc", "榕州市公安局"), "parent"),
        (Wanted("x", "ga", "单位", level="镇"), "level"),
    ],
)
def test_what_is_no_tree_is_refused(wanted: Wanted, field: str) -> None:
    tree, _ = applied(Tree.of([GA]), [DC, DC1])
    after, problems = applied(tree, [wanted])
    assert field in {one.field for one in problems}
    assert after == tree


def test_several_units_at_the_top_get_one_above_them() -> None:
    old = Tree.of([Unit("a", "甲局", "a"), Unit("b", "乙局", "b")])
    assert old.root.id == ""
    tree, problems = applied(old, [Wanted("top", "", "省厅")])
    assert not problems
    assert (tree.root.id, [unit.id for unit in tree.chain("b")]) == ("top", ["top", "b"])


def test_a_file_is_read_back_as_it_was_written() -> None:
    tree, _ = applied(Tree.of([GA]), [DC, DC1])
    rows, problems = read_file("\ufeff" + written_file(tree))
    assert not problems
    again, problems = applied(tree, rows)
    assert (again, problems) == (tree, [])
    moved, _ = applied(tree, [replace(DC1, parent="ga")])
    assert moved.units["dc1"].path == "ga/dc1"


def test_a_file_names_the_row_that_is_wrong() -> None:
    _, problems = read_file("code,parent,name,functions\na,ga,甲所,handle\nb,ga,乙所,fly\n")
    assert [(one.row, one.field) for one in problems] == [(2, "functions")]
    assert read_file("x,y\n1,2\n")[1][0].field == "file"


async def test_other_roles_are_told_and_nobody_approves_what_they_wrote(office: Office) -> None:
    await office.agent("xuan", Role.PUBLICITY)
    with pytest.raises(Invalid):
        await office.accounts.rights("xuan", [Role.PUBLICITY, Role.PUBLICITY_LEAD], "ga", by="admin")
    assert not await office.accounts.rights("xuan", [Role.EDITOR], "dc", by="admin")
    now = await office.now("xuan")
    assert (now.roles, now.unit_id) == ((Role.EDITOR,), "dc")
    [told] = await office.stores.notifications.newest("xuan")
    assert told.kind is NotificationKind.RIGHTS_CHANGED
    [kept] = await office.stores.account_changes.decided()
    assert (kept.by, kept.roles) == ("admin", (Role.EDITOR,))


async def test_nobody_becomes_an_inspector_by_one_person(office: Office) -> None:
    await office.agent("li", Role.HANDLER)
    assert await office.accounts.rights("li", [Role.HANDLER, Role.INSPECTOR], "ga", by="admin")
    assert (await office.now("li")).roles == (Role.HANDLER,)
    second = await office.agent("second", Role.ADMIN)
    [waiting] = await office.accounts.waiting(second)
    await office.accounts.decide(second, waiting.change.id, confirm=True)
    assert (await office.now("li")).roles == (Role.HANDLER, Role.INSPECTOR)


async def test_a_removed_account_is_gone_and_its_login_free(office: Office) -> None:
    await office.agent("li", Role.HANDLER)
    await office.accounts.remove("li", by="admin")
    now = await office.now("li")
    assert (now.active, now.password_hash, now.name) == (False, "", "li")
    assert await office.stores.agents.by_login("li") is None
    assert [(one.kind, one.by) for one in await office.stores.account_changes.decided()] == [
        ("remove", "admin")
    ]
    with pytest.raises(NotFound):
        await office.accounts.switch("li", active=True, by="admin")
