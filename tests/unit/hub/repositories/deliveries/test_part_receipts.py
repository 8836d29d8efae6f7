"""Receipts without our id: whatever comes first, and however often, a message of several parts ends alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.address import phone
from channels.contract import Accepted, Receipt, ReceiptState
from channels.errors import Ambiguous
from channels.outbox.delivery import Delivery, DeliveryState, Origin
from channels.outbox.outcome import Outcome, after
from channels.outbox.ports import Change
from channels.outbox.receipts import HandsetRule
from hub.repositories.deliveries.parts import DeliveryParts
from hub.repositories.outbox import COLLECTIONS, OutboxRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Write
from hub.store.memory_documents import MemoryDocuments
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_delivery

S = DeliveryState
R = ReceiptState
VAULT = Vault(KeyRing.fresh())
CITIZEN = phone("13800138000")
DAY_MS = 86_400_000


class Carrier:
    """A store with rows being sent, and the words a carrier says about them."""

    def __init__(self, documents: Documents | None = None) -> None:
        self.clock = FakeClock(NOON)
        self.documents = documents or MemoryDocuments(COLLECTIONS, clock=self.clock)
        rule = {SENDER: HandsetRule(frozenset({"absent"}))}
        self.outbox = OutboxRepository(self.documents, VAULT, rule)
        self.parts = DeliveryParts(self.documents, VAULT)

    async def sending(self, id: str = "a", **other: Any) -> None:
        key = VAULT.blind(CITIZEN.key)
        row = replace(a_delivery(id, state=S.SENDING, attempt=1, recipient_key=key), **other)
        await self.outbox.plan([row])

    async def answers(self, *ids: str, id: str = "a", outcome: Outcome | None = None) -> list[Change]:
        row = (await self.outbox.reread([id]))[id]
        answer = outcome or Accepted(ids, len(ids), by_part=True)
        tried = after(row.delivery, answer, now=self.clock.at, random=random.Random(1))
        return await self.outbox.settle([Change(row, tried)])

    async def says(self, part: str, state: ReceiptState, code: str = "", **other: Any) -> str:
        receipt = Receipt(SENDER, "", 0, part, state, code, self.clock.at, CITIZEN)
        return await self.outbox.apply_part_receipt(replace(receipt, **other))

    async def row(self, id: str = "a") -> Delivery:
        found = await self.outbox.get(id)
        assert found
        return found.value

    async def unmatched(self) -> int:
        return await self.parts.how_many_unmatched(before=self.clock.at + 1)


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[tuple[int, ReceiptState] | None], list[ReceiptState]]:
    """Events of a message of n parts in any order, None for the answer; each part has one end."""
    total = draw(st.integers(1, 4))
    ends = [draw(st.sampled_from([R.DELIVERED, R.UNDELIVERED, R.SENT])) for _ in range(total)]
    words: list[tuple[int, ReceiptState]] = [(part, end) for part, end in enumerate(ends)]
    for part in range(total):
        words += [(part, draw(st.sampled_from([R.QUEUED, R.SENT, ends[part]]))) for _ in range(2)]
    return draw(st.permutations([*words, None])), ends


@settings(max_examples=60)
@given(stories())
async def test_in_whatever_order_answer_and_receipts_come_the_end_is_the_same(
    story: tuple[list[tuple[int, ReceiptState] | None], list[ReceiptState]],
) -> None:
    events, ends = story
    carrier = Carrier()
    await carrier.sending(origin=Origin.BROADCAST, origin_id="b")
    for event in events:
        carrier.clock.advance(seconds=1)
        if event is None:
            assert await carrier.answers(*(f"m{n}" for n in range(len(ends)))) == []
        else:
            await carrier.says(f"m{event[0]}", event[1])
    expected = S.SENT if R.SENT in ends else S.DELIVERED
    if R.UNDELIVERED in ends:
        expected = S.UNDELIVERED
    assert (await carrier.row()).state is expected
    counts = await carrier.outbox.counts("b")
    assert {state: count for state, count in counts.items() if count} == {expected.value: 1}
    assert await carrier.unmatched() == 0


async def test_a_message_is_delivered_when_all_its_parts_are(carrier: Carrier) -> None:
    await carrier.sending()
    await carrier.answers("m0", "m1", "m2")
    states = []
    for part in ("m1", "m2", "m0"):
        assert await carrier.says(part, R.DELIVERED) == "a"
        states.append((await carrier.row()).state)
    assert states == [S.ACCEPTED, S.ACCEPTED, S.DELIVERED]


async def test_it_is_undelivered_at_the_first_failure_with_that_reason(carrier: Carrier) -> None:
    await carrier.sending()
    await carrier.answers("m0", "m1")
    await carrier.says("m1", R.UNDELIVERED, "MK:0001")
    await carrier.says("m0", R.DELIVERED)
    row = await carrier.row()
    assert (row.state, row.reason) == (S.UNDELIVERED, "MK:0001")


@pytest.mark.parametrize("early", [True, False])
async def test_a_handset_that_was_absent_is_tried_again_whenever_it_is_said(
    carrier: Carrier, *, early: bool
) -> None:
    await carrier.sending()
    if early:
        await carrier.says("m0", R.UNDELIVERED, "absent")
    await carrier.answers("m0")
    if not early:
        await carrier.says("m0", R.UNDELIVERED, "absent")
    row = await carrier.row()
    assert (row.state, row.part_ids) == (S.READY, ())


async def test_receipts_at_the_same_time_all_count(carrier: Carrier) -> None:
    await carrier.sending()
    await carrier.answers("m0", "m1", "m2", "m3")
    await asyncio.gather(*(carrier.says(f"m{n}", R.DELIVERED) for n in range(4)))
    assert (await carrier.row()).state is S.DELIVERED


async def test_receipts_that_race_with_the_answer_all_count(carrier: Carrier) -> None:
    await carrier.sending()
    receipts = [carrier.says(f"m{n}", R.DELIVERED) for n in range(3)]
    await asyncio.gather(receipts[0], carrier.answers("m0", "m1", "m2"), *receipts[1:])
    assert (await carrier.row()).state is S.DELIVERED
    assert await carrier.unmatched() == 0


async def test_the_same_id_a_year_later_or_to_somebody_else_is_another_message(carrier: Carrier) -> None:
    await carrier.sending("a")
    await carrier.answers("m0", id="a")
    await carrier.says("m0", R.UNDELIVERED, destination=phone("13900139000"))
    assert (await carrier.row("a")).state is S.ACCEPTED
    carrier.clock.advance(seconds=3 * 86_400)
    await carrier.sending("later")
    assert await carrier.says("m0", R.SENT, sent_at=NOON + 3 * DAY_MS) == ""
    await carrier.answers("m0", id="later")
    await carrier.says("m0", R.DELIVERED, sent_at=NOON + 3 * DAY_MS)
    assert [(await carrier.row(id)).state for id in ("a", "later")] == [S.ACCEPTED, S.DELIVERED]


@pytest.mark.parametrize("spelling", ["13800138000", "+8613800138000", "008613800138000", "86 138 0013 8000"])
async def test_the_destination_is_the_same_in_every_spelling(carrier: Carrier, spelling: str) -> None:
    await carrier.sending()
    await carrier.answers("m0")
    assert await carrier.says("m0", R.DELIVERED, destination=phone(spelling)) == "a"


async def test_a_receipt_without_destination_finds_the_only_message_it_can_mean(carrier: Carrier) -> None:
    await carrier.sending("a")
    await carrier.answers("m0", id="a")
    assert await carrier.says("m0", R.DELIVERED, destination=None) == "a"


async def test_a_receipt_dated_across_midnight_waits_and_is_matched_by_the_next_look(
    carrier: Carrier,
) -> None:
    carrier.clock.at = NOON + 12 * 3_600_000 - 500  # half a second before midnight in China
    await carrier.sending()
    await carrier.says("m0", R.DELIVERED, sent_at=carrier.clock.at + 1000)
    await carrier.answers("m0")
    assert (await carrier.row()).state is S.ACCEPTED
    [parked] = (await carrier.parts.unmatched(before=carrier.clock.at + 1)).parts
    assert await carrier.outbox.match(parked) == "a"
    assert (await carrier.row()).state is S.DELIVERED
    assert await carrier.unmatched() == 0
    assert await carrier.outbox.match(parked) == ""


async def test_of_a_lost_answer_the_known_ids_settle_it_only_together(carrier: Carrier) -> None:
    """Two of three parts were answered: what they report says nothing about the third."""
    await carrier.sending()
    await carrier.answers(outcome=Ambiguous("timeout", "lost", part_ids=("m0", "", "m2")))
    await carrier.says("m0", R.DELIVERED)
    await carrier.says("m2", R.DELIVERED)
    assert (await carrier.row()).state is S.AMBIGUOUS
    await carrier.says("m2", R.UNDELIVERED)  # after its end: too late
    assert (await carrier.row()).state is S.AMBIGUOUS


async def test_an_answer_lost_whole_becomes_accepted_by_a_receipt_with_the_senders_own_numbers(
    carrier: Carrier,
) -> None:
    await carrier.sending()
    await carrier.says("s1", R.SENT)
    await carrier.answers(outcome=Ambiguous("timeout", "lost", part_ids=("s1",)))
    assert (await carrier.row()).state is S.SENT
    await carrier.says("s1", R.DELIVERED)
    assert (await carrier.row()).state is S.DELIVERED


async def test_an_id_given_twice_stays_with_the_first_and_holds_up_nobody(carrier: Carrier) -> None:
    await carrier.sending("a")
    await carrier.sending("b")
    rows = await carrier.outbox.reread(["a", "b"])
    answer = Accepted(("same",), by_part=True)
    changes = [
        Change(row, after(row.delivery, answer, now=NOON, random=random.Random(1))) for row in rows.values()
    ]
    assert await carrier.outbox.settle(changes) == []
    await carrier.says("same", R.DELIVERED)
    assert [(await carrier.row(id)).state for id in ("a", "b")] == [S.DELIVERED, S.ACCEPTED]


class _Cut(Exception):
    """The process ends here."""


class _CutAt(MemoryDocuments):
    """Ends at one commit, before or after it is durable."""

    left = 10**9
    after = False

    async def commit(self, writes: Sequence[Write]) -> None:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise _Cut
        await super().commit(writes)
        if self.left == 0:
            raise _Cut


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("cut", range(1, 5))
async def test_cut_off_at_any_commit_the_provider_repeats_and_the_end_is_the_same(
    cut: int, *, after_commit: bool
) -> None:
    documents = _CutAt(COLLECTIONS, clock=FakeClock(NOON))
    carrier = Carrier(documents)
    await carrier.sending()
    documents.left, documents.after = cut, after_commit

    async def said(part: str) -> None:
        try:
            await carrier.says(part, R.DELIVERED)
        except _Cut:
            await carrier.says(part, R.DELIVERED)  # it was not answered: it comes again

    await said("m0")
    try:
        late = await carrier.answers("m0", "m1")
    except _Cut:  # the dispatcher that lives goes on trying, and finds it done
        late = await carrier.answers("m0", "m1") if (await carrier.row()).state is S.SENDING else []
    assert late == []
    await said("m1")
    assert (await carrier.row()).state is S.DELIVERED


async def test_nothing_of_the_number_can_be_read_in_what_is_kept(carrier: Carrier) -> None:
    await carrier.says("m0", R.DELIVERED)
    [stored] = await carrier.documents.find("delivery_parts", {"delivery_id": ""}, limit=9)
    assert "13800138000" not in repr(stored.body)
    [parked] = (await carrier.parts.unmatched(before=carrier.clock.at + 1)).parts
    assert parked.masked == "138****8000"


async def test_a_message_whose_receipts_carry_our_id_leaves_no_part(carrier: Carrier) -> None:
    await carrier.sending()
    await carrier.answers(outcome=Accepted(("SM1",), 3))
    assert await carrier.documents.count("delivery_parts", {}) == {"": 0}
    assert (await carrier.row()).provider_id == "SM1"
