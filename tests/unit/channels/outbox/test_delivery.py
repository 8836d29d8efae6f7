"""A row that stands for another begins as if nothing had been tried."""

from __future__ import annotations

from dataclasses import replace

from channels.outbox.delivery import DeliveryState
from tests.unit.channels.outbox.outbox_world import NOON, a_delivery


def test_a_row_that_stands_for_another_has_nothing_of_its_tries() -> None:
    new = a_delivery("a")
    tried = replace(
        new,
        state=DeliveryState.UNDELIVERED,
        reason="30003",
        attempt=2,
        lease_until=NOON,
        provider_id="SM",
        accepted_at=NOON - 5,
        part_ids=("SM",),
        receipt_at=NOON,
        redriven_as="b",
    )
    later = NOON + 1000
    assert tried.untried(later) == replace(new, created_at=later, not_before=later)
