"""`hub user create`, `list` and `confirm`: for the first account without a browser, for scripts, and for an
office whose last inspector is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.passwords import Passwords, one_time_password
from hub.cli.run import CANNOT_RUN, print_json, run, settings_from
from hub.model.agent import Agent, Role
from hub.model.staff.account_change import SHELL
from hub.model.units.tree import Tree
from hub.model.units.unit import Unit
from hub.repositories.repositories import Repositories, repositories
from hub.runtime.clock import SystemClock
from hub.runtime.console import Screen
from hub.runtime.errors import Invalid, NotFound
from hub.runtime.ids import new_id
from hub.wiring.store import open_store, open_vault


def create(
    login: str, *, name: str, role: Role, unit: str, config: Path | None = None, json: bool = False
) -> int:
    """新建工作人员账号，给出一次性密码，首次登录必须修改。嵌入式数据库请先停止 hub。

    Makes a staff account with a one-time password that must be changed at the first login.

    Parameters
    ----------
    login
        用户名 · Login name.
    name
        姓名 · Name.
    role
        角色 · Role.
    unit
        单位名称，没有就新建 · Unit by its name, made if there is none.
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_create(config, login, name, role, unit, as_json=json))


def confirm(login: str, *, config: Path | None = None) -> int:
    """没有督察、也没有另一名管理员可以确认时，让一个等待确认的账号生效。嵌入式数据库请先停止 hub。

    Lets an account take effect that waits for a second person, when nobody else could confirm it.

    Parameters
    ----------
    login
        用户名 · Login name.
    config
        配置文件 · TOML file over the defaults.
    """
    return run(_confirm(config, login))


def list_users(*, config: Path | None = None, json: bool = False) -> int:
    """列出账号 · Lists accounts.

    Parameters
    ----------
    config
        配置文件 · TOML file over the defaults.
    json
        输出 JSON · As JSON.
    """
    return run(_list(config, as_json=json))


async def _create(config: Path | None, login: str, name: str, role: Role, unit: str, *, as_json: bool) -> int:
    password, passwords, now = one_time_password(), Passwords(), SystemClock().now_ms()
    async with _stores(config) as (stores, changes):
        agent = Agent(
            id=new_id(now),
            login=login.strip().casefold(),
            unit_id=await _unit(stores, unit, now),
            roles=(role,),
            created_at=now,
            must_change=True,
            password_hash=await passwords.hash(password),
            name=name,
        )
        try:
            waits = await _stored(stores, changes, agent)
        except Invalid as refused:
            Screen().complain(refused.problems.values())
            return CANNOT_RUN
    if as_json:
        print_json({"login": agent.login, "role": role.value, "password": password, "waits": waits})
    else:
        Screen().say(f"{agent.login}  {password}  （一次性，首次登录要修改 · one-time, must be changed）")
        if waits:
            Screen().say(
                "要由督察或另一名管理员在“账号确认”页确认后生效；没有这样的人时用 hub user confirm · "
                "waits for an inspector or a second administrator; where there is none: hub user confirm"
            )
    return 0


async def _stored(stores: Repositories, changes: ChangeAccounts, agent: Agent) -> bool:
    """Whether it waits for a second person; the very first account cannot."""
    if not await stores.agents.exists():
        await stores.agents.insert(agent)
        return False
    return await changes.create(agent, by=SHELL)


async def _confirm(config: Path | None, login: str) -> int:
    async with _stores(config) as (_, changes):
        try:
            done = await changes.confirm_from_shell(login)
        except NotFound:
            Screen().complain(["没有这个用户名 · no such login"])
            return CANNOT_RUN
        except Invalid as refused:
            Screen().complain(refused.problems.values())
            return CANNOT_RUN
    Screen().say("已生效 · in effect" if done else "没有等待确认的变更 · nothing waits")
    return 0


async def _list(config: Path | None, *, as_json: bool) -> int:
    async with _stores(config) as (stores, _):
        agents = await stores.agents.list()
        units = {unit.id: unit.name for unit in await stores.units.list()}
    rows = [
        {
            "login": agent.login,
            "name": agent.name,
            "roles": [role.value for role in agent.roles],
            "unit": units.get(agent.unit_id, ""),
            "active": agent.active,
        }
        for agent in agents
    ]
    if as_json:
        print_json(rows)
    else:
        Screen().table(
            "账号 accounts",
            ("用户名 login", "姓名 name", "角色 role", "单位 unit", "启用 active"),
            [
                (
                    agent.login,
                    agent.name,
                    "、".join(agent.roles),
                    units.get(agent.unit_id, ""),
                    "是 yes" if agent.active else "否 no",
                )
                for agent in agents
            ],
        )
    return 0


@asynccontextmanager
async def _stores(config: Path | None) -> AsyncIterator[tuple[Repositories, ChangeAccounts]]:
    settings = settings_from(config)
    documents = await open_store(settings, SystemClock())
    try:
        stores = repositories(documents, await open_vault(settings, documents), cities={})
        yield (
            stores,
            ChangeAccounts(
                documents,
                stores.agents,
                stores.sessions,
                stores.account_changes,
                stores.notifications,
                stores.audit,
                SystemClock(),
            ),
        )
    finally:
        await documents.close()


async def _unit(stores: Repositories, name: str, now: int) -> str:
    units = await stores.units.list()
    for unit in units:
        if unit.name == name:
            return unit.id
    id, root = new_id(now), Tree.of(units).root  # a second root would take what has no unit from the first
    await stores.units.insert(Unit(id, name, f"{root.path}/{id}" if root.path else id))
    return id
