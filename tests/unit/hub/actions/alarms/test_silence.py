"""静默联系: nothing leaves by itself to who may be in danger, and who ends it stands in the history."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from channels.address import phone
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin, WarningLevel
from channels.outbox.gate import Gate
from channels.outbox.ports import Leased
from hub.actions.alarms.set_silence import SetSilence
from hub.actions.alarms.ways import Ways
from hub.actions.cases.casework import Casework
from hub.actions.departments.text_states import TextStanding, TextStates
from hub.model.alarms.silence import is_silent, signed_anew
from hub.model.cases.alarm import flagged
from hub.model.cases.case import Applicant, Case
from hub.model.cases.history import HistoryKind
from hub.model.cases.moves import IllegalMove
from hub.model.cases.state import CaseState
from hub.model.departments.submission import TextState
from hub.model.track import Track
from hub.repositories.alarms.silences import SilenceRepository, SilentSuppressions
from hub.repositories.cases import CaseRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import CHINA, FakeClock
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.alarms.alarm_office import LI, NUMBER, START, SUN, Centre, Office

OTHER = "+8613600136000"
HOUR_MS = 3_600_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def office(clock: FakeClock) -> Office:
    return Office(MemoryDocuments(COLLECTIONS, clock=clock), clock, Ways(centre=Centre()))


async def a_case(office: Office, track: Track = Track.EMERGENCY, name: str = "c1") -> Case:
    key = office.stores.contacts.key(phone(NUMBER))
    applicant = Applicant(address=NUMBER, address_key=key)
    return await office.read(await office.case(track, name=name, applicant=applicant))


def a_row(office: Office, number: str = NUMBER, origin: Origin = Origin.REPLY) -> Delivery:
    """An automatic text that waits, or one of a campaign."""
    return Delivery(
        id="d1",
        origin=origin,
        origin_id="o1",
        sender="sms",
        recipient=phone(number),
        recipient_key=office.stores.contacts.key(phone(number)),
        message_class=MessageClass.E1 if origin is Origin.REPLY else MessageClass.N,
        dedup="x",
        created_at=START,
        expires_at=START + 48 * HOUR_MS,
        text="您好",
        state=DeliveryState.LEASED,
        automatic=origin is Origin.REPLY,
    )


async def leaves(office: Office, *rows: Delivery) -> list[bool]:
    """What the last look before sending makes of them, with everything it asks in the running hub."""
    silences = SilenceRepository(office.stores.cases)
    rules = SilentSuppressions(office.stores.suppressions, silences, office.clock)
    gate = Gate(office.stores.outbox, rules, random.Random(7), zone=CHINA)
    leased = [Leased(replace(row, id=f"d{place}"), 1) for place, row in enumerate(rows)]
    gated = await gate.look(leased, now=office.clock.now_ms())
    assert {change.after.state for change in gated.stopped} <= {DeliveryState.SUPPRESSED}
    assert {change.after.reason for change in gated.stopped} <= {"silent"}
    return [row in gated.passed for row in leased]


def switch(office: Office) -> SetSilence:
    return SetSilence(Casework(office.documents, office.stores), office.stores.cases, office.clock)


async def version_of(office: Office, case_id: str = "c1") -> int:
    found = await office.stores.cases.get(case_id)
    assert found is not None
    return found.version


async def test_what_waited_already_is_stopped_when_danger_comes(office: Office) -> None:
    receipt, campaign = a_row(office), a_row(office, origin=Origin.BROADCAST)
    told = a_row(office, origin=Origin.SUBMISSION)
    assert await leaves(office, receipt, campaign, told) == [True, True, True]
    await a_case(office)
    assert await leaves(office, receipt, campaign, told) == [False, False, False]


async def test_what_a_person_wrote_others_and_red_warnings_are_not_stopped(office: Office) -> None:
    await a_case(office)
    by_hand = replace(a_row(office), automatic=False)
    red = replace(
        a_row(office, origin=Origin.BROADCAST), message_class=MessageClass.E0, level=WarningLevel.RED
    )
    assert await leaves(office, by_hand, a_row(office, OTHER), red) == [True, True, True]


async def test_a_possible_danger_is_silent_too_and_an_ordinary_case_is_not(
    office: Office, clock: FakeClock
) -> None:
    case = await a_case(office, Track.CONSULT)
    assert await leaves(office, a_row(office)) == [True]
    after, entry = flagged(case, at=clock.now_ms())
    cases: CaseRepository = office.stores.cases
    await office.documents.commit([cases.update(after, await version_of(office)), cases.insert_entry(entry)])
    assert await leaves(office, a_row(office)) == [False]


async def test_it_ends_when_a_handler_says_so_and_who_and_why_is_kept(office: Office) -> None:
    await a_case(office)
    await switch(office)(LI, "c1", " 已见到本人，安全 ", silent=False, version=await version_of(office))
    assert await leaves(office, a_row(office)) == [True]
    last = (await office.stores.cases.whole_history("c1"))[-1]
    assert (last.kind, last.actor, last.text) == (HistoryKind.SILENCE_LIFTED, LI.id, "已见到本人，安全")


async def test_a_new_sign_of_danger_brings_it_back(office: Office) -> None:
    await a_case(office)
    await switch(office)(LI, "c1", "安全", silent=False, version=await version_of(office))
    lifted = await office.read("c1")
    assert not is_silent(lifted, START)
    assert is_silent(signed_anew(lifted), START)


async def test_a_handler_may_ask_for_it_without_a_sign_until_the_case_is_over(
    office: Office, clock: FakeClock
) -> None:
    await a_case(office, Track.CONSULT)
    await switch(office)(LI, "c1", "旁边有人", silent=True, version=await version_of(office))
    assert await leaves(office, a_row(office)) == [False]
    asked = await office.read("c1")
    closed = replace(asked, proceeding=replace(asked.proceeding, state=CaseState.CLOSED))
    assert not is_silent(closed, clock.now_ms())


async def test_a_false_alarm_ends_it(office: Office) -> None:
    await a_case(office)
    await office.dismiss(LI, "c1", version=await version_of(office))
    assert await leaves(office, a_row(office)) == [True]


async def test_what_110_took_over_stays_silent_as_long_as_it_goes_on(
    office: Office, clock: FakeClock
) -> None:
    await a_case(office)
    await office.pass_seconds(61)
    assert (await office.read("c1")).state is CaseState.HANDED_OFF
    assert await leaves(office, a_row(office)) == [False]
    clock.at += 12 * HOUR_MS
    assert await leaves(office, a_row(office)) == [True]


async def test_the_switch_refuses_what_is_not_to_be_done(office: Office) -> None:
    await a_case(office)
    act, version = switch(office), await version_of(office)
    for why in ("  ", "长" * 201):
        with pytest.raises(Invalid):
            await act(LI, "c1", why, silent=False, version=version)
    with pytest.raises(IllegalMove):
        await act(LI, "c1", "已经是", silent=True, version=version)
    with pytest.raises(Stale):
        await act(LI, "c1", "旧页面", silent=False, version=version + 1)
    with pytest.raises(NotFound):
        await act(SUN, "c1", "督察", silent=False, version=version)
    assert await version_of(office) == version


async def test_no_department_hears_that_somebody_is_in_danger(office: Office) -> None:
    stopped = replace(a_row(office, origin=Origin.SUBMISSION), state=DeliveryState.SUPPRESSED)
    for reason, told in (("silent", ""), ("invalid", "invalid")):
        row = replace(stopped, id=f"row-{reason}", dedup=reason, reason=reason)
        await office.documents.commit([office.stores.outbox.insert(row)])
        standing = TextStanding(0, NUMBER, row.id, TextState.REJECTED)
        assert await TextStates(office.stores.outbox).reasons([standing]) == {row.id: told}
