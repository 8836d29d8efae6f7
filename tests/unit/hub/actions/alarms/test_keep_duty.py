"""Turns begin with the note of the one before and end with one's own; a page speaks for its officer only."""

from __future__ import annotations

import asyncio

import pytest

from hub.runtime.errors import Forbidden, Invalid, NotFound
from tests.unit.hub.actions.alarms.alarm_office import LI, PAGE, START, SUN, ZHOU, Office, office


async def on_duty(here: Office) -> list[str]:
    return [one.value.agent_id for one in await here.stores.duty.on_duty()]


async def test_a_turn_ends_with_a_note_that_the_next_one_has_to_read() -> None:
    here = office()
    await here.duty.sign_on(LI, read="")
    with pytest.raises(Invalid):
        await here.duty.sign_off(LI, "  ")
    here.clock.advance(seconds=3600)
    await here.duty.sign_off(LI, "东街口一名老人走失，家属再来电请接")
    assert await on_duty(here) == []
    last = await here.stores.duty.last_ended()
    assert last is not None
    with pytest.raises(Invalid):
        await here.duty.sign_on(ZHOU, read="")
    assert await on_duty(here) == []
    await here.duty.sign_on(ZHOU, read=last.value.id)
    read = await here.stores.duty.last_ended()
    assert read is not None
    assert (read.value.read_by, read.value.read_at) == (ZHOU.id, START + 3_600_000)
    here.clock.advance(seconds=1)
    await here.duty.sign_on(LI, read="")  # a note is read once
    assert await on_duty(here) == [ZHOU.id, LI.id]
    stored = await here.store.get("duty_watches", last.value.id)
    assert "老人" not in str(stored)  # what is handed over is sealed


async def test_nobody_is_on_duty_twice() -> None:
    here = office()
    await asyncio.gather(here.duty.sign_on(LI, read=""), here.second().duty.sign_on(LI, read=""))
    await here.duty.sign_on(LI, read="")
    assert await on_duty(here) == [LI.id]


async def test_who_may_not_be_on_duty_or_is_not_is_told() -> None:
    here = office()
    with pytest.raises(Forbidden):
        await here.duty.sign_on(SUN, read="")
    with pytest.raises(NotFound):
        await here.duty.sign_off(LI, "无")


async def test_a_page_of_another_officer_does_not_speak_for_this_one() -> None:
    here = office()
    await here.on_duty(LI)
    assert await here.second().forward.is_heard()  # every process knows
    await here.duty.sign_off(LI, "无")
    assert not await here.forward.is_heard()
    last = await here.stores.duty.last_ended()
    assert last is not None
    await here.duty.sign_on(ZHOU, read=last.value.id)
    await here.duty.sound_heard(ZHOU, PAGE)  # the id of a page that is not theirs
    assert not await here.forward.is_heard()
    await here.duty.sound_heard(ZHOU, "page-2")
    assert await here.forward.is_heard()


async def test_a_test_of_an_earlier_turn_does_not_count_in_the_next() -> None:
    here = office()
    await here.on_duty(LI)
    await here.duty.sign_off(LI, "无")
    here.clock.advance(seconds=1)
    last = await here.stores.duty.last_ended()
    assert last is not None
    await here.duty.sign_on(LI, read=last.value.id)
    await here.duty.page_seen(LI, PAGE, sounds=True)
    assert not await here.forward.is_heard()
