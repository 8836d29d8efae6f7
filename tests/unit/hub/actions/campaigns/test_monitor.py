"""What an operator sees while a broadcast runs, and what may be done about what went wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from campaigns.broadcast import Broadcast, BroadcastState
from campaigns.campaign import Campaign, CampaignKind, CampaignState
from campaigns.segment import Segment
from campaigns.totals import Carrier
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.actions.campaigns.correct_broadcast import CorrectBroadcast
from hub.actions.campaigns.decide_ambiguous import BulkDecision, DecideAmbiguous
from hub.actions.campaigns.monitor_campaign import MonitorCampaign, Pulse
from hub.actions.campaigns.note_restart import NoteRestart
from hub.actions.campaigns.read_lanes import ReadLanes
from hub.actions.campaigns.tick_campaigns import ALARM
from hub.actions.campaigns.watch_campaign import WatchCampaign
from hub.repositories.sending.counts import SendingCounts
from hub.repositories.sending.reached import Reached
from hub.runtime.errors import Invalid, NotFound
from tests.unit.hub.actions.campaigns.campaign_office import NOON, Office, draft, open_office

S = DeliveryState
WARNING = {"kind": CampaignKind.WARNING, "message_class": MessageClass.E1}


def watch_of(office: Office) -> WatchCampaign:
    return WatchCampaign(office.campaigns, office.schedules, office.outbox, office.clock, office.settings)


async def pulse_of(office: Office, campaign_id: str) -> Pulse:
    counts = SendingCounts(office.documents)
    seen = await MonitorCampaign(watch_of(office), counts, office.clock, office.settings)(campaign_id)
    assert seen.pulse is not None
    return seen.pulse


async def begun(office: Office, **changes: object) -> tuple[Campaign, Broadcast]:
    """A campaign whose recipients are all in the outbox."""
    made = await office.desk.create(draft(**changes), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    return made, run


def correction_of(office: Office) -> CorrectBroadcast:
    reached = Reached(office.documents, office.vault)
    return CorrectBroadcast(office.documents, office.campaigns, office.desk, reached, office.clock)


# -- the pulse ---------------------------------------------------------------------------------------


async def test_a_campaign_that_never_ran_has_no_pulse(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    counts = SendingCounts(office.documents)
    seen = await MonitorCampaign(watch_of(office), counts, office.clock, office.settings)(made.id)
    assert (seen.pulse, seen.watched.runs) == (None, ())


async def test_the_rate_is_measured_and_the_end_follows_from_it(office: Office) -> None:
    made, _ = await begun(office)
    by_contract = await pulse_of(office, made.id)
    assert by_contract.finishes_at == NOON + 1000  # ten parts, ten a second
    await office.send(S.ACCEPTED, limit=4)
    office.clock.at += 10_000
    seen = await pulse_of(office, made.id)
    assert seen.rate == pytest.approx(4 / 10)
    assert seen.limit == 10.0
    assert seen.finishes_at == office.clock.at + 15_000  # six are left, at the rate that was measured
    assert (seen.sender, seen.lane) == ("sms-12110", 3)
    assert seen.carriers[0][0] is Carrier.MOBILE
    assert seen.carriers[0][1].taken == 4
    assert not seen.pauses


async def test_a_night_in_between_is_in_the_estimate(office: Office) -> None:
    made, _ = await begun(office)
    office.clock.at = NOON + (8 * 60 + 30) * 60_000 - 500  # half a second before 20:30
    seen = await pulse_of(office, made.id)
    assert seen.pauses
    assert seen.finishes_at == NOON + 21 * 3_600_000 + 500


async def test_every_lane_says_what_waits_since_when_and_what_runs(office: Office) -> None:
    lesson, _ = await begun(office)
    warning, _ = await begun(office, name="预警", **WARNING)
    await office.send(S.ACCEPTED, limit=3)
    office.clock.at += 20_000
    counts = SendingCounts(office.documents)
    read = ReadLanes(office.campaigns, office.outbox, counts, watch_of(office), office.clock, office.settings)
    texts, mail = await read()
    assert (texts.sender, texts.limit, texts.rate) == ("sms-12110", 10.0, 3 / 20)
    assert [(lane.number, lane.waiting, lane.since) for lane in texts.lanes] == [
        (0, 0, 0),
        (1, 7, NOON),
        (2, 0, 0),
        (3, 10, NOON),
    ]
    running = {lane.number: [one.name for one in lane.running] for lane in texts.lanes}
    assert running == {0: [], 1: ["预警"], 2: [], 3: ["防诈提醒"]}
    assert not any(lane.waiting or lane.running for lane in mail.lanes)
    await office.desk.cancel(warning.id)
    await office.desk.cancel(lesson.id)
    assert not any(lane.running for lane in (await read())[0].lanes)


# -- pause, resume, restart --------------------------------------------------------------------------


async def test_what_leaves_after_the_click_is_told_and_resume_names_the_place(office: Office) -> None:
    made, run = await begun(office)
    await office.send(S.DELIVERED, limit=3)
    in_flight = await office.outbox.mark_sending(
        await office.outbox.claim("sms-12110", lanes=(3,), limit=2, lease_seconds=45), lease_seconds=45
    )
    await office.desk.pause(made.id)
    assert (await pulse_of(office, made.id)).after_click == 0
    await office.outbox.settle([Change(row, settled(row.delivery, S.ACCEPTED, "")) for row in in_flight])
    seen = await pulse_of(office, made.id)
    assert (seen.after_click, seen.finishes_at) == (2, 0)
    office.clock.at += 5000
    await office.desk.resume(made.id)
    after = await pulse_of(office, made.id)
    assert (after.after_click, after.resumed_at, after.resumed_from) == (None, NOON + 5000, 6)
    again = await office.campaigns.broadcast(run.id)
    assert again is not None
    assert again.value.taken_at_pause == 3


async def test_after_a_restart_a_run_says_where_it_went_on(office: Office) -> None:
    made, run = await begun(office)
    await office.send(S.DELIVERED, limit=7)
    _, untouched = await begun(office, name="还没有发出")
    note = NoteRestart(office.documents, office.campaigns, watch_of(office), office.clock)
    assert await note() == 1
    for id, place in ((run.id, 8), (untouched.id, 0)):
        read = await office.campaigns.broadcast(id)
        assert read is not None
        assert read.value.resumed_from == place
    await office.desk.pause(made.id)
    assert await note() == 0


async def test_a_red_warning_that_fails_goes_on_and_says_so_once(tmp_path: Path) -> None:
    office = await open_office(tmp_path, brake_after=5, page_size=100)
    try:
        await office.people(10)
        made, run = await begun(office, kind=CampaignKind.WARNING, message_class=MessageClass.E0)
        await office.send(S.FAILED, limit=6)
        await office.desk.tick()
        campaign = (await office.desk.get(made.id)).value
        assert (campaign.state, campaign.reason) == (CampaignState.RUNNING, ALARM)
        version = (await office.desk.get(made.id)).version
        await office.desk.tick()
        assert (await office.desk.get(made.id)).version == version
        await office.send(S.DELIVERED)
        await office.desk.tick()
        ended = (await office.desk.get(made.id)).value
        assert (ended.state, ended.reason) == (CampaignState.FINISHED, "")
        read = await office.campaigns.broadcast(run.id)
        assert read is not None
        assert read.value.state is BroadcastState.FINISHED
    finally:
        await office.documents.close()


# -- correction --------------------------------------------------------------------------------------


async def in_every_state(office: Office) -> tuple[Campaign, Broadcast, dict[str, DeliveryState]]:
    """A broadcast with a row in each end it may have; number → state."""
    made, run = await begun(office)
    ends = (S.ACCEPTED, S.SENT, S.DELIVERED, S.AMBIGUOUS, S.FAILED, S.SUPPRESSED)
    for state in ends:
        moved = S.ACCEPTED if state is S.SENT else state
        await office.send(moved, limit=1)
    rows = await office.rows()
    sent = next(row for row in rows if row.state is S.ACCEPTED)
    undelivered = next(row for row in rows if row.state is S.ACCEPTED and row.id != sent.id)
    read = await office.outbox.reread([sent.id, undelivered.id])
    await office.outbox.settle(
        [
            Change(read[sent.id], settled(sent, S.SENT, "")),
            Change(read[undelivered.id], settled(undelivered, S.UNDELIVERED, "30003")),
        ]
    )
    await office.send(S.ACCEPTED, limit=1)
    await office.outbox.mark_sending(
        await office.outbox.claim("sms-12110", lanes=(3,), limit=1, lease_seconds=45), lease_seconds=45
    )
    return made, run, {row.recipient.value: row.state for row in await office.rows()}


async def test_a_correction_reaches_exactly_those_who_may_have_received_the_first(office: Office) -> None:
    made, run, states = await in_every_state(office)
    maybe = {S.ACCEPTED, S.SENT, S.DELIVERED, S.AMBIGUOUS, S.SENDING}
    wanted = {number for number, state in states.items() if state in maybe}
    assert {states[number] for number in wanted} == maybe
    correct = correction_of(office)
    looked = await correct.look(made.id, run.id)
    assert (looked.reached, looked.stops) == (len(wanted) - 1, True)  # one is being sent at this moment
    corrected = await correct("a2", made.id, run.id)
    assert corrected.state is CampaignState.DRAFT
    assert (await office.desk.get(made.id)).value.state is CampaignState.CANCELED
    await office.outbox.sweep_origins(limit=100)

    text = draft(template="更正：请以本条为准。", segment=Segment(("社区",)))
    version = (await office.desk.get(corrected.id)).version
    await office.desk.edit(corrected.id, text, version=version, by="a1")
    second = await office.start_now(corrected.id)
    await office.expand(second.id)
    rows = [row for row in await office.rows() if row.origin_id == second.id]
    assert {row.recipient.value for row in rows} == wanted
    assert len(rows) == len(wanted)
    assert all(
        row.state is S.CANCELED for row in await office.rows() if states[row.recipient.value] is S.READY
    )


async def test_a_correction_is_made_once_and_again_only_after_it_was_dropped(office: Office) -> None:
    made, run, _ = await in_every_state(office)
    first, second = await asyncio.gather(
        *(correction_of(one)("a2", made.id, run.id) for one in (office, office.second()))
    )
    assert first.id == second.id
    await office.desk.cancel(first.id)
    assert (await correction_of(office)("a2", made.id, run.id)).id != first.id
    with pytest.raises(NotFound):
        await correction_of(office).look(first.id, run.id)


async def test_somebody_whose_receipt_comes_while_the_correction_is_written_is_not_missed(
    office: Office,
) -> None:
    _, run = await begun(office)
    await office.send(S.ACCEPTED, limit=10)
    reached = Reached(office.documents, office.vault)
    first = await reached.page(run.id, after="", limit=4)
    rows = await office.outbox.reread([row.id for row in await office.rows()])
    await office.outbox.settle([Change(row, settled(row.delivery, S.DELIVERED, "")) for row in rows.values()])
    seen, after = [*first], first[-1].id
    while page := await reached.page(run.id, after=after, limit=4):
        seen += page
        after = page[-1].id
    assert {one.address for one in seen} == {row.recipient for row in await office.rows()}


async def test_a_broadcast_whose_recipients_are_erased_cannot_be_corrected(office: Office) -> None:
    made, run = await begun(office)
    await office.send(S.DELIVERED)
    await office.desk.tick()
    read = await office.campaigns.broadcast(run.id)
    assert read is not None
    gone = replace(read.value, forgotten_at=NOON)
    await office.documents.commit([office.campaigns.update_broadcast(gone, read.version)])
    with pytest.raises(Invalid, match="state"):
        await correction_of(office)("a2", made.id, run.id)


# -- what nobody knows -------------------------------------------------------------------------------


async def doubtful(office: Office, number: int, **changes: object) -> Campaign:
    made, _ = await begun(office, **changes)
    rows = await office.outbox.claim("sms-12110", lanes=(0, 1, 2, 3), limit=number, lease_seconds=45)
    sending = await office.outbox.mark_sending(rows, lease_seconds=45)
    now = office.clock.now_ms()
    await office.outbox.settle(
        [Change(r, settled(r.delivery, S.AMBIGUOUS, "timeout").moved(receipt_at=now)) for r in sending]
    )
    return made


async def states(office: Office) -> list[DeliveryState]:
    return sorted(row.state for row in await office.rows())


@pytest.mark.parametrize(
    ("verdict", "state"),
    [(BulkDecision.SENT, S.SENT), (BulkDecision.AGAIN, S.READY), (BulkDecision.UNKNOWN, S.UNKNOWN)],
)
async def test_a_decision_about_all_of_them_twice_is_once(
    office: Office, verdict: BulkDecision, state: DeliveryState
) -> None:
    made = await doubtful(office, 10, **WARNING)
    decide = DecideAmbiguous(office.campaigns, office.outbox, office.clock)
    seen = await decide.look(made.id)
    assert (len(seen.rows), seen.total, seen.late, seen.may_resend) == (10, 10, 0, True)
    done = await decide("a1", made.id, verdict, before=seen.at)
    assert (done.decided, done.late) == (10, 0)
    assert await states(office) == [state] * 10
    again = await decide("a1", made.id, verdict, before=seen.at)
    assert again.decided == 0
    assert (await decide.look(made.id)).total == 0


async def test_what_became_doubtful_after_the_look_waits_for_the_next_one(office: Office) -> None:
    made = await doubtful(office, 4, **WARNING)
    decide = DecideAmbiguous(office.campaigns, office.outbox, office.clock)
    before = office.clock.now_ms() - 1
    assert (await decide("a1", made.id, BulkDecision.SENT, before=before)).decided == 0
    assert (await states(office)).count(S.AMBIGUOUS) == 4


async def test_law_education_is_never_sent_again_nor_what_is_too_late(office: Office) -> None:
    lesson = await doubtful(office, 10)
    decide = DecideAmbiguous(office.campaigns, office.outbox, office.clock)
    assert not (await decide.look(lesson.id)).may_resend
    with pytest.raises(Invalid, match="verdict"):
        await decide("a1", lesson.id, BulkDecision.AGAIN, before=office.clock.now_ms())
    assert await states(office) == [S.AMBIGUOUS] * 10
    warning = await doubtful(office, 10, name="预警", **WARNING)
    office.clock.at += 3 * 3_600_000
    assert (await decide.look(warning.id)).late == 10
    done = await decide("a1", warning.id, BulkDecision.AGAIN, before=office.clock.now_ms())
    assert (done.decided, done.late) == (0, 10)
