"""疑似险情 becomes an alarm or is cleared by one key, and what was decided is kept for the same words."""

from __future__ import annotations

import pytest

from hub.model.alarms.alarm import AlarmState
from hub.model.cases.alarm import flagged, is_alarm
from hub.model.cases.case import POSSIBLE_DANGER, Case
from hub.model.cases.moves import IllegalMove
from hub.model.cases.triage_decision import DecisionKind
from hub.model.track import Compartment, Track
from hub.runtime.errors import Stale
from hub.runtime.ids import derived_id
from tests.unit.hub.actions.alarms.alarm_office import LI, NUMBER, START, SUN, WORDS, Office, office


async def possible(here: Office, track: Track = Track.CONSULT, *, screening: bool = False) -> str:
    return await here.case(track, name="p1", flags=(POSSIBLE_DANGER,), screening=screening)


async def beside(here: Office) -> Case:
    return await here.read(derived_id("danger", "p1"))


async def kept(here: Office, kind: DecisionKind) -> list[str]:
    return [one.text for one in await here.stores.triage_decisions.newest(kind, limit=9)]


async def test_a_question_becomes_the_emergency_itself_with_its_minute_from_now() -> None:
    here = office()
    case_id = await possible(here)
    here.clock.advance(seconds=500)
    await here.confirm_danger(LI, case_id, version=await here.version(case_id))
    case, alarm = await here.read(case_id), await here.alarm(case_id)
    assert case.track is Track.EMERGENCY
    assert POSSIBLE_DANGER not in case.flags
    assert (alarm.state, alarm.raised_at, alarm.forward_at) == (
        AlarmState.WAITING,
        START + 500_000,
        START + 560_000,
    )
    assert await kept(here, DecisionKind.REAL_DANGER) == [WORDS]


async def test_a_petition_goes_on_with_an_emergency_beside_it() -> None:
    here = office()
    case_id = await possible(here, Track.APPEAL)
    await here.confirm_danger(LI, case_id, version=await here.version(case_id))
    petition, emergency = await here.read(case_id), await beside(here)
    assert petition.track is Track.APPEAL
    assert POSSIBLE_DANGER not in petition.flags
    assert (emergency.track, emergency.text, emergency.linked_case_id) == (Track.EMERGENCY, WORDS, case_id)
    assert (await here.alarm(emergency.id)).state is AlarmState.WAITING
    assert await here.stores.alarms.get(case_id) is None


async def test_danger_that_comes_after_the_first_emergency_is_an_alarm_of_its_own() -> None:
    here = office()
    case_id = await possible(here, Track.APPEAL)
    await here.confirm_danger(LI, case_id, version=await here.version(case_id))
    await here.dismiss(LI, case_id, version=await here.version(case_id))
    found = await here.stores.cases.get(case_id)
    assert found
    again, entry = flagged(found.value, at=START)
    cases = here.stores.cases
    await here.documents.commit([cases.update(again, found.version), cases.insert_entry(entry)])
    await here.confirm_danger(LI, case_id, version=await here.version(case_id))
    ringing = await here.stores.alarms.waiting(limit=9)
    assert {(await here.read(one.value.id)).linked_case_id for one in ringing} == {case_id}
    assert len(ringing) == 2


async def test_what_stands_behind_the_compartment_stays_there_and_its_emergency_has_no_words() -> None:
    here = office()
    case_id = await possible(here, screening=True)
    await here.confirm_danger(SUN, case_id, version=await here.version(case_id))
    case, emergency = await here.read(case_id), await beside(here)
    assert case.compartment is Compartment.SCREENING
    assert emergency.compartment is Compartment.NONE
    assert (emergency.text, emergency.linked_case_id, emergency.applicant.address) == ("", "", NUMBER)
    assert WORDS not in emergency.title


async def test_clearing_it_is_kept_as_a_false_alarm() -> None:
    here = office()
    case_id = await possible(here)
    await here.dismiss(LI, case_id, version=await here.version(case_id))
    assert not is_alarm(await here.read(case_id))
    assert await here.stores.alarms.get(case_id) is None
    assert await kept(here, DecisionKind.FALSE_ALARM) == [WORDS]


async def test_only_what_is_flagged_and_as_it_was_shown_is_decided() -> None:
    here = office()
    case_id = await possible(here)
    with pytest.raises(Stale):
        await here.confirm_danger(LI, case_id, version=99)
    await here.confirm_danger(LI, case_id, version=await here.version(case_id))
    with pytest.raises(IllegalMove):
        await here.confirm_danger(LI, case_id, version=await here.version(case_id))
