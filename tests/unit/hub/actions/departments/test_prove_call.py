"""Calls of the API: who signed, when, once, and from where."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hub.actions.departments.prove_call import NotFromThere, NotProven
from hub.runtime.errors import Invalid, NotFound, Stale
from tests.unit.hub.actions.departments.department_office import NOON, Office, a_call, a_key, an_office

DAY = 86_400


@pytest.fixture
async def office() -> Office:
    made = an_office()
    await made.registered()
    return made


async def test_a_signed_call_is_taken_and_its_use_is_shown(office: Office) -> None:
    issued = await a_key(office)
    assert await office.prove(a_call(issued, NOON)) == issued.key
    [use] = (await office.records.keys.uses([issued.key.id])).values()
    assert (use.at, use.source) == (NOON, "10.1.2.3")


async def test_neither_key_nor_secret_stands_readable_in_the_store(office: Office) -> None:
    issued = await a_key(office)
    await office.prove(a_call(issued, NOON))
    for collection in ("department_keys", "department_key_uses", "department_nonces"):
        async for stored in office.documents.scan(collection):
            assert issued.token not in repr(stored)
            assert issued.key.secret not in repr(stored)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"target": "/api/v1/sms/submit?x=1"},
        {"body": b'{"a": 2}'},
        {"timestamp": str(NOON // 1000 + 1)},
        {"nonce": "another-nonce-of-16"},
        {"signature": "v1=" + "0" * 64},
        {"signature": "ä"},
        {"key": "dk_of_nobody"},
    ],
)
async def test_whatever_is_changed_breaks_the_signature(office: Office, change: dict[str, object]) -> None:
    issued = await a_key(office)
    with pytest.raises(NotProven) as refused:
        await office.prove(replace(a_call(issued, NOON), **change))  # type: ignore[arg-type]
    assert refused.value.code == "wrong_signature"
    assert await office.prove(a_call(issued, NOON)) == issued.key  # and its nonce was not spent


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
async def test_a_call_holds_for_five_minutes(office: Office, seconds: int, taken: bool) -> None:
    issued = await a_key(office)
    call = a_call(issued, NOON + seconds * 1000)
    if taken:
        await office.prove(call)
        return
    with pytest.raises(NotProven) as refused:
        await office.prove(call)
    assert refused.value.code == "wrong_time"


async def test_a_nonce_is_taken_once_even_of_many_at_once(office: Office) -> None:
    issued = await a_key(office)
    call = a_call(issued, NOON)
    got = await asyncio.gather(*(office.prove(call) for _ in range(8)), return_exceptions=True)
    refused = [one for one in got if isinstance(one, NotProven)]
    assert [one.code for one in refused] == ["nonce_used"] * 7


async def test_nonces_of_two_keys_are_two(office: Office) -> None:
    one, other = await a_key(office), await a_key(office)
    await office.prove(a_call(one, NOON))
    await office.prove(a_call(other, NOON))


@pytest.mark.parametrize(
    ("networks", "source", "taken"),
    [
        ((), "8.8.8.8", True),
        (("10.1.0.0/16",), "10.1.2.3", True),
        (("10.1.0.0/16", "192.0.2.7"), "192.0.2.7", True),
        (("10.1.0.0/16",), "10.2.0.1", False),
        (("10.1.0.0/16",), "unknown", False),
        (("10.1.0.0/16",), "2001:db8::/64", False),
        (("2001:db8::7",), "2001:db8::/64", True),
        (("2001:db8:1::/48",), "2001:db8:2::/64", False),
    ],
)
async def test_a_key_is_good_from_its_networks_only(
    office: Office, networks: tuple[str, ...], source: str, taken: bool
) -> None:
    issued = await a_key(office, networks=networks)
    call = a_call(issued, NOON, source=source)
    if taken:
        await office.prove(call)
        return
    with pytest.raises(NotFromThere):
        await office.prove(call)


async def test_a_replaced_key_goes_on_for_its_overlap_and_no_longer(office: Office) -> None:
    old = await a_key(office)
    new = await office.change_keys.rotate("traffic", old.key.id, overlap_seconds=DAY, by="admin")
    assert new.key.line == old.key.line
    assert (new.key.classes, new.key.networks) == (old.key.classes, old.key.networks)
    await office.prove(a_call(old, NOON))
    await office.prove(a_call(new, NOON))
    office.clock.advance(seconds=DAY)
    with pytest.raises(NotProven) as refused:
        await office.prove(a_call(old, office.clock.now_ms(), nonce="f" * 16))
    assert refused.value.code == "key_ended"
    await office.prove(a_call(new, office.clock.now_ms(), nonce="f" * 16))


async def test_a_key_is_replaced_once(office: Office) -> None:
    old = await a_key(office)
    await office.change_keys.rotate("traffic", old.key.id, overlap_seconds=DAY, by="admin")
    with pytest.raises(Stale):
        await office.change_keys.rotate("traffic", old.key.id, overlap_seconds=DAY, by="admin")


async def test_a_revoked_key_opens_nothing_from_that_moment(office: Office) -> None:
    issued = await a_key(office)
    await office.change_keys.revoke("traffic", issued.key.id)
    with pytest.raises(NotProven) as refused:
        await office.prove(a_call(issued, NOON))
    assert refused.value.code == "key_ended"


async def test_the_key_of_another_department_does_not_exist(office: Office) -> None:
    issued = await a_key(office)
    with pytest.raises(NotFound):
        await office.change_keys.revoke("fire", issued.key.id)
    with pytest.raises(NotFound):
        await office.change_keys.rotate("fire", issued.key.id, overlap_seconds=0, by="admin")


async def test_a_network_that_is_none_is_refused(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        await a_key(office, networks=("10.1.0.0/99",))
    assert "networks" in refused.value.problems
