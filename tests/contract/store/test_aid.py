"""The 12110 register and the look-ups at the carrier behave the same on every engine."""

from __future__ import annotations

import pytest

from hub.actions.people.register.edit_register import EditRegister
from hub.actions.people.register.read_register import ReadRegister
from hub.model.alarms.carrier_data import Asked, CarrierLook, Datum, Outcome, Position
from hub.model.people.registered_person import RegisterAct
from hub.repositories.people.aid import COLLECTIONS
from hub.repositories.repositories import repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid
from hub.store.crypto import KeyRing, Vault
from tests.contract.store.conftest import Engine
from tests.unit.hub.actions.people.register_office import KEEPER, NUMBER, TYPED, registered

NOW = 1_796_097_600_000
WHERE = Position(26.08021, 119.29647, 150, NOW, Datum.GCJ_02)


async def test_a_record_from_its_first_day_to_its_last(engine: Engine) -> None:
    clock = FakeClock(NOW)
    store = await engine.open(COLLECTIONS, clock)
    stores = repositories(store, Vault(KeyRing.fresh()), cities={})
    edit = EditRegister(store, stores.aid.register, clock)
    person = await registered(store, stores, clock)
    with pytest.raises(Invalid) as problem:
        await registered(store, stores, clock, numbers=("13900002222", "13800138000", ""))
    assert list(problem.value.problems) == ["number-2"]  # nothing of the other one was stored
    key = stores.aid.register.key(NUMBER)
    assert await stores.aid.register.by_keys([key, "", "nobody's"]) == {key: person}
    listed = await ReadRegister(store, stores, clock).list(KEEPER)
    assert ([line.id for line in listed.lines], listed.count, listed.unchecked) == ([person.id], 1, 0)
    clock.advance(seconds=1)
    await edit.remove(KEEPER, person.id, version=1, asked=True)
    assert await stores.aid.register.by_keys([key]) == {}
    log = await stores.aid.register.log(person.id, limit=9)
    assert [one.act for one in log] == [RegisterAct.REMOVED, RegisterAct.ADDED]
    await edit.add(KEEPER, TYPED)


async def test_look_ups_come_back_as_they_were(engine: Engine) -> None:
    store = await engine.open(COLLECTIONS, FakeClock(NOW))
    looks = repositories(store, Vault(KeyRing.fresh()), cities={}).aid.carrier_looks
    first = CarrierLook("l1", "c1", Asked.POSITION, NOW, "li", NOW + 1)
    await store.commit(
        [looks.insert(first), looks.insert(CarrierLook("l2", "c2", Asked.SUBSCRIBER, NOW + 1, "li", NOW))]
    )
    after = first.ended(Outcome.ANSWERED, WHERE, at=NOW + 2).seen("li")
    await store.commit([looks.update(after, 1)])
    assert await looks.of_cases(["c1"]) == [after]
    assert [look.id for look in await looks.of_cases(["c2", "c1"])] == ["l2", "l1"]
    assert await looks.of_cases([]) == []
    assert await store.delete("carrier_looks", {"keep_until": {"$lt": NOW + 1}}, limit=10) == 1
