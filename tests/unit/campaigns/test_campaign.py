"""Campaigns and broadcasts: what may follow what, and what may still change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaigns import broadcast as broadcasts
from campaigns import campaign as campaigns
from campaigns import segment as segments
from campaigns.broadcast import BroadcastState, broadcast_id
from campaigns.campaign import CampaignState
from campaigns.errors import BadTemplate, MoveRefused, TextFrozen
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import MessageClass
from tests.unit.campaigns.stage import NOON, broadcast, campaign

ENDED = (CampaignState.FINISHED, CampaignState.CANCELED, CampaignState.EXPIRED)


def test_every_state_has_its_line_in_the_tables() -> None:
    assert set(campaigns.MOVES) == set(CampaignState)
    assert set(broadcasts.MOVES) == set(BroadcastState)


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_campaign_stays_ended(state: CampaignState) -> None:
    for wanted in CampaignState:
        with pytest.raises(MoveRefused):
            replace(campaign(), state=state).moved(wanted, NOON)


def test_a_campaign_remembers_when_it_first_started_and_when_it_ended() -> None:
    running = campaign(state=CampaignState.APPROVED).moved(CampaignState.RUNNING, 5)
    paused = running.moved(CampaignState.PAUSED, 6)
    ended = paused.moved(CampaignState.RUNNING, 7).moved(CampaignState.FINISHED, 8)
    assert (running.started_at, paused.ended_at) == (5, 0)
    assert (ended.started_at, ended.ended_at) == (5, 8)


def test_text_may_change_until_something_has_left() -> None:
    scheduled = campaign(state=CampaignState.APPROVED).moved(CampaignState.SCHEDULED, 5)
    assert scheduled.edited(6, template="新内容").template == "新内容"
    started = scheduled.moved(CampaignState.RUNNING, 7)
    for state in (started, started.moved(CampaignState.PAUSED, 8), started.moved(CampaignState.SCHEDULED, 8)):
        with pytest.raises(TextFrozen):
            state.edited(9, template="新内容")
        with pytest.raises(TextFrozen):
            state.edited(9, segment=Segment(("别的",)))
        assert state.edited(9, name="新名称", template=state.template).name == "新名称"


def test_an_ended_campaign_cannot_be_edited() -> None:
    with pytest.raises(MoveRefused):
        campaign().moved(CampaignState.CANCELED, 5).edited(6, name="新名称")


def test_a_run_is_named_after_its_campaign_and_time_and_frozen() -> None:
    run = broadcast()
    assert run.id == broadcast_id("c1", NOON) == f"c1:{NOON}"
    assert run.personal is False
    assert broadcast(template="{name|您}好").personal is True


def test_a_late_run_does_not_live_longer() -> None:
    late = broadcasts.start(
        campaign(expiry_seconds=7200), fire_at=NOON, now=NOON + 3_600_000, kind=ChannelKind.SMS, signature=""
    )
    assert late.expires_at == NOON + 7_200_000
    assert late.snapshot_at == NOON + 3_600_000


def test_the_message_class_gives_the_life_of_a_run() -> None:
    assert broadcast(message_class=MessageClass.N).expires_at == NOON + 24 * 3_600_000


def test_a_template_that_fails_the_lint_never_starts() -> None:
    with pytest.raises(BadTemplate):
        broadcast(template="{name}")


def test_pause_and_cancel_raise_the_epoch_and_resume_goes_on_where_it_was() -> None:
    run = broadcast()
    paused = run.moved(BroadcastState.PAUSED, 5)
    assert paused.epoch == run.epoch + 1
    assert paused.resumed(6).state is BroadcastState.PLANNING
    assert replace(paused, expanded=True).resumed(6).state is BroadcastState.RUNNING
    canceled = paused.moved(BroadcastState.CANCELED, 7)
    assert (canceled.epoch, canceled.ended_at, canceled.is_active) == (run.epoch + 2, 7, False)
    with pytest.raises(MoveRefused):
        canceled.resumed(8)


@pytest.mark.parametrize(
    ("segment", "fields"),
    [
        (Segment(()), {"groups"}),
        (Segment(("a:b",)), {"groups"}),
        (Segment(("社区", "社区")), {"groups"}),
        (Segment(("没有的",)), {"groups"}),
        (Segment(("社区",), regions=("",), language="fr"), {"regions", "language"}),
        (Segment(("社区",), regions=("350100",), language="zh"), set()),
    ],
)
def test_a_segment_says_what_is_wrong_by_field(segment: Segment, fields: set[str]) -> None:
    assert set(segments.problems(segment, groups={"社区"})) == fields


def test_a_segment_is_said_in_one_line() -> None:
    segment = Segment(("社区", "学校"), regions=("350100",), language="zh")
    assert segments.describe(segment, region_names={"350100": "福州"}) == "社区、学校 · 福州 · 中文"
    assert (
        segments.describe(segment, "en", region_names={"350100": "Fuzhou"}) == "社区, 学校 · Fuzhou · Chinese"
    )
