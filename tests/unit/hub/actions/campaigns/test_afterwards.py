"""After a broadcast: who answered, what the report says, and that it still says so without the recipients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
import pytest_asyncio

from campaigns.broadcast import Broadcast
from campaigns.segment import Segment
from campaigns.totals import Minute
from channels.address import phone
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, DeliveryState
from channels.outbox.ports import Change
from channels.outbox.retry import settled
from hub.actions.campaigns.note_responses import WITHIN_MS, NoteResponses
from hub.actions.campaigns.report_campaign import (
    MOST_POINTS,
    CampaignReport,
    ReportCampaign,
    step_of,
    stepped,
)
from hub.actions.campaigns.settings import Sender
from hub.actions.campaigns.watch_campaign import WatchCampaign
from hub.actions.deliveries.decide_delivery import DecideDelivery, Decision
from hub.actions.retention.forget_recipients import ForgetRecipients
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Invalid
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.campaigns.campaign_office import DAY, HOUR, NOON, Office, draft, office_on

S = DeliveryState
PRICE = Decimal("0.05")
OFFICER = Agent("o1", "officer", "", (Role.PUBLICITY,), 0)
HANDLER = Agent("h1", "handler", "", (Role.HANDLER,), 0)
INSPECTOR = Agent("i1", "inspector", "", (Role.INSPECTOR,), 0)


@dataclass
class After:
    """An office with everything a hub stores, and a broadcast that reached ten people."""

    office: Office
    stores: Repositories
    run: Broadcast
    campaign_id: str

    async def wrote(self, place: int, *, at: int, case_id: str = "", out: bool = False) -> None:
        """The citizen number `place` wrote something."""
        key = self.office.vault.blind(phone(f"1380000{place:04}").key)
        id = self.stores.conversations.id_for("sms-12110", key)
        read = await self.stores.conversations.get(id)
        count = read.value.count + 1 if read else 1
        talk = Conversation(id, "sms-12110", ChannelKind.SMS, "", key, at, at, count=count)
        message = Message(
            f"sms-12110:{id}{count}", id, count, Direction.IN, Author.CITIZEN, at, case_id, text="好"
        )
        wishes = await self.stores.suppressions.wish(key, "", out=True, by="sms", at=at) if out else []
        known = self.stores.conversations.update(talk, read.version) if read else None
        await self.office.documents.commit(
            [
                known or self.stores.conversations.insert(talk),
                self.stores.conversations.insert_message(message),
                *wishes,
            ]
        )

    async def noted(self) -> None:
        note = NoteResponses(self.office.documents, self.stores, self.office.clock)
        while await note.step():
            pass

    async def report(self, agent: Agent = OFFICER) -> CampaignReport:
        watch = WatchCampaign(
            self.office.campaigns,
            self.office.schedules,
            self.office.outbox,
            self.office.clock,
            self.office.settings,
        )
        report = ReportCampaign(self.stores, watch, self.office.clock, self.office.settings)
        return await report(agent, self.campaign_id)


@pytest_asyncio.fixture
async def after() -> AsyncIterator[After]:
    clock = FakeClock(NOON)
    texts = Sender("sms-12110", ChannelKind.SMS, price=PRICE)
    store = MemoryDocuments(COLLECTIONS, clock=clock)
    office = office_on(store, clock, page_size=100, senders={"sms-12110": texts})
    await office.people(10)
    made = await office.desk.create(draft(), "a1")
    run = await office.start_now(made.id)
    await office.expand(run.id)
    rows = await office.outbox.claim("sms-12110", lanes=(3,), limit=10, lease_seconds=45)
    sending = await office.outbox.mark_sending(rows, lease_seconds=45)
    ends = [S.ACCEPTED] * 8 + [S.FAILED, S.AMBIGUOUS]
    await office.outbox.settle(
        [Change(row, _ended(row.delivery, end)) for row, end in zip(sending, ends, strict=True)]
    )
    await office.desk.tick()
    yield After(office, repositories(office.documents, office.vault, cities={}), run, made.id)


def _ended(delivery: Delivery, end: DeliveryState) -> Delivery:
    after = settled(delivery, end, "21211" if end is S.FAILED else "")
    return after.moved(accepted_at=NOON, receipt_at=NOON) if end is S.ACCEPTED else after


async def a_case(after: After, id: str, compartment: Compartment = Compartment.NONE) -> None:
    await after.office.documents.commit([after.stores.cases.insert(_case(id, compartment))])


def _case(id: str, compartment: Compartment) -> Case:
    plain = Proceeding(Track.SERVICE, CaseState.HANDLING)
    return Case(id, id, NOON, NOON, plain, Origin("sms-12110", "sms"), compartment=compartment)


async def reached(after: After, state: DeliveryState = S.ACCEPTED) -> list[int]:
    """The places of those whose row is in `state`."""
    rows = await after.office.rows()
    return sorted(int(row.recipient.value[-4:]) for row in rows if row.state is state)


async def test_replies_and_opt_outs_of_those_it_reached_are_noted_once(after: After) -> None:
    first, second, third, *_ = await reached(after)
    [failed], [doubtful] = await reached(after, S.FAILED), await reached(after, S.AMBIGUOUS)
    await a_case(after, "c1")
    await after.wrote(first, at=NOON + HOUR, case_id="c1")
    await after.wrote(first, at=NOON + 2 * HOUR, case_id="c1")
    await after.wrote(second, at=NOON + HOUR, out=True)
    await after.wrote(third, at=NOON - 1)  # before it reached them
    await after.wrote(99, at=NOON + HOUR)  # no recipient
    after.office.clock.at = NOON + 3 * HOUR
    await after.noted()
    await after.noted()
    seen = await after.report()
    assert (seen.reply_count, seen.opt_outs) == (1, 1)
    assert [reply.case_id for reply in seen.replies] == [""]  # publicity reads no cases
    assert [reply.case_id for reply in (await after.report(HANDLER)).replies] == ["c1"]
    await after.wrote(failed, at=NOON + 4 * HOUR)  # it never reached them
    await after.wrote(doubtful, at=NOON + 4 * HOUR)  # it may have
    after.office.clock.at = NOON + 5 * HOUR
    await after.noted()
    assert (await after.report()).reply_count == 2


async def test_after_seventy_two_hours_nothing_is_an_answer_to_it_any_more(after: After) -> None:
    first, second, *_ = await reached(after)
    await after.wrote(first, at=NOON + WITHIN_MS)
    await after.wrote(second, at=NOON + WITHIN_MS + 1)
    after.office.clock.at = NOON + WITHIN_MS + HOUR
    await after.noted()
    assert (await after.report()).reply_count == 1


async def test_an_accusation_of_police_is_no_reply_for_nobody(after: After) -> None:
    first, second, *_ = await reached(after)
    await a_case(after, "secret", Compartment.REPORT)
    await a_case(after, "later")
    await after.wrote(first, at=NOON + HOUR, case_id="secret")
    await after.wrote(second, at=NOON + HOUR, case_id="later")
    after.office.clock.at = NOON + 2 * HOUR
    await after.noted()
    kept = [stored.body async for stored in after.office.documents.scan("broadcast_responses")]
    moved_on = await after.stores.conversations.cases_of([body["message_id"] for body in kept])
    assert list(moved_on.values()) == ["later"]
    assert (await after.report()).reply_count == 1
    read = await after.stores.cases.get("later")
    assert read is not None
    moved = _case("later", Compartment.SCREENING)
    await after.office.documents.commit([after.stores.cases.update(moved, read.version)])
    for agent in (OFFICER, HANDLER, INSPECTOR):
        seen = await after.report(agent)
        assert (seen.reply_count, seen.replies) == (0, ())


async def test_a_reply_that_is_given_to_a_walled_case_is_none_any_more(after: After) -> None:
    first, *_ = await reached(after)
    await a_case(after, "open")
    await a_case(after, "secret", Compartment.REPORT)
    await after.wrote(first, at=NOON + HOUR, case_id="open")
    after.office.clock.at = NOON + 2 * HOUR
    await after.noted()
    assert (await after.report()).reply_count == 1
    [kept] = [stored.body async for stored in after.office.documents.scan("broadcast_responses")]
    move = await after.stores.conversations.move_message(kept["message_id"], "secret")
    await after.office.documents.commit([move])
    assert (await after.report(INSPECTOR)).reply_count == 0


async def test_the_report_stays_when_the_recipients_are_erased(after: After) -> None:
    first, second, *_ = await reached(after)
    await after.wrote(first, at=NOON + HOUR)
    await after.wrote(second, at=NOON + HOUR, out=True)
    after.office.clock.at = NOON + 2 * HOUR
    await after.noted()
    before = await after.report()
    assert before.progress.taken == 8
    assert before.failures == (("21211", 1),)
    forget = ForgetRecipients(
        after.office.documents, after.office.campaigns, after.office.clock, keep_seconds=DAY // 1000
    )
    assert await forget() == 0
    after.office.clock.at = NOON + DAY + 1
    assert await forget() == 10
    assert await after.office.rows() == []
    assert await forget() == 0
    then = await after.report()
    assert before.cost == before.parts * PRICE > 0
    kept = ("curve", "parts", "cost", "failures", "carriers", "opt_outs", "reply_count", "lag_95")
    assert [getattr(then, name) for name in kept] == [getattr(before, name) for name in kept]
    assert (then.progress, then.broadcast.text) == (before.progress, before.broadcast.text)
    assert then.broadcast.forgotten_at == NOON + DAY + 1
    corrects = Segment(corrects=then.broadcast.id)
    assert await after.office.memberships.count(corrects, snapshot_at=NOON + DAY) == 0


async def test_only_ended_broadcasts_lose_their_recipients_and_replies_keep_theirs(after: After) -> None:
    made = await after.office.desk.create(draft(name="还在发"), "a1")
    run = await after.office.start_now(made.id)
    await after.office.expand(run.id)
    after.office.clock.at = NOON + 10 * DAY
    forget = ForgetRecipients(
        after.office.documents, after.office.campaigns, after.office.clock, keep_seconds=DAY // 1000
    )
    assert await forget() == 10
    await after.office.desk.cancel(made.id)  # its time begins only now, however long ago it started
    assert await forget() == 0
    assert {row.origin_id for row in await after.office.rows()} == {run.id}


def test_a_curve_has_few_points_however_long_it_took() -> None:
    assert step_of([]) == 1
    assert stepped([], 1) == ()
    day = [Minute(NOON + n * 60_000, taken=1, parts=2) for n in range(1441)]
    step = step_of(day)
    points = stepped(day, step)
    assert len(points) <= MOST_POINTS
    assert sum(point.taken for point in points) == 1441
    gap = stepped([Minute(NOON, taken=1), Minute(NOON + 4 * 60_000, taken=1)], 1)
    assert [point.taken for point in gap] == [1, 0, 0, 0, 1]


async def test_a_run_is_compared_with_earlier_ones_of_its_class(after: After) -> None:
    after.office.clock.at = NOON + HOUR
    made = await after.office.desk.create(draft(name="第二次"), "a1")
    await after.office.start_now(made.id)
    second = After(after.office, after.stores, after.run, made.id)
    seen = await second.report()
    assert [one.name for one in seen.compared] == ["第二次", "防诈提醒"]
    assert seen.compared[1].progress.taken == 8


async def test_a_single_law_education_text_in_doubt_is_not_sent_again_either(after: After) -> None:
    decide = DecideDelivery(after.office.documents, after.stores, after.office.clock)
    admin = Agent("a1", "admin", "", (Role.ADMIN,), 0)
    [row] = (await decide.unsure(admin)).rows
    with pytest.raises(Invalid, match="decision"):
        await decide(admin, row.value.id, Decision.AGAIN, version=row.version)
    await decide(admin, row.value.id, Decision.ARRIVED, version=row.version)
    assert (await after.stores.outbox.states([row.value.id])) == {row.value.id: S.DELIVERED}
