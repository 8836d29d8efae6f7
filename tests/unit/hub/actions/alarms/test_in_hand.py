"""What officers do about alarms: exactly one takes one, both times of a telephone call are kept."""

from __future__ import annotations

import asyncio

import pytest

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.alarms.alarm import AlarmState, ForwardReason, Way
from hub.model.cases.case import Applicant
from hub.model.cases.history import HistoryKind
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.runtime.errors import Invalid, NotFound, Stale
from tests.unit.hub.actions.alarms.alarm_office import (
    LI,
    START,
    SUN,
    ZHOU,
    Centre,
    agent,
    office,
)


async def test_of_two_officers_exactly_one_takes_it_and_the_case_with_it() -> None:
    here = office()
    case_id = await here.case()
    done = await asyncio.gather(
        here.in_hand.take(LI, case_id), here.second().in_hand.take(ZHOU, case_id), return_exceptions=True
    )
    assert {type(one) for one in done} == {type(None), Stale}
    alarm, case = await here.alarm(case_id), await here.read(case_id)
    assert alarm.by == case.handler_id
    assert (alarm.state, alarm.confirmed_at, case.state) == (AlarmState.TAKEN, START, CaseState.HANDLING)
    with pytest.raises(Stale):
        await here.in_hand.take(ZHOU if alarm.by == LI.id else LI, case_id)


async def test_a_telephone_call_keeps_when_it_was_dialled_and_who_answered_when() -> None:
    here = office()
    case_id = await here.case()
    await here.in_hand.dial(LI, case_id)
    here.clock.advance(seconds=100)
    await here.forward.step()
    assert (await here.alarm(case_id)).state is AlarmState.TAKEN  # who dials has it in hand
    with pytest.raises(Invalid):
        await here.in_hand.answered(LI, case_id, " ")
    await here.in_hand.answered(LI, case_id, "接警员 0123")
    alarm = await here.alarm(case_id)
    [passing] = alarm.passings
    assert (passing.way, passing.sent_at, passing.acknowledged_at) == (
        Way.TELEPHONE,
        START,
        START + 100_000,
    )
    assert (alarm.reason, alarm.answered_by) == (ForwardReason.PERSON, "接警员 0123")
    assert (await here.read(case_id)).state is CaseState.HANDED_OFF
    [entry] = await here.history(case_id, HistoryKind.FORWARDED_110)
    assert (entry.actor, entry.facts["ways"]) == (LI.id, "telephone")
    stored = await here.store.get("alarms", case_id)
    assert "0123" not in str(stored)  # a name is sealed


async def test_an_officer_passes_it_on_by_a_configured_way_only() -> None:
    centre = Centre()
    here = office(centre=centre)
    case_id = await here.case()
    with pytest.raises(Invalid):
        await here.in_hand.pass_on(LI, case_id, Way.TEXT)
    await here.in_hand.pass_on(LI, case_id, Way.WEBHOOK)
    await here.forward.listen()
    assert len(centre.told) == 1
    assert (await here.alarm(case_id)).by == LI.id
    with pytest.raises(Stale):  # 110 has it: nothing is told twice
        await here.in_hand.pass_on(LI, case_id, Way.WEBHOOK)


async def test_a_supervisor_on_duty_hands_over_too() -> None:
    here = office()
    case_id = await here.case()
    chief = agent("chief", Role.SUPERVISOR)
    await here.in_hand.dial(chief, case_id)
    await here.in_hand.answered(chief, case_id, "0123")
    assert (await here.read(case_id)).state is CaseState.HANDED_OFF


async def test_what_another_has_in_hand_is_not_passed_on_behind_their_back() -> None:
    here = office(centre=Centre())
    case_id = await here.case()
    await here.in_hand.take(LI, case_id)
    with pytest.raises(Stale):
        await here.in_hand.pass_on(ZHOU, case_id, Way.WEBHOOK)


async def test_what_was_forwarded_and_not_heard_can_be_taken_and_telephoned() -> None:
    here = office(centre=Centre(hears=False))
    case_id = await here.case()
    await here.forward.step()
    await here.in_hand.dial(LI, case_id)
    await here.in_hand.answered(LI, case_id, "0123")
    alarm = await here.alarm(case_id)
    assert alarm.acknowledged_at
    assert not alarm.is_unconfirmed


async def test_an_inspector_does_not_see_an_ordinary_emergency() -> None:
    here = office()
    case_id = await here.case()
    with pytest.raises(NotFound):
        await here.in_hand.take(SUN, case_id)


async def test_the_full_number_is_shown_to_who_is_on_duty_and_each_look_is_recorded_once() -> None:
    here = office()
    case_id = await here.case()
    [card] = (await here.board(LI)).ringing.cards
    assert not card.is_full
    assert "****" in card.number
    assert await here.history(case_id, HistoryKind.REVEALED) == []
    await here.on_duty()
    for _ in range(2):
        [card] = (await here.board(LI)).ringing.cards
        assert card.is_full
        assert card.number == "+8613800138000"
        assert card.version == await here.version(case_id)
    [entry] = await here.history(case_id, HistoryKind.REVEALED)
    assert entry.actor == LI.id
    [card] = (await here.board(ZHOU)).ringing.cards
    assert not card.is_full


async def test_the_page_shows_nothing_of_a_case_that_does_not_exist_for_its_reader() -> None:
    here = office()
    await here.case()
    await here.case(Track.CONSULT, name="s1", flags=("possible_danger",), screening=True)
    await here.case(Track.CONSULT, name="p1", flags=("possible_danger",))
    ordinary, inspector = await here.board(LI), await here.board(SUN)
    assert [card.case.id for card in ordinary.ringing.cards] == ["c1"]
    assert [item.case.id for item in ordinary.possible] == ["p1"]
    assert [card.case.id for card in inspector.ringing.cards] == []
    assert [item.case.id for item in inspector.possible] == ["s1"]
    assert (await here.board.unconfirmed(LI), await here.board.unconfirmed(SUN)) == (1, 0)


async def test_a_chat_has_no_number_to_tell_or_to_show() -> None:
    here = office()
    await here.on_duty()
    await here.case(kind=ChannelKind.CHAT, applicant=Applicant(address="token-of-a-browser"))
    [card] = (await here.board(LI)).ringing.cards
    assert (card.report.number, card.is_full, card.number) == ("", False, "网页访客")
    assert "token" not in card.report.line()


async def test_however_many_ring_all_are_shown_or_counted_and_none_twice() -> None:
    here = office()
    ids = [await here.case(name=f"c{number:03}") for number in range(260)]
    ringing = (await here.board(LI)).ringing
    assert [one.case.id for one in (*ringing.cards, *ringing.lines)] == ids[:250]
    assert (len(ringing.cards), ringing.count, ringing.beyond) == (50, 260, 10)
    assert await here.board.unconfirmed(LI) == 260
    assert "****" in ringing.lines[0].number


async def test_what_is_in_hand_is_not_hidden_by_what_rings_since() -> None:
    here = office()
    mine, *theirs = [await here.case(name=f"t{number:02}") for number in range(25)]
    await here.in_hand.take(LI, mine)
    for case_id in theirs:
        await here.in_hand.take(ZHOU, case_id)
    here.clock.at += 1
    rings = [await here.case(name=f"z{number:02}") for number in range(25)]
    board = await here.board(LI)
    assert board.in_hand.cards[0].case.id == mine  # the agent's own first, however old
    assert (len(board.in_hand.cards), len(board.in_hand.lines), board.in_hand.count) == (20, 5, 25)
    assert [card.case.id for card in board.ringing.cards] == rings


async def test_the_operator_is_told_how_many_did_not_get_through_beyond_a_page_of_them() -> None:
    here = office(centre=Centre(hears=False))
    for number in range(60):
        await here.case(name=f"c{number:02}")
    await here.forward.step()  # nobody is on duty
    here.clock.at += 61_000
    assert await here.forward.not_through() == 60
    assert await here.forward.unheard_today() == 60
