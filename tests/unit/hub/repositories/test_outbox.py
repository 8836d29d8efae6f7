"""The outbox on the real embedded store: leases, versions, counters, receipts, lists."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.pace import Pace
from channels.outbox.ports import Change, OutboxUnavailable
from channels.outbox.retry import resend, settled
from channels.outbox.suppression import EDUCATION, NOTICE, WARNING
from hub.actions.deliveries.queue_up import queue_up
from hub.repositories.outbox import OutboxRepository, ReceiptResult
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Delete, Duplicate, Insert
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


# -- whose turn it is --------------------------------------------------------------------------


async def test_rows_wait_by_broadcast_and_others_by_department(world: World) -> None:
    await world.put(
        a_delivery("a", department="fz", origin=Origin.BROADCAST, origin_id="c:1"),
        a_delivery("b", department="fz", origin=Origin.BROADCAST, origin_id="c:2"),
        a_delivery("c", department="fz"),
        a_delivery("d", department="fz"),
        a_delivery("e"),
        a_delivery("later", department="xm", not_before=NOON + 1),
        a_delivery("other", MessageClass.L, department="np"),
    )
    waiting = await world.outbox.waiting(SENDER, 1)
    assert [one.department for one in waiting] == ["", "fz", "fz", "fz"]
    rows = await world.outbox.claim(SENDER, lanes=(1,), limit=9, lease_seconds=45, key=waiting[1].key)
    assert [row.delivery.id for row in rows] == ["c", "d"]
    assert await world.outbox.waiting(SENDER, 1) == [waiting[0], *waiting[2:]]


async def test_a_row_that_is_given_back_waits_again(world: World) -> None:
    await world.put(a_delivery("a"))
    [row] = await world.outbox.claim(SENDER, lanes=ALL, limit=1, lease_seconds=45)
    assert await world.outbox.waiting(SENDER, 1) == []
    await world.outbox.settle([Change(row, settled(row.delivery, S.READY, ""))])
    assert len(await world.outbox.waiting(SENDER, 1)) == 1


async def test_ready_rows_of_an_earlier_release_are_queued_up(world: World) -> None:
    await world.put(*(a_delivery(f"a{n}", origin=Origin.BROADCAST, origin_id="b") for n in range(3)))
    stored = await world.documents.get_many("outbox", ["a0", "a1", "a2"])
    for one in stored.values():  # as they were written before there were queues
        old = {name: value for name, value in one.body.items() if name not in ("queue", "department")}
        await world.documents.commit([Delete("outbox", one.id, one.version), Insert("outbox", one.id, old)])
    assert await world.outbox.claim(SENDER, lanes=ALL, limit=9, lease_seconds=45) == []
    for _ in range(2):
        await queue_up(world.documents)
    assert len(await world.outbox.claim(SENDER, lanes=ALL, limit=9, lease_seconds=45)) == 3


async def test_of_many_processes_that_ask_at_once_together_one_grant_is_given(world: World) -> None:
    processes = [OutboxRepository(world.documents, Vault(KeyRing.fresh())) for _ in range(4)]

    def ask(pace: Pace, now: int) -> tuple[Pace, int]:
        after, grant = pace.ask(3, [1] * 25, now, contract=100)
        return after, grant.rows

    granted = await asyncio.gather(*(process.pace(SENDER, ask) for process in processes for _ in range(3)))
    assert sum(granted) == 50


async def test_what_one_process_hears_from_the_provider_another_goes_by(world: World) -> None:
    there = OutboxRepository(world.documents, Vault(KeyRing.fresh()))
    sending = [a_delivery(f"a{n}", state=S.SENDING, attempt=1, parts=2) for n in range(3)]
    await world.put(*sending)
    rows = (await world.outbox.reread([row.id for row in sending])).values()
    taken = [Change(r, r.delivery.moved(state=S.ACCEPTED, receipt_at=NOON)) for r in rows]
    await world.outbox.settle(taken)
    receipt = Receipt(SENDER, "a0", 1, "SM", ReceiptState.SENT, "", NOON)
    await there.apply_receipt(receipt, random=random.Random(1))
    await there.apply_receipt(receipt, random=random.Random(1))
    await world.outbox.tell_moves(SENDER)
    await there.tell_moves(SENDER)
    room = await world.outbox.pace(SENDER, lambda pace, now: (pace, pace.room(now, 100)))
    assert room == 200 - 4
