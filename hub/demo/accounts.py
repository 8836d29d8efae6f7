"""The demo's units and staff. Passwords are new at every start and are told on the console only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from hub.actions.staff.passwords import Passwords, one_time_password
from hub.demo.sample import Sample
from hub.hub import Hub
from hub.model.agent import Agent, Role
from hub.model.units.unit import Unit, UnitFunction
from hub.runtime.ids import derived_id


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody needs to log in."""

    login: str
    name: str
    role: str
    password: str = field(repr=False)


async def open_accounts(hub: Hub, sample: Sample, passwords: Passwords, now: int) -> list[Account]:
    """Every unit and agent of the sample, made or found, with a password nobody had before."""
    stores = hub.repositories
    paths: dict[str, str] = {}
    for unit in sample.units:  # each behind the one above it
        above = unit.get("parent", "")
        paths[unit["id"]] = f"{paths[above]}/{unit['id']}" if above else unit["id"]
        await stores.units.insert(
            Unit(
                unit["id"],
                unit["name"],
                paths[unit["id"]],
                unit.get("region", ""),
                unit.get("inspection", False),
                unit.get("level", ""),
                tuple(map(UnitFunction, unit.get("functions", ["handle"]))),
            )
        )
    accounts = []
    for place, table in enumerate(sample.agents):
        password = one_time_password()
        hashed = await passwords.hash(password)
        if await stores.agents.by_login(table["login"]) is None:
            await stores.agents.insert(
                Agent(
                    id=agent_id(table["login"]),
                    login=table["login"],
                    unit_id=table["unit"],
                    roles=(Role(table["role"]),),
                    created_at=now + place,
                    password_hash=hashed,
                    name=table["name"],
                )
            )
        else:
            await stores.agents.update(agent_id(table["login"]), partial(_with_password, hashed))
        accounts.append(Account(table["login"], table["name"], table["role"], password))
    return accounts


def _with_password(hashed: str, agent: Agent) -> Agent:
    return replace(agent, password_hash=hashed, active=True, must_change=False)


def agent_id(login: str) -> str:
    """The id of a sample agent: always the same, so that a start that was cut off is repeated."""
    return derived_id("demo-agent", login)
