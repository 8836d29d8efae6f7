"""The alarm page of a desk: what rings on it, and what rings elsewhere."""

from __future__ import annotations

from dataclasses import replace

from hub.model.units.unit import Unit
from tests.unit.hub.actions.alarms.alarm_office import LI, ZHOU, Office, office

FZ, XM = replace(LI, unit_id="fz"), replace(ZHOU, unit_id="xm")


async def listening(here: Office, *pages: str) -> None:
    """Both officers are on duty; pages of these listen."""
    for officer in (FZ, XM):
        await here.stores.agents.insert(officer)
        await here.stores.units.insert(Unit(officer.unit_id, officer.unit_id.upper(), officer.unit_id))
        await here.duty.sign_on(officer, read="")
        if officer.unit_id in pages:
            await here.duty.page_seen(officer, f"page-{officer.id}", sounds=True)
            await here.duty.sound_heard(officer, f"page-{officer.id}")


async def rings(here: Office) -> tuple[int, int]:
    """How many ring for 福州, and for 厦门."""
    return await here.board.unconfirmed(FZ), await here.board.unconfirmed(XM)


async def test_an_alarm_rings_at_its_desk_and_stands_silent_on_the_others() -> None:
    here = office()
    await listening(here, "fz", "xm")
    await here.case(unit_id="fz")
    assert await rings(here) == (1, 0)
    [line] = (await here.board(XM)).elsewhere.lines
    assert (line.desk, line.is_full) == ("FZ", False)
    assert (await here.board(FZ)).elsewhere.count == 0


async def test_an_alarm_of_a_desk_that_does_not_listen_rings_everywhere() -> None:
    here = office()
    await listening(here, "xm")
    await here.case(unit_id="fz")
    assert await rings(here) == (1, 1)
    await here.forward.step()
    assert (await here.alarm("c1")).forwarded_at == 0  # somebody hears it


async def test_an_alarm_of_no_desk_rings_everywhere() -> None:
    here = office()
    await listening(here, "fz", "xm")
    await here.case()
    assert await rings(here) == (1, 1)
