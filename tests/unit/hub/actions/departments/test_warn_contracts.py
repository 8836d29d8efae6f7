"""Before a contract ends those who look after the department are told, once, and nobody else."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.queue.read_notifications import ReadNotifications
from hub.actions.departments.department_desk import DepartmentDesk
from hub.actions.departments.warn_contracts import WarnContracts
from hub.model.agent import Agent, Role
from hub.model.departments.registered import Contract
from hub.model.notification import NotificationKind
from hub.repositories.repositories import repositories
from tests.unit.hub.actions.departments.department_office import NOON, TRAFFIC, Office, an_office

DAY = 86_400


async def told(office: Office, days: int) -> dict[str, list[str]]:
    """By login, what each sees of it after two looks so many days later. The contract ends on 2026-10-31."""
    stores = repositories(office.documents, office.vault, cities={})
    for role, login in (
        (Role.ADMIN, "admin"),
        (Role.DEPARTMENT, "member"),
        (Role.DEPARTMENT, "other"),
        (Role.HANDLER, "handler"),
    ):
        await stores.agents.insert(Agent(login, login, "u1", (role,), NOON))
    await office.registered(replace(TRAFFIC, contract=Contract(ends_on="2026-10-31"), members=("member",)))
    office.clock.advance(seconds=days * DAY)
    desk = DepartmentDesk(
        office.documents, office.records, office.departments, office.read, office.clock, alarm_days=30
    )
    warn = WarnContracts(
        office.documents, office.records.registry, stores.agents, stores.notifications, desk, office.clock
    )
    await warn.step()
    await warn.step()
    read = ReadNotifications(office.documents, stores, office.clock)
    agents = await stores.agents.list()
    seen = {agent.login: await read.newest(agent) for agent in agents}
    kinds = {one.notification.kind for lines in seen.values() for one in lines}
    assert kinds <= {NotificationKind.CONTRACT_ENDS}
    return {login: [one.about for one in lines] for login, lines in seen.items()}


async def test_thirty_days_before_administrators_and_members_are_told_once() -> None:
    got = await told(an_office(), days=9)  # from 22 September
    assert got == {"admin": ["交警支队"], "member": ["交警支队"], "other": [], "handler": []}


async def test_earlier_nobody_is_told() -> None:
    assert set(map(len, (await told(an_office(), days=8)).values())) == {0}
