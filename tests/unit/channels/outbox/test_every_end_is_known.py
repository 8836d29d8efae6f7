"""Whatever happens, every delivery ends in a known state.

Each seed is one story of random answers, lost answers, receipts in any order, stopped workers and
passing time. The store refuses a move outside the state table, so a violation
would end the story with an error.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Accepted, OutboundMessage, Receipt, ReceiptState
from channels.errors import Ambiguous, Misconfigured, Permanent, Refused, SendError, Temporary
from channels.outbox.delivery import DeliveryState, MessageClass, Origin
from channels.outbox.outcome import after
from channels.outbox.overdue import FAR, SWEPT, due_at, is_final, overdue
from channels.outbox.sender import DispatchSettings
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, World, a_delivery, a_world

CLASSES = list(MessageClass)
ERRORS: tuple[SendError, ...] = (
    Temporary("20429", "later", slow_down=True),
    Permanent("21211", "bad"),
    Refused("21610", "opted out"),
    Ambiguous("timeout", "lost"),
    Misconfigured("20003", "credentials"),
)


class _Killed(BaseException):
    """The worker dies between the provider's answer and our own record of it."""


class _Provider:
    """Sometimes takes a message and says nothing, sometimes kills the worker."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.taken: Counter[str] = Counter()
        self.calm = False

    async def send(self, message: OutboundMessage) -> Accepted:
        if self.calm or self._chance.random() < 0.4:
            self.taken[message.delivery_id] += 1
            return Accepted((f"SM-{message.delivery_id}",))
        if self._chance.random() < 0.15:
            self.taken[message.delivery_id] += self._chance.random() < 0.5
            raise _Killed
        error = self._chance.choice(ERRORS)
        if isinstance(error, Ambiguous):
            self.taken[message.delivery_id] += self._chance.random() < 0.5
        raise error


async def _live(world: World, provider: _Provider, chance: random.Random, ids: list[str]) -> None:
    world.senders[SENDER] = provider
    dispatcher = world.dispatcher(DispatchSettings(intent_batch=4, batch=7))
    with suppress(_Killed):
        await dispatcher.run_once(SENDER)
    for id in chance.sample(ids, 5):
        receipt = Receipt(
            SENDER, id, chance.randint(1, 2), "SM", chance.choice(list(ReceiptState)), "30003", world.clock.at
        )
        await world.outbox.apply_receipt(receipt, random=chance)
    world.clock.advance(seconds=chance.choice((1, 20, 50, 400, 4000)))
    await world.sweeper.run_once()


@pytest.mark.parametrize("seed", range(12))
async def test_every_delivery_ends_in_a_known_state(seed: int) -> None:
    chance = random.Random(seed)
    world = a_world()
    provider = _Provider(chance)
    ids = [f"d{n}" for n in range(30)]
    rows = [a_delivery(id, chance.choice(CLASSES)) for id in ids]
    rows = [
        replace(row, origin=Origin.BROADCAST, origin_id="b") if chance.random() < 0.5 else row for row in rows
    ]
    await world.put(*rows)
    for _ in range(40):
        await _live(world, provider, chance, ids)
    for _ in range(8):
        world.clock.advance(seconds=40 * 3600)
        await world.sweeper.run_once()
    states = await world.outbox.states(ids)
    assert [id for id, state in states.items() if not is_final(state)] == []
    counted = sum((await world.outbox.counts("b")).values())
    assert counted == await world.outbox.planned("b") == sum(r.origin is Origin.BROADCAST for r in rows)
    for row in rows:
        if row.message_class is MessageClass.L:
            assert provider.taken[row.id] <= 1
        assert provider.taken[row.id] <= 2


@given(
    state=st.sampled_from(SWEPT),
    message_class=st.sampled_from(CLASSES),
    attempt=st.integers(1, 20),
    held_seconds=st.integers(0, 10**6),
)
def test_a_row_that_is_not_final_always_has_an_instant_at_which_it_moves(
    state: DeliveryState, message_class: MessageClass, attempt: int, held_seconds: int
) -> None:
    row = a_delivery(
        "a", message_class, state=state, attempt=attempt, receipt_at=NOON, lease_until=NOON + 45_000
    )
    row = replace(row, not_before=NOON + held_seconds * 1000)
    for _ in range(10):
        if is_final(row.state):
            return
        due = due_at(row)
        assert due < FAR
        assert overdue(row, now=due - 1) is None
        moved = overdue(row, now=due)
        assert moved is not None
        assert moved.state is row.state or row.may_become(moved.state)
        assert moved != row
        if moved.state is DeliveryState.READY:
            return  # the dispatcher's turn; and it expires by itself
        row = moved
    raise AssertionError("it never came to an end")


@given(
    message_class=st.sampled_from(CLASSES),
    attempt=st.integers(1, 20),
    error=st.sampled_from(ERRORS),
    seed=st.integers(),
)
def test_every_answer_is_a_move_the_table_knows(
    message_class: MessageClass, attempt: int, error: SendError, seed: int
) -> None:
    row = a_delivery("a", message_class, state=DeliveryState.SENDING, attempt=attempt)
    moved = after(row, error, now=NOON, random=random.Random(seed))
    assert row.may_become(moved.state)
    assert moved.lease_until == 0
