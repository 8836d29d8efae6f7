"""A record of the 12110 register as somebody types it, and as it then stands in the store."""

from __future__ import annotations

from dataclasses import replace

from hub.actions.people.register.edit_register import ContactTyped, EditRegister, RecordTyped
from hub.model.agent import Agent, Role
from hub.model.people.registered_person import ConsentBy, Difficulty, RegisteredPerson
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.documents import Documents

NUMBER = "+8613800138000"
KEEPER = Agent("keeper", "keeper", "", (Role.SUPERVISOR,), 0, name="陈敏")
TYPED = RecordTyped(
    name="陈听雨",
    numbers=("138 0013 8000", "", ""),
    difficulties=(Difficulty.DEAF, Difficulty.MUTE),
    needs="会读唇语",
    contacts=(ContactTyped("陈大海", "父亲", "0591-87654321"), ContactTyped(), ContactTyped()),
    interpreter=ContactTyped("王手语", "", "13900001111"),
    address="中山路5号402",
    consent_by=ConsentBy.SELF,
    consent_at=1_700_000_000_000,
    consented=True,
)


async def registered(
    documents: Documents, stores: Repositories, clock: Clock, **typed: object
) -> RegisteredPerson:
    """Somebody, with NUMBER unless the test says another."""
    edit = EditRegister(documents, stores.aid.register, clock)
    person_id = await edit.add(KEEPER, replace(TYPED, **typed))  # type: ignore[arg-type]
    found = await stores.aid.register.get(person_id)
    assert found is not None
    return found.value
