"""The last look before anything leaves, at the very instants at which its answer changes."""

from __future__ import annotations

import random

import pytest

from campaigns.broadcast import BroadcastState
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass, Origin
from channels.outbox.gate import PAUSED, Gate
from channels.outbox.overdue import FAR
from channels.outbox.ports import Leased
from channels.outbox.quiet_hours import JITTER_SECONDS
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, WARNING
from hub.runtime.clock import CHINA
from tests.unit.channels.outbox.outbox_world import NOON, World, a_broadcast, a_delivery, a_world

S, M = DeliveryState, MessageClass
MINUTE = 60_000
MORNING = NOON + 21 * 60 * MINUTE
"""Nine o'clock the next day, when law education may leave."""
EVENING = NOON + (8 * 60 + 30) * MINUTE
"""Half past eight, when it may no longer."""


@pytest.fixture
def world() -> World:
    return a_world()


async def look(world: World, delivery: Delivery, *, now: int = NOON) -> tuple[DeliveryState, str, int]:
    """What the gate makes of a leased row: state, reason, and when it is looked at again."""
    gate = Gate(world.outbox, world.suppressions, random.Random(7), zone=CHINA)
    row = Leased(delivery.moved(state=S.LEASED, lease_until=now + MINUTE), 3)
    gated = await gate.look([row], now=now)
    if gated.passed:
        assert (gated.passed, gated.stopped) == ([row], [])
        return row.delivery.state, row.delivery.reason, row.delivery.not_before
    [change] = gated.stopped
    assert change.before is row
    assert change.after.lease_until == 0
    assert row.delivery.may_become(change.after.state)
    return change.after.state, change.after.reason, change.after.not_before


@pytest.mark.parametrize("message_class", MessageClass)
@pytest.mark.parametrize(
    ("left_ms", "state", "reason"),
    [(1, S.LEASED, ""), (0, S.EXPIRED, "expired"), (-1, S.EXPIRED, "expired")],
)
async def test_it_is_too_late_at_the_very_instant_of_expiry(
    world: World, message_class: MessageClass, left_ms: int, state: DeliveryState, reason: str
) -> None:
    delivery = a_delivery("a", message_class, expires_at=NOON + left_ms)
    assert (await look(world, delivery))[:2] == (state, reason)


@pytest.mark.parametrize(
    ("message_class", "now", "waits"),
    [
        (M.L, MORNING, False),
        (M.L, MORNING - 1, True),
        (M.L, EVENING - 1, False),
        (M.L, EVENING, True),
        (M.N, MORNING - 60 * MINUTE, False),
        (M.N, MORNING - 60 * MINUTE - 1, True),
        (M.N, EVENING + 90 * MINUTE - 1, False),
        (M.N, EVENING + 90 * MINUTE, True),
        (M.E0, EVENING + 4 * 60 * MINUTE, False),
        (M.E1, EVENING + 4 * 60 * MINUTE, False),
    ],
)
async def test_quiet_hours_begin_and_end_on_the_minute(
    world: World, message_class: MessageClass, now: int, waits: bool
) -> None:
    delivery = a_delivery("a", message_class, expires_at=now + 48 * 60 * MINUTE)
    state, reason, not_before = await look(world, delivery, now=now)
    assert (state, reason) == ((S.HELD, "window") if waits else (S.LEASED, ""))
    assert not waits or now < not_before < now + 13 * 60 * MINUTE + JITTER_SECONDS * 1000


async def test_what_is_over_when_the_hours_begin_expires_at_once(world: World) -> None:
    opens = (await look(world, a_delivery("a", M.L, expires_at=FAR), now=EVENING))[2]
    for expires_at, state in ((opens, S.EXPIRED), (opens + 1, S.HELD)):
        delivery = a_delivery("a", M.L, expires_at=expires_at)
        assert (await look(world, delivery, now=EVENING))[:2] == (state, "window")


@pytest.mark.parametrize(
    ("message_class", "origin", "stopped_by"),
    [
        (M.E0, Origin.BROADCAST, {INVALID}),  # a red warning reaches everybody who can be reached
        (M.E1, Origin.BROADCAST, {INVALID, WARNING}),
        (M.N, Origin.BROADCAST, {INVALID, NOTICE}),
        (M.L, Origin.BROADCAST, {INVALID, EDUCATION}),
        (M.E1, Origin.REPLY, {INVALID}),  # an answer in one's own case always arrives
        (M.L, Origin.REPLY, {INVALID}),
    ],
)
async def test_each_wish_stops_what_it_names_and_nothing_else(
    world: World, message_class: MessageClass, origin: Origin, stopped_by: set[str]
) -> None:
    found = set()
    for subject in (INVALID, WARNING, NOTICE, EDUCATION):
        key = f"key-{subject}"
        await world.suppressions.suppress((key, subject), reason="wish", by="sms", at=NOON)
        delivery = a_delivery("a", message_class, origin=origin, recipient_key=key)
        state, reason, _ = await look(world, delivery)
        assert (state, reason) in {(S.LEASED, ""), (S.SUPPRESSED, subject)}
        if state is S.SUPPRESSED:
            found.add(subject)
    assert found == stopped_by


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (BroadcastState.RUNNING, (S.LEASED, "", NOON)),
        (BroadcastState.PAUSED, (S.HELD, PAUSED, FAR)),
        (BroadcastState.CANCELED, (S.CANCELED, "canceled", NOON)),
    ],
)
async def test_a_broadcast_stops_its_rows_and_nobody_elses(
    world: World, flow: BroadcastState, expected: tuple[DeliveryState, str, int]
) -> None:
    await world.put_broadcast(a_broadcast("b", flow))
    row = a_delivery("a", M.N, origin=Origin.BROADCAST, origin_id="b", text="")
    assert await look(world, row) == expected
    assert await look(world, a_delivery("r", M.N, origin_id="b")) == (S.LEASED, "", NOON)


@pytest.mark.parametrize(
    ("flow", "state"), [(BroadcastState.PAUSED, S.HELD), (BroadcastState.CANCELED, S.CANCELED)]
)
async def test_who_stopped_a_broadcast_is_told_so_even_when_it_is_too_late(
    world: World, flow: BroadcastState, state: DeliveryState
) -> None:
    await world.put_broadcast(a_broadcast("b", flow))
    row = a_delivery("a", M.N, origin=Origin.BROADCAST, origin_id="b", expires_at=NOON)
    assert (await look(world, row))[0] is state


async def test_nothing_leaves_without_words(world: World) -> None:
    assert (await look(world, a_delivery("a", text="")))[:2] == (S.FAILED, "no_text")
    row = a_delivery("b", M.N, origin=Origin.BROADCAST, origin_id="unknown", text="")
    assert (await look(world, row))[:2] == (S.FAILED, "no_text")


async def test_a_trial_waits_for_no_hours_and_heeds_no_wish_but_a_dead_number(world: World) -> None:
    trial = a_delivery("a", M.L, origin=Origin.TRIAL, subject=EDUCATION)
    await world.suppressions.suppress((trial.recipient_key, EDUCATION), reason="asked", by="a", at=NOON)
    night = EVENING + 60 * MINUTE
    assert (await look(world, trial, now=night))[0] is S.LEASED
    await world.suppressions.suppress((trial.recipient_key, INVALID), reason="21610", by="a", at=NOON)
    assert (await look(world, trial, now=night))[:2] == (S.SUPPRESSED, INVALID)
