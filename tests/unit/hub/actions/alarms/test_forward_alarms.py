"""What nobody confirms reaches 110 by itself, once, whatever stops in between; what is no emergency does
not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from channels.outbox.delivery import DeliveryState, MessageClass
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.ways import Ways
from hub.model.alarms.alarm import AlarmState, ForwardReason
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Applicant
from hub.model.cases.history import HistoryKind
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import stepped
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.documents import StoreUnavailable, Update, Write
from hub.store.sqlite import open_sqlite
from tests.rules import RULES
from tests.unit.hub.actions.alarms.alarm_office import (
    CENTRE_NUMBER,
    LI,
    NUMBER,
    OPERATOR_NUMBER,
    START,
    WORDS,
    ZHOU,
    Centre,
    Office,
    office,
)


async def test_an_alarm_nobody_confirms_is_forwarded_after_a_minute_and_the_record_shows_both_times() -> None:
    centre = Centre()
    here = office(centre=centre)
    await here.on_duty()
    case_id = await here.case()
    await here.pass_seconds(59)
    assert (await here.alarm(case_id)).state is AlarmState.WAITING
    await here.pass_seconds(1)
    await here.forward.listen()
    alarm = await here.alarm(case_id)
    assert (alarm.raised_at, alarm.forwarded_at) == (START, START + 60_000)
    assert (alarm.state, alarm.reason) == (AlarmState.FORWARDED, ForwardReason.UNCONFIRMED)
    assert alarm.acknowledged_at == START + 60_000
    assert (await here.read(case_id)).state is CaseState.HANDED_OFF
    [told] = centre.told
    assert (told.number, told.places, told.text) == (NUMBER, ("中山路5号",), WORDS)
    [entry] = await here.history(case_id, HistoryKind.FORWARDED_110)
    assert (entry.at, entry.facts["raised_at"], entry.actor) == (START + 60_000, str(START), "system")
    [heard] = await here.history(case_id, HistoryKind.HEARD_110)
    assert heard.facts == {"way": "webhook", "sent_at": str(START + 60_000)}


async def test_nothing_waits_when_nobody_would_hear_it_and_the_operator_is_told() -> None:
    here = office(centre=Centre(), operator=True)
    case_id = await here.case()
    await here.forward.step()
    alarm = await here.alarm(case_id)
    assert (alarm.forwarded_at, alarm.reason) == (START, ForwardReason.NOBODY)
    assert await here.forward.unheard_today() == 1
    [message] = await here.sent_to(OPERATOR_NUMBER)
    assert message.message_class is MessageClass.E0
    assert WORDS not in message.text
    assert NUMBER not in message.text


async def test_a_page_whose_stream_is_down_for_ten_seconds_counts_as_none() -> None:
    here = office(centre=Centre())
    await here.on_duty()
    case_id = await here.case()
    await here.pass_seconds(9.9, page=False)
    assert (await here.alarm(case_id)).state is AlarmState.WAITING
    await here.pass_seconds(0.1, page=False)
    assert (await here.alarm(case_id)).reason is ForwardReason.NOBODY


async def test_a_page_whose_sound_stopped_counts_as_none() -> None:
    here = office(centre=Centre())
    await here.on_duty()
    await here.duty.page_seen(LI, "page-1", sounds=False)
    case_id = await here.case()
    await here.forward.step()
    assert (await here.alarm(case_id)).reason is ForwardReason.NOBODY


async def test_who_confirms_keeps_it_from_being_forwarded() -> None:
    centre = Centre()
    here = office(centre=centre)
    await here.on_duty()
    case_id = await here.case()
    await here.in_hand.take(LI, case_id)
    await here.pass_seconds(120)
    await here.forward.listen()
    assert (await here.alarm(case_id)).state is AlarmState.TAKEN
    assert centre.told == []


async def test_who_takes_the_case_on_its_own_page_confirms_it_and_who_is_given_it_does_not() -> None:
    here = office(centre=Centre())
    await here.on_duty()
    own, given = await here.case(name="own"), await here.case(name="given")
    for case_id, actor in ((own, ZHOU.id), (given, LI.id)):
        attempt = Attempt("claim", START, CaseRole.HND, RULES, actor, {"handler": ZHOU.id})
        step = stepped(await here.read(case_id), attempt, actor=actor, facts={"handler": ZHOU.id})
        await here.documents.commit(here.stores.cases.step_writes(step, await here.version(case_id)))
    await here.pass_seconds(60)
    assert ((await here.alarm(own)).state, (await here.alarm(own)).by) == (AlarmState.TAKEN, ZHOU.id)
    assert (await here.alarm(given)).state is AlarmState.FORWARDED


async def test_a_false_alarm_is_not_forwarded_after_and_one_raised_again_is() -> None:
    centre = Centre()
    here = office(centre=centre)
    case_id = await here.case()
    await here.on_duty()
    await here.dismiss(LI, case_id, version=await here.version(case_id))
    await here.pass_seconds(61)
    assert (await here.alarm(case_id)).state is AlarmState.OVER
    attempt = Attempt(
        "reclassify", here.clock.at, CaseRole.TRI, RULES, "li", {"track": Track.EMERGENCY, "reason": "又来信"}
    )
    step = stepped(await here.read(case_id), attempt, actor="li")
    await here.documents.commit(here.stores.cases.step_writes(step, await here.version(case_id)))
    again = await here.alarm(case_id)
    assert (again.state, again.raised_at) == (AlarmState.WAITING, here.clock.at)
    await here.pass_seconds(60)
    await here.forward.listen()
    assert len(centre.told) == 1


async def test_two_processes_forward_once() -> None:
    centre = Centre()
    here = office(centre=centre, text=True)
    other = here.second()
    await here.case()
    await asyncio.gather(here.forward.step(), other.forward.step())
    await asyncio.gather(here.forward.listen(), other.forward.listen())
    assert len(centre.told) == 1
    assert len(await here.sent_to(CENTRE_NUMBER)) == 1
    assert len(await here.history("c1", HistoryKind.FORWARDED_110)) == 1


async def test_a_command_centre_that_does_not_hear_is_told_again_under_the_same_id_until_it_does() -> None:
    centre = Centre(hears=False)
    here = office(centre=centre)
    case_id = await here.case()
    await here.forward.step()
    for _ in range(4):
        await here.forward.listen()
        here.clock.advance(seconds=4.9)
        await here.forward.listen()  # before its pause is over nothing is sent
        here.clock.advance(seconds=60)
    assert len(centre.told) == 4
    assert (await here.alarm(case_id)).is_unconfirmed
    assert await here.forward.not_through() == 1
    centre.hears = True
    await here.forward.listen()
    here.clock.advance(seconds=600)
    await here.forward.listen()
    assert {report.id for report in centre.told} == {case_id}
    assert len(centre.told) == 5
    assert len(await here.history(case_id, HistoryKind.HEARD_110)) == 1
    assert await here.forward.not_through() == 0


async def test_a_text_is_acknowledged_when_it_is_delivered() -> None:
    here = office(text=True)
    case_id = await here.case()
    await here.forward.step()
    [row] = await here.outbox()
    assert (row.delivery.lane, row.delivery.message_class) == (0, MessageClass.E0)
    assert all(part in row.delivery.text for part in (NUMBER, "中山路5号", WORDS))
    here.clock.advance(seconds=2)
    await here.forward.listen()
    assert not (await here.alarm(case_id)).acknowledged_at
    await here.settle(row, state=DeliveryState.DELIVERED, receipt_at=START + 2_500)
    here.clock.advance(seconds=10)
    await here.forward.listen()
    [passing] = (await here.alarm(case_id)).passings
    assert (passing.sent_at, passing.acknowledged_at) == (START, START + 2_500)


async def test_without_any_way_the_operator_is_told_once_and_it_goes_on_ringing() -> None:
    here = office(operator=True)
    case_id = await here.case()
    for _ in range(3):
        await here.forward.step()
        here.clock.advance(seconds=30)
    alarm = await here.alarm(case_id)
    assert (alarm.state, alarm.missed_at) == (AlarmState.WAITING, START)
    assert len(await here.sent_to(OPERATOR_NUMBER)) == 1
    assert (await here.read(case_id)).is_open
    assert await here.forward.not_through() == 1


async def test_words_behind_the_compartment_do_not_leave_it_but_their_place_does() -> None:
    centre = Centre()
    here = office(centre=centre)
    report = await here.case(Track.REPORT, name="r1", text="民警打人")
    await here.said(report, "民警赵某在建设路12号把我打伤 救命")
    case = await here.read(report)
    beside = await here.case(name="e1", text="")
    assert case.is_restricted
    found = await here.read(beside)
    origin = replace(found.origin, conversation_id=case.origin.conversation_id)
    version = await here.version(beside)
    await here.documents.commit([here.stores.cases.update(replace(found, origin=origin), version)])
    await here.forward.step()
    await here.forward.listen()
    [told] = centre.told
    assert (told.number, told.text, told.places) == (NUMBER, "", ("建设路12号",))
    assert "赵" not in told.line()


async def test_an_emergency_that_is_screened_itself_keeps_its_words_too() -> None:
    centre = Centre()
    here = office(centre=centre)
    case_id = await here.case(text="民警赵某打人 救命", screening=True)
    await here.said(case_id, "民警赵某在建设路12号打人 救命")
    await here.forward.step()
    await here.forward.listen()
    [told] = centre.told
    assert (told.text, told.places, told.number) == ("", ("建设路12号",), NUMBER)


async def test_one_alarm_that_cannot_be_forwarded_holds_up_no_other() -> None:
    centre = Centre()
    here = office(centre=centre)
    bad, good = await here.case(name="bad"), await here.case(name="good")
    version = await here.version(bad)
    await here.store.commit([Update("cases", bad, {"state": "NO_SUCH_STATE"}, version)])
    await here.forward.step()
    assert (await here.alarm(good)).state is AlarmState.FORWARDED


@pytest.mark.parametrize("step", ["before", "intent", "told"])
async def test_a_kill_at_any_point_forwards_after_a_restart_and_acknowledges_once(
    tmp_path: Path, step: str
) -> None:
    clock, centre = FakeClock(START), Centre()
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    here = Office(store, clock, Ways(centre))
    case_id = await here.case()
    if step != "before":
        await here.forward.step()
    if step == "told":  # it was told, and the process died before it could note that it was heard
        await _dies_after_telling(here.forward, here)
        assert len(centre.told) == 1
    await store.close()
    store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    again = Office(store, clock, Ways(centre))
    clock.advance(seconds=61)
    await again.forward.step()
    await again.forward.listen()
    alarm = await again.alarm(case_id)
    assert alarm.acknowledged_at
    assert {report.id for report in centre.told} == {case_id}
    assert len(await again.history(case_id, HistoryKind.FORWARDED_110)) == 1
    assert len(await again.history(case_id, HistoryKind.HEARD_110)) == 1
    await store.close()


async def _dies_after_telling(forward: ForwardAlarms, here: Office) -> None:
    """The store goes away while the command centre answers."""
    commit, commits = here.documents.commit, 0

    async def once(writes: Sequence[Write]) -> None:
        nonlocal commits
        commits += 1
        if commits > 1:
            raise StoreUnavailable("gone")
        await commit(writes)

    here.documents.commit = once  # type: ignore[method-assign]
    await forward.listen()


async def test_an_alarm_and_its_case_are_made_together_or_not_at_all() -> None:
    here = office()
    case_id = await here.case()
    alarm = await here.alarm(case_id)
    assert (alarm.raised_at, alarm.forward_at) == (START, START + 60_000)
    ordinary = await here.case(Track.CONSULT, name="q", applicant=Applicant(address=NUMBER))
    assert await here.stores.alarms.get(ordinary) is None


async def test_many_that_110_does_not_acknowledge_hold_up_no_new_alarm() -> None:
    centre = Centre(hears=False)
    here = office(centre=centre)
    for number in range(51):
        await here.case(name=f"old{number:02}")
    await here.forward.step()
    await here.forward.listen()
    await here.forward.listen()
    assert len(centre.told) == 51  # each of them was told once, the last as well
    await here.pass_seconds(1)
    new = await here.case(name="new")
    await here.forward.step()
    assert (await here.alarm(new)).state is AlarmState.FORWARDED
    centre.told.clear()
    await here.forward.listen()
    assert [told.id for told in centre.told] == [new]
