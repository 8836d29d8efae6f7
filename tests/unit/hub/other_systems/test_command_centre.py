"""Telling the command centre: signed, acknowledged by its status alone, told again until it is,
acknowledged once."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from channels.http import HttpClient
from hub.model.alarms.alarm import AlarmState
from hub.model.cases.history import HistoryKind
from hub.other_systems.checked_address import NotAllowed, checked_address
from hub.other_systems.command_centre import CentreSystem, HttpCommandCentre
from tests.command_centre import SECRET, PlayedCentre, played_centre
from tests.unit.hub.actions.alarms.alarm_office import NUMBER, START, WORDS, Office, office


@pytest.fixture
async def centre() -> AsyncIterator[PlayedCentre]:
    async with played_centre() as played:
        yield played


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with HttpClient() as client:
        yield client


def connected(centre: PlayedCentre, http: HttpClient, *, secret: str = SECRET, url: str = "") -> Office:
    here = office()
    system = CentreSystem(url or centre.url, secret, timeout_seconds=0.3)
    ways = type(here.ways)(HttpCommandCentre(system, http, here.clock))
    return Office(here.store, here.clock, ways)


async def test_what_is_told_is_whole_and_signed(centre: PlayedCentre, http: HttpClient) -> None:
    here = connected(centre, http)
    case_id = await here.case()
    await here.forward.step()
    await here.forward.listen()
    [report] = centre.told
    assert report == {
        "id": case_id,
        "reference": (await here.read(case_id)).reference,
        "raised_at": "2026-12-01T12:00:00+08:00",
        "received_at": "2026-12-01T12:00:00+08:00",
        "channel": "sms",
        "kind": "sms",
        "region": "",
        "number": NUMBER,
        "places": ["中山路5号"],
        "danger": "",
        "text": WORDS,
        "reason": "nobody",
    }
    assert (await here.alarm(case_id)).acknowledged_at == START
    assert centre.forged == 0


@pytest.mark.parametrize("mood", ["error", "slow", "lost", "redirect"])
async def test_whatever_goes_wrong_it_is_told_again_and_acknowledged_once(
    centre: PlayedCentre, http: HttpClient, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here = connected(centre, http)
    case_id = await here.case()
    centre.mood = mood
    await here.forward.step()
    await here.forward.listen()
    alarm = await here.alarm(case_id)
    assert (alarm.state, alarm.acknowledged_at) == (AlarmState.FORWARDED, 0)
    centre.mood = "well"
    here.clock.advance(seconds=5)
    await here.forward.listen()
    here.clock.advance(seconds=600)
    await here.forward.listen()
    assert len(centre.told) == 2
    assert list(centre.cases) == [case_id]  # the same report, however often
    assert (await here.alarm(case_id)).acknowledged_at == START + 5_000
    assert len(await here.history(case_id, HistoryKind.HEARD_110)) == 1
    assert not any(word in caplog.text for word in (NUMBER, WORDS, SECRET))


async def test_a_wrong_secret_is_no_acknowledgement(centre: PlayedCentre, http: HttpClient) -> None:
    here = connected(centre, http, secret="another-secret-altogether")
    case_id = await here.case()
    await here.forward.step()
    await here.forward.listen()
    assert (centre.forged, (await here.alarm(case_id)).acknowledged_at) == (1, 0)


async def test_nobody_there_is_tried_again(centre: PlayedCentre, http: HttpClient) -> None:
    here = connected(centre, http, url="http://127.0.0.1:9/alarms")
    case_id = await here.case()
    await here.forward.step()
    await here.forward.listen()
    [passing] = (await here.alarm(case_id)).passings
    assert (passing.tries, passing.next_at) == (1, START + 5_000)


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/alarms",
        "https://[::ffff:169.254.1.1]/alarms",
        "https://224.0.0.1/alarms",
        "http://10.0.0.5/alarms",
    ],
)
async def test_what_leads_elsewhere_is_told_nothing(http: HttpClient, url: str) -> None:
    with pytest.raises(NotAllowed):
        await checked_address(url)
    here = office()
    centre = HttpCommandCentre(CentreSystem(url, SECRET, timeout_seconds=0.3), http, here.clock)
    case_id = await here.case()
    report = await here.report(await here.alarm(case_id), await here.read(case_id))
    assert not await centre.tell(report)
