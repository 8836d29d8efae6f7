"""110 is told who registered and what the carrier answered; behind the compartment only what saves a life."""

from __future__ import annotations

from dataclasses import replace

from channels.http import HttpClient
from hub.actions.alarms.ask_carrier import AskCarrier
from hub.actions.alarms.report_aid import ToldByCarrier, ToldRecord
from hub.actions.alarms.subscriber_source import CarrierAnswer
from hub.actions.staff.note_access import NoteAccess
from hub.model.alarms.carrier_data import Asked, Datum, Outcome, Position, Subscriber
from hub.model.cases.case import Applicant
from hub.model.people.registered_person import Difficulty, RegisterAct
from hub.model.track import Compartment
from hub.other_systems.command_centre import CentreSystem, HttpCommandCentre
from hub.store.documents import Update
from tests.command_centre import SECRET, played_centre
from tests.unit.hub.actions.alarms.alarm_office import (
    CENTRE_NUMBER,
    LI,
    NUMBER,
    START,
    Centre,
    Office,
    office,
)
from tests.unit.hub.actions.people.register_office import registered

WHO, WHERE = Subscriber(NUMBER, "陈听雨", "中山路5号402"), Position(26.08, 119.29, 150, START, Datum.GCJ_02)
NAMES = ("陈听雨", "陈大海", "王手语")


class _Carrier:
    async def ask(self, asked: Asked, number: str, *, reference: str, officer: str) -> CarrierAnswer:
        """See the port."""
        return CarrierAnswer(Outcome.ANSWERED, WHO if asked is Asked.SUBSCRIBER else WHERE)


async def known(here: Office, case_id: str) -> None:
    """Whoever wrote the case is registered, and the carrier was asked for both."""
    await registered(here.documents, here.stores, here.clock)
    access = NoteAccess(here.stores.audit, here.clock)
    ask = AskCarrier(here.documents, here.stores, _Carrier(), access, here.clock, keep_ms=1_000_000)
    for asked in Asked:
        await ask(LI, case_id, asked)


async def case_of(here: Office) -> str:
    return await here.case(
        applicant=Applicant(address=NUMBER, address_key=here.stores.aid.register.key(NUMBER))
    )


async def test_110_is_told_and_the_record_says_so() -> None:
    here = office(centre=Centre(), text=True)
    case_id = await case_of(here)
    await known(here, case_id)
    await here.forward.step()
    await here.forward.listen()
    centre = here.ways.centre
    assert isinstance(centre, Centre)
    [report] = centre.told
    assert report.registered is not None
    assert (report.registered.name, report.registered.difficulties) == (
        "陈听雨",
        (Difficulty.DEAF, Difficulty.MUTE),
    )
    assert report.carrier == ToldByCarrier("中山路5号402", WHERE, "陈听雨")
    [text] = await here.sent_to(CENTRE_NUMBER)
    for word in ("听不见、不能说话", "联系人：陈大海+8659187654321", "26.08000, 119.29000 (GCJ-02)±150米"):
        assert word in text.text
    register = here.stores.aid.register
    [person] = (await register.by_keys([register.key(NUMBER)])).values()
    log = await register.log(person.id, limit=9)
    assert [(one.act, one.by, one.case_id) for one in log if one.act is RegisterAct.TOLD_110] == [
        (RegisterAct.TOLD_110, "", case_id)
    ]


async def test_behind_the_compartment_no_name_leaves_and_no_contact() -> None:
    here = office(centre=Centre(), text=True)
    case_id = await case_of(here)
    await known(here, case_id)
    found = await here.stores.cases.get(case_id)
    assert found is not None
    behind = replace(found.value, compartment=Compartment.REPORT)
    await here.documents.commit([here.stores.cases.update(behind, found.version)])
    await here.forward.step()
    await here.forward.listen()
    centre = here.ways.centre
    assert isinstance(centre, Centre)
    [report] = centre.told
    assert report.registered == ToldRecord((Difficulty.DEAF, Difficulty.MUTE), "中山路5号402")
    assert report.carrier == ToldByCarrier("中山路5号402", WHERE)
    [text] = await here.sent_to(CENTRE_NUMBER)
    assert not any(name in f"{report}{text.text}" for name in NAMES)


async def test_of_a_case_that_left_without_identity_nothing_is_told() -> None:
    here = office(centre=Centre())
    case_id = await case_of(here)
    await known(here, case_id)
    found = await here.stores.cases.get(case_id)
    assert found is not None
    unknown = replace(found.value, applicant=found.value.applicant.hidden())
    await here.documents.commit([here.stores.cases.update(unknown, found.version)])
    await here.forward.step()
    await here.forward.listen()
    centre = here.ways.centre
    assert isinstance(centre, Centre)
    [report] = centre.told
    assert (report.registered, report.carrier) == (None, None)


async def test_the_command_centre_gets_it_as_it_is_agreed() -> None:
    async with played_centre() as played, HttpClient() as http:
        here = office()
        system = CentreSystem(played.url, SECRET, timeout_seconds=1)
        here = Office(here.store, here.clock, type(here.ways)(HttpCommandCentre(system, http, here.clock)))
        case_id = await case_of(here)
        await known(here, case_id)
        await here.forward.step()
        await here.forward.listen()
    [report] = played.told
    assert report["registered"] == {
        "difficulties": ["deaf", "mute"],
        "address": "中山路5号402",
        "name": "陈听雨",
        "needs": "会读唇语",
        "contacts": [{"name": "陈大海", "relation": "父亲", "number": "+8659187654321"}],
        "interpreter": {"name": "王手语", "number": "+8613900001111"},
    }
    assert report["carrier"] == {
        "name": "陈听雨",
        "address": "中山路5号402",
        "position": {
            "latitude": 26.08,
            "longitude": 119.29,
            "accuracy_m": 150,
            "at": "2026-12-01T12:00:00+08:00",
            "datum": "GCJ-02",
        },
    }


async def test_what_may_be_read_no_more_holds_up_nothing() -> None:
    here = office(centre=Centre())
    case_id = await case_of(here)
    person = await registered(here.documents, here.stores, here.clock)
    stored = await here.store.get("registered_people", person.id)
    assert stored is not None
    await here.store.commit([Update("registered_people", person.id, {"pii": "broken"}, stored.version)])
    await here.forward.step()
    await here.forward.listen()
    assert (await here.alarm(case_id)).acknowledged_at == START
