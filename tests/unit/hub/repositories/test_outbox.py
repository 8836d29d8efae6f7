"""The outbox on the real embedded store: leases, versions, counters, receipts, lists."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.ports import Change, OutboxUnavailable
from channels.outbox.retry import resend, settled
from channels.outbox.suppression import EDUCATION, NOTICE, WARNING
from hub.repositories.outbox import ReceiptResult
from hub.store.documents import Duplicate
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_delivery, a_world

S = DeliveryState
ALL = (0, 1, 2, 3)


@pytest.fixture
def world() -> World:
    return a_world()


async def test_a_row_comes_back_as_it_was_put_in(world: World) -> None:
    row = a_delivery("a", title="Re: 身份证", references=("<m@example.org>",), case_id="case")
    await world.documents.commit([world.outbox.insert(row)])
    assert await world.row("a") == row


async def test_nothing_personal_can_be_read_in_the_document(world: World) -> None:
    await world.put(a_delivery("a", title="您的身份证"))
    stored = await world.documents.get("outbox", "a")
    assert stored is not None
    for canary in ("13800138000", "来信", "身份证"):
        assert canary not in repr(stored.body)


async def test_the_same_thing_cannot_be_put_in_twice(world: World) -> None:
    await world.documents.commit([world.outbox.insert(a_delivery("a"))])
    with pytest.raises(Duplicate):
        await world.documents.commit([world.outbox.insert(a_delivery("b", dedup="dedup-a"))])


async def test_planning_a_page_again_changes_nothing(world: World) -> None:
    page = [a_delivery(f"a{n}", origin=Origin.BROADCAST, origin_id="b") for n in range(10)]
    assert await world.outbox.plan(page[:6]) == 6
    assert await world.outbox.plan(page) == 4
    assert await world.outbox.plan(page) == 0
    assert await world.outbox.planned("b") == 10


async def test_two_planners_at_once_count_every_row_once(world: World) -> None:
    page = [a_delivery(f"a{n}", origin=Origin.BROADCAST, origin_id="b") for n in range(50)]
    added = await asyncio.gather(*(world.outbox.plan(page[n : n + 30]) for n in (0, 10, 20)))
    assert sum(added) == await world.outbox.planned("b") == 50


async def test_eight_claimers_never_get_the_same_row(world: World) -> None:
    await world.put(*(a_delivery(f"a{n:03}") for n in range(200)))
    grants = await asyncio.gather(
        *(world.outbox.claim(SENDER, lanes=ALL, limit=40, lease_seconds=45) for _ in range(8))
    )
    ids = [row.delivery.id for grant in grants for row in grant]
    assert len(ids) == len(set(ids)) == 200


async def test_only_rows_of_the_sender_whose_time_has_come_are_claimed(world: World) -> None:
    await world.put(
        a_delivery("other", sender="mail"),
        a_delivery("later", not_before=NOON + 1),
        a_delivery("now"),
    )
    rows = await world.outbox.claim(SENDER, lanes=ALL, limit=9, lease_seconds=45)
    assert [row.delivery.id for row in rows] == ["now"]


async def test_a_late_worker_changes_nothing(world: World) -> None:
    await world.put(a_delivery("a"))
    [old] = await world.outbox.claim(SENDER, lanes=ALL, limit=1, lease_seconds=45)
    world.clock.advance(seconds=46)
    await world.sweeper.run_once()
    [new] = await world.outbox.claim(SENDER, lanes=ALL, limit=1, lease_seconds=45)
    assert await world.outbox.mark_sending([old], lease_seconds=45) == []
    late = Change(old, settled(old.delivery, S.FAILED, "late"))
    assert await world.outbox.settle([late]) == [late]
    assert len(await world.outbox.mark_sending([new], lease_seconds=45)) == 1


async def test_a_move_outside_the_state_table_is_refused(world: World) -> None:
    await world.put(a_delivery("a"))
    row = (await world.outbox.reread(["a"]))["a"]
    with pytest.raises(ValueError, match="ready to failed"):
        await world.outbox.settle([Change(row, replace(row.delivery, state=S.FAILED))])
    assert await world.state("a") is S.READY


async def test_counters_follow_the_rows_even_when_some_changes_come_too_late(world: World) -> None:
    await world.put(*(a_delivery(f"a{n}", origin=Origin.BROADCAST, origin_id="b") for n in range(10)))
    claimed = await world.outbox.claim(SENDER, lanes=ALL, limit=10, lease_seconds=45)
    sending = await world.outbox.mark_sending(claimed, lease_seconds=45)
    for n in (2, 5):
        receipt = Receipt(SENDER, f"a{n}", 1, "SM", ReceiptState.DELIVERED, "", NOON)
        assert await world.outbox.apply_receipt(receipt, random=random.Random(1)) is ReceiptResult.APPLIED
    late = await world.outbox.settle(
        [Change(row, replace(row.delivery, state=S.ACCEPTED, receipt_at=NOON)) for row in sending]
    )
    assert sorted(change.after.id for change in late) == ["a2", "a5"]
    assert await world.outbox.counts("b") == {"accepted": 8, "delivered": 2}


async def test_a_receipt_for_nobody_or_from_another_channel_is_ignored(world: World) -> None:
    await world.put(a_delivery("a", state=S.ACCEPTED, attempt=1, receipt_at=NOON))
    for channel, id in ((SENDER, "nobody"), ("sms-other", "a")):
        receipt = Receipt(channel, id, 1, "SM", ReceiptState.FAILED, "30003", NOON)
        assert await world.outbox.apply_receipt(receipt, random=random.Random(1)) is ReceiptResult.UNKNOWN
    assert await world.state("a") is S.ACCEPTED


async def test_the_same_receipt_many_times_at_once_counts_once(world: World) -> None:
    row = a_delivery("a", origin=Origin.BROADCAST, origin_id="b", state=S.SENDING, attempt=1)
    await world.put(row)
    receipt = Receipt(SENDER, "a", 1, "SM", ReceiptState.DELIVERED, "", NOON)
    results = await asyncio.gather(
        *(world.outbox.apply_receipt(receipt, random=random.Random(1)) for _ in range(8))
    )
    assert results.count(ReceiptResult.APPLIED) == 1
    assert await world.outbox.counts("b") == {"delivered": 1}


async def test_a_person_decides_about_an_ambiguous_notice(world: World) -> None:
    row = a_delivery("a", MessageClass.N, state=S.AMBIGUOUS, attempt=1, receipt_at=NOON)
    await world.put(row)
    [read] = (await world.outbox.ambiguous()).deliveries
    leased = (await world.outbox.reread([read.value.id]))["a"]
    await world.documents.commit(world.outbox.writes(Change(leased, resend(leased.delivery, now=NOON))))
    assert await world.state("a") is S.READY


async def test_lists_come_in_pages(world: World) -> None:
    await world.put(
        *(a_delivery(f"a{n}", origin=Origin.BROADCAST, origin_id="b", case_id="c") for n in range(5))
    )
    first = await world.outbox.of_origin("b", limit=3)
    second = await world.outbox.of_origin("b", limit=3, after=first.next)
    assert [v.value.id for v in (*first.deliveries, *second.deliveries)] == [f"a{n}" for n in range(5)]
    assert second.next is None
    assert len((await world.outbox.of_case("c")).deliveries) == 5
    assert len((await world.outbox.by_state(S.READY)).deliveries) == 5
    assert (await world.outbox.of_origin("b", state=S.DELIVERED)).deliveries == ()


async def test_a_closed_store_speaks_the_words_of_the_dispatcher(world: World) -> None:
    await world.documents.close()
    with pytest.raises(OutboxUnavailable):
        await world.outbox.claim(SENDER, lanes=ALL, limit=1, lease_seconds=45)
    with pytest.raises(OutboxUnavailable):
        await world.suppressions.blocked([("k", EDUCATION)])


# -- suppressions ------------------------------------------------------------------------------


async def wish(world: World, subject: str, *, out: bool) -> int:
    writes = await world.suppressions.wish("k", subject, out=out, by="sms-12110", at=NOON)
    await world.documents.commit(writes)
    return len(writes)


async def test_an_opt_out_without_a_subject_means_lessons_and_warnings_but_no_notices(world: World) -> None:
    await wish(world, "", out=True)
    keys = [("k", subject) for subject in (EDUCATION, WARNING, NOTICE)]
    assert await world.suppressions.blocked(keys) == {("k", EDUCATION), ("k", WARNING)}


async def test_the_same_wish_again_changes_nothing_and_a_new_one_takes_it_back(world: World) -> None:
    assert await wish(world, "", out=True) == 2
    assert await wish(world, "", out=True) == 0
    assert await wish(world, "all", out=False) == 4  # each rule, and the record that it was there
    assert await world.suppressions.blocked([("k", EDUCATION)]) == frozenset()


async def test_the_officer_sees_who_when_and_why(world: World) -> None:
    await world.suppressions.suppress(("k", EDUCATION), reason="21610", by="provider", at=NOON)
    await world.suppressions.suppress(("k", EDUCATION), reason="again", by="provider", at=NOON + 1)
    [rule] = await world.suppressions.of_address("k")
    assert (rule.value.reason, rule.value.by, rule.value.since) == ("21610", "provider", NOON)


async def test_a_withheld_number_has_no_wishes(world: World) -> None:
    assert await world.suppressions.wish("", "", out=True, by="sms", at=NOON) == []
