"""Nothing leaves that another person has not seen, and nothing more than they saw."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from campaigns.campaign import Campaign, CampaignKind, CampaignState, CatchUp
from campaigns.schedule import Cron, Once, Schedule
from campaigns.segment import Segment
from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from channels.outbox.delivery import DeliveryState, MessageClass, WarningLevel
from hub.actions.campaigns.planning.approve_campaign import Consent
from hub.actions.campaigns.planning.count_campaign import Finding
from hub.actions.campaigns.preview_campaign import Preview
from hub.actions.campaigns.settings import Sender
from hub.model.agent import Agent, Role
from hub.model.campaigns.campaign_event import CampaignEventKind as Kind
from hub.model.notification import NotificationKind
from hub.model.people.contact import Contact
from hub.runtime.errors import Invalid, Stale
from tests.unit.hub.actions.campaigns.campaign_office import (
    CHIEF,
    DAY,
    HOUR,
    LEAD,
    NOON,
    OFFICER,
    Office,
    draft,
    open_office,
)

AUTHOR_AND_LEAD = Agent("a1", "both", "u1", (Role.PUBLICITY_LEAD,), NOON)


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path, two_approvers_above=30)
    await made.people(10)
    yield made
    await made.documents.close()


DEAR = {"sms-12110": Sender("sms-12110", ChannelKind.SMS, "福建公安", 10.0, price=Decimal(1))}


async def submitted(office: Office, spec: Once | Cron | None = None, **changes: object) -> Campaign:
    made = await office.desk.create(draft(**changes), "a1")
    return await office.submit(made.id, "a1", spec)


async def now(office: Office, campaign: Campaign) -> Campaign:
    return (await office.desk.get(campaign.id)).value


async def refused(office: Office, campaign: Campaign, agent: Agent, **changes: object) -> dict[str, str]:
    """What an approver is told who may not approve."""
    plain = Consent((await now(office, campaign)).content_digest, 10, 10)
    with pytest.raises(Invalid) as told:
        await office.approve(campaign.id, agent, replace(plain, **changes))  # type: ignore[arg-type]
    return told.value.problems


async def kinds(office: Office, campaign: Campaign) -> list[Kind]:
    """Its history, oldest first."""
    return [event.kind for event in reversed(await office.history.of(campaign.id))]


async def test_a_draft_cannot_be_sent_by_anybody(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    for state in (CampaignState.DRAFT, CampaignState.IN_REVIEW):
        assert (await now(office, made)).state is state
        with pytest.raises(Invalid) as told:
            await office.release(made.id, "a1")
        assert set(told.value.problems) == {"state"}
        if state is CampaignState.DRAFT:
            await office.submit(made.id, "a1")
    assert await office.campaigns.broadcasts_of(made.id) == []


async def test_who_wrote_or_changed_it_cannot_approve_it(office: Office) -> None:
    made = await office.desk.create(draft(), "a1")
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(template="请勿转账。"), version=read.version, by="lead")
    await office.submit(made.id, "a1")
    for agent in (AUTHOR_AND_LEAD, LEAD, OFFICER):
        assert set(await refused(office, made, agent)) == {"state"}
    await office.say_yes(made.id, CHIEF)
    assert (await now(office, made)).state is CampaignState.APPROVED


@pytest.mark.parametrize(
    "changes",
    [
        {"template": "请勿转账给陌生人"},
        {"title": "新标题"},
        {"segment": Segment(("社区",), regions=("350100",))},
        {"channel": "mail", "title": "防诈"},
        {"kind": CampaignKind.NOTICE, "message_class": MessageClass.N},
        {"expiry_seconds": 7200},
        {"public": True, "title": "防诈"},
        {"catch_up": CatchUp.SKIP},
    ],
)
async def test_an_edit_voids_the_approval(office: Office, changes: dict[str, object]) -> None:
    made = await submitted(office, Once(NOON + DAY))
    await office.say_yes(made.id)
    await office.release(made.id, "a1")
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(**changes), version=read.version, by="a1")
    after = await now(office, made)
    assert (after.state, after.standing_approvals) == (CampaignState.DRAFT, ())
    assert (await office.desk.tick(NOON + DAY)).started == ()
    with pytest.raises(Invalid):
        await office.release(made.id, "a1")


async def test_every_field_but_bookkeeping_is_content() -> None:
    """A field that somebody adds is covered without being named."""
    made = Campaign("c", "n", CampaignKind.WARNING, MessageClass.E1, "sms", "t", Segment(("g",)), "a1", NOON)
    for changes in (
        {"department": "traffic"},
        {"level": WarningLevel.YELLOW},
        {"night": True},
        {"schedule": f"once {NOON}"},
        {"budget_yuan": 5},
        {"grace_seconds": 1},
        {"subject": "education"},
    ):
        assert replace(made, **changes).content_digest != made.content_digest
    assert replace(made, name="别名", tags=("x",), reason="r").content_digest == made.content_digest


async def test_a_new_name_voids_nothing(office: Office) -> None:
    made = await submitted(office)
    await office.say_yes(made.id)
    read = await office.desk.get(made.id)
    await office.desk.edit(made.id, draft(name="新名称"), version=read.version, by="a1")
    assert (await now(office, made)).state is CampaignState.APPROVED


async def test_the_sheet_shows_what_will_leave_and_when_it_was_counted(office: Office) -> None:
    office.clock.at = NOON + 8 * HOUR + 10 * 60_000  # 20:10
    made = await submitted(office, Once(NOON + 8 * HOUR + 20 * 60_000))
    sheet = await office.approve.sheet(made.id, CHIEF)
    preview = sheet.count.checked()
    assert len(preview.samples) == 5  # of two pages of recipients in this office
    assert preview.samples[0].text == "【福建公安】请勿向陌生人转账。拒收请回复R"
    assert "*" in preview.samples[0].address
    assert (preview.figures.deliveries, preview.figures.parts, preview.figures.cost_fen) == (10, 10, 50)
    assert preview.figures.counted_at == office.clock.at
    assert preview.estimate.starts_at == NOON + 8 * HOUR + 20 * 60_000
    assert (sheet.needed, sheet.refusal) == (1, "")


async def test_a_number_that_was_not_read_approves_nothing(office: Office) -> None:
    made = await submitted(office)
    assert set(await refused(office, made, CHIEF, typed=9)) == {"typed"}
    assert set(await refused(office, made, CHIEF, shown=8, typed=8)) == {"typed"}  # grown since
    assert set(await refused(office, made, CHIEF, digest="of another text")) == {"state"}
    assert (await now(office, made)).approvals == ()


async def test_a_large_one_needs_two_different_persons(office: Office) -> None:
    await office.people(30, first=10)
    made = await submitted(office)
    await office.say_yes(made.id, LEAD)
    assert (await now(office, made)).state is CampaignState.IN_REVIEW
    assert "另一人" in (await refused(office, made, LEAD, shown=40, typed=40))["state"]
    await office.say_yes(made.id, CHIEF)
    assert (await now(office, made)).state is CampaignState.APPROVED
    assert (await office.release(made.id, "a1")).run is not None


async def test_red_needs_the_right_for_warnings_and_so_does_yellow_at_night(office: Office) -> None:
    red = await submitted(
        office, kind=CampaignKind.WARNING, message_class=MessageClass.E0, template="立即撤离。"
    )
    assert "预警审批权限" in (await refused(office, red, LEAD))["state"]
    await office.say_yes(red.id, CHIEF)
    yellow = await submitted(
        office, kind=CampaignKind.WARNING, message_class=MessageClass.E1, template="今夜大风。"
    )
    assert set(await refused(office, yellow, CHIEF, night=True)) == {"night"}
    read = await office.desk.get(yellow.id)
    marked = replace(read.value, level=WarningLevel.YELLOW)
    await office.documents.commit([office.campaigns.update(marked, read.version)])
    assert (await office.approve.sheet(yellow.id, LEAD)).may_release_night is False
    assert "预警审批权限" in (await refused(office, yellow, LEAD, night=True))["state"]
    await office.say_yes(yellow.id, CHIEF, night=True)
    run = (await office.release(yellow.id, "a1")).run
    assert run is not None
    assert run.night


async def test_everybody_who_may_approve_it_is_told_and_nobody_else(office: Office) -> None:
    for agent in (AUTHOR_AND_LEAD, LEAD, CHIEF):
        await office.agents.insert(agent)
    await submitted(office, kind=CampaignKind.WARNING, message_class=MessageClass.E0, template="立即撤离。")
    told = {agent.id: len(await office.notifications.unread(agent.id)) for agent in (LEAD, CHIEF, OFFICER)}
    assert told == {"lead": 0, "chief": 1, "a1": 0}  # red is not the lead's to approve
    await submitted(office)
    assert len(await office.notifications.unread("lead")) == 1


async def test_it_goes_back_to_its_writer_with_a_reason(office: Office) -> None:
    made = await submitted(office)
    with pytest.raises(Invalid) as told:
        await office.approve.send_back(made.id, CHIEF, " ")
    assert set(told.value.problems) == {"reason"}
    await office.approve.send_back(made.id, CHIEF, "请写明举报电话")
    after = await now(office, made)
    assert (after.state, after.reason) == (CampaignState.DRAFT, "请写明举报电话")
    [word] = await office.notifications.unread("a1")
    assert (word.kind, word.campaign_id) == (NotificationKind.CAMPAIGN_RETURNED, made.id)


async def test_everything_stands_in_the_history_with_who_and_when(office: Office) -> None:
    made = await submitted(office)
    await office.approve.send_back(made.id, CHIEF, "再改")
    await office.submit(made.id, "a1")
    await office.say_yes(made.id)
    await office.release(made.id, "lead")
    await office.desk.pause(made.id, by="chief")
    assert sorted(await kinds(office, made)) == sorted(
        (
            *(Kind.CREATED, Kind.SUBMITTED, Kind.RETURNED, Kind.SUBMITTED),
            *(Kind.APPROVED, Kind.RELEASED, Kind.PAUSED),
        )
    )
    [approved] = [one for one in await office.history.of(made.id) if one.kind is Kind.APPROVED]
    assert (approved.agent_id, approved.at, approved.deliveries) == ("chief", office.clock.at, 10)
    assert approved.digest == made.content_digest


# -- release -----------------------------------------------------------------------------------------


async def test_who_joins_after_the_release_is_not_in_a_plan_for_one_time(office: Office) -> None:
    made = await submitted(office, Once(NOON + HOUR))
    await office.say_yes(made.id)
    await office.release(made.id, "a1")
    office.clock.advance(seconds=60)
    await office.people(5, first=100)
    [run_id] = (await office.desk.tick(NOON + HOUR)).started
    await office.expand(run_id)
    assert await office.outbox.planned(run_id) == 10
    assert {row.created_at for row in await office.rows()} == {NOON + HOUR}


async def test_what_has_grown_goes_back_with_both_numbers_and_nothing_leaves(office: Office) -> None:
    made = await submitted(office)
    await office.say_yes(made.id)
    await office.people(2, first=10)
    released = await office.release(made.id, "a1")
    assert released.grown is not None
    assert (released.grown.reason, released.grown.approved, released.grown.now) == ("people", 10, 12)
    after = await now(office, made)
    assert after.state is CampaignState.IN_REVIEW
    assert after.approvals == ()
    assert "10 人" in after.reason
    assert "12 人" in after.reason
    assert await office.campaigns.broadcasts_of(made.id) == []
    told = {id for id in ("a1", "chief") if await office.notifications.unread(id)}
    assert told == {"a1", "chief"}
    await office.say_yes(made.id)
    assert (await office.release(made.id, "a1")).run is not None


async def test_ten_percent_more_still_leaves(office: Office) -> None:
    made = await submitted(office)
    await office.say_yes(made.id)
    await office.people(1, first=10)
    assert (await office.release(made.id, "a1")).run is not None


async def test_more_than_the_budget_goes_back_unless_it_was_approved_so(tmp_path: Path) -> None:
    office = await open_office(tmp_path, senders=DEAR, growth_percent=100)
    try:
        await office.people(10)
        made = await office.desk.create(draft(), "a1")
        await office.submit(made.id, "a1", budget_yuan=10)
        await office.say_yes(made.id)
        await office.people(2, first=10)
        grown = (await office.release(made.id, "a1")).grown
        assert grown is not None
        assert (grown.reason, grown.approved, grown.now) == ("budget", 1000, 1200)
        sheet = await office.approve.sheet(made.id, CHIEF)
        assert [one.field for one in sheet.count.findings] == ["budget"]
        await office.say_yes(made.id)
        assert (await office.release(made.id, "a1")).run is not None
    finally:
        await office.documents.close()


async def test_a_recurring_one_that_has_grown_waits_and_then_leaves_for_that_time_once(
    office: Office,
) -> None:
    made = await submitted(office, Cron("0 9 * * *"))
    await office.say_yes(made.id)
    await office.release(made.id, "a1")
    await office.people(5, first=10)
    slot = NOON + DAY - 3 * HOUR
    office.clock.at = slot
    for _ in range(2):
        tick = await office.desk.tick()
        assert (tick.started, await office.rows()) == ((), [])
    held = await now(office, made)
    assert (held.state, held.held_slot) == (CampaignState.IN_REVIEW, slot)
    assert [one.kind for one in await office.notifications.unread("chief")] == [
        NotificationKind.CAMPAIGN_HELD
    ]
    office.clock.advance(seconds=600)
    await office.say_yes(made.id)
    run = (await office.release(made.id, "a1")).run
    assert run is not None
    assert run.fire_at == slot
    await office.expand(run.id)
    assert await office.outbox.planned(run.id) == 15
    assert await office.desk.upcoming() == {made.id: slot + DAY}
    await office.send(DeliveryState.DELIVERED)
    await office.desk.tick()
    assert (await now(office, made)).state is CampaignState.SCHEDULED


async def test_what_an_earlier_release_of_the_program_let_go_keeps_running(office: Office) -> None:
    """Stored before approvals existed: scheduled, without one."""
    old = Campaign(
        "old",
        "每日提醒",
        CampaignKind.EDUCATION,
        MessageClass.L,
        "sms-12110",
        "请勿转账。",
        Segment(("社区",)),
        "a1",
        NOON,
        schedule="cron 0 9 * * *",
        state=CampaignState.SCHEDULED,
    )
    plan = Schedule("old", old.schedule, NOON + DAY - 3 * HOUR, NOON)
    await office.documents.commit([office.campaigns.insert(old), office.schedules.insert(plan)])
    office.clock.at = plan.next_at
    assert len((await office.desk.tick()).started) == 1


# -- mistakes, by field, at each of the three ---------------------------------------------------------


async def test_a_mistake_is_said_by_its_field_at_submit_and_changes_nothing(office: Office) -> None:
    made = await office.desk.create(draft(segment=Segment(("社区",), regions=("000000",))), "a1")
    for spec, fields in ((Once(NOON - 1), {"schedule", "groups"}), (None, {"groups"})):
        with pytest.raises(Invalid) as told:
            await office.submit(made.id, "a1", spec)
        assert set(told.value.problems) == fields
    assert (await now(office, made)).state is CampaignState.DRAFT


async def test_twelve_percent_bad_numbers_are_refused(office: Office) -> None:
    writes = []
    for place in range(2):
        contact = Contact(f"x{place}", NOON, region="350100", name="坏")
        writes.append(
            office.memberships.join(contact, Address(AddressKind.EMAIL, f"x{place}@x.cn"), "社区", at=NOON)
        )
    await office.documents.commit(writes)
    with pytest.raises(Invalid) as told:
        await submitted(office)
    assert "17%" in told.value.problems["groups"]


async def test_a_time_that_passes_during_review_is_refused_at_approval_and_at_release(
    office: Office,
) -> None:
    made = await submitted(office, Once(NOON + HOUR))
    waits = await submitted(office, Once(NOON + HOUR))
    await office.say_yes(made.id)
    office.clock.at = NOON + 2 * HOUR
    with pytest.raises(Invalid) as told:
        await office.release(made.id, "a1")
    assert set(told.value.problems) == {"schedule"}
    assert (await now(office, made)).state is CampaignState.APPROVED
    assert set(await refused(office, waits, CHIEF)) == {"schedule"}


async def test_what_others_check_blocks_or_only_warns(tmp_path: Path) -> None:
    found = [Finding("template", "含有敏感词“中奖”", blocks=True)]

    async def words(campaign: Campaign, preview: Preview) -> Sequence[Finding]:
        return found

    office = await open_office(tmp_path, checks=(words,))
    try:
        await office.people(3)
        with pytest.raises(Invalid) as told:
            await submitted(office)
        assert told.value.problems == {"template": "含有敏感词“中奖”"}
        found[0] = replace(found[0], blocks=False)
        made = await submitted(office)
        sheet = await office.approve.sheet(made.id, CHIEF)
        assert [one.text for one in sheet.count.findings] == ["含有敏感词“中奖”"]
    finally:
        await office.documents.close()


async def test_of_two_approvers_at_once_one_looks_again(office: Office) -> None:
    made = await submitted(office)
    read = await office.desk.get(made.id)
    await office.say_yes(made.id)
    with pytest.raises(Stale):
        await office.desk.edit(made.id, draft(template="甲"), version=read.version, by="a1")
