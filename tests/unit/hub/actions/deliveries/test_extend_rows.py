"""Replies of an earlier release, which knew a whole number to answer from, leave from the same number."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.outbox.delivery import Delivery, DeliveryState
from hub.actions.deliveries.extend_rows import extend_rows
from hub.repositories.outbox import OutboxRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents, Insert
from hub.store.memory_documents import MemoryDocuments
from hub.store.sqlite import open_sqlite
from tests.unit.channels.outbox.outbox_world import NOON, SENDER, a_delivery

S = DeliveryState
VAULT = Vault(KeyRing.fresh())


async def put(documents: Documents, delivery: Delivery, source: str) -> None:
    """As an earlier release wrote it."""
    body = OutboxRepository(documents, VAULT).insert(delivery).body
    await documents.commit([Insert("outbox", delivery.id, {**body, "source": source})])


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
async def test_rows_that_may_leave_answer_from_the_number_they_answered_from(
    engine: str, tmp_path: Path
) -> None:
    clock = FakeClock(NOON)
    documents: Documents = MemoryDocuments(COLLECTIONS, clock=clock)
    if engine == "sqlite":
        documents = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=clock)
    for id, state, source, sender in (
        ("ready", S.READY, "1211059101", SENDER),
        ("dead", S.DEAD, "12110591", SENDER),
        ("gone", S.DELIVERED, "1211059101", SENDER),
        ("other", S.READY, "10657555", SENDER),
        ("plain", S.HELD, "12110", SENDER),
        ("unknown", S.READY, "1211059101", "sms-gone"),
    ):
        await put(documents, a_delivery(id, state=state, sender=sender), source)
    outbox = OutboxRepository(documents, VAULT)
    before = await outbox.reread(["ready"])
    for _ in range(2):
        await extend_rows(documents, {SENDER: "12110"})
    rows = await outbox.reread(["ready", "dead", "gone", "other", "plain", "unknown"])
    assert {id: row.delivery.extension for id, row in rows.items()} == {
        "ready": "59101",
        "dead": "591",
        "gone": "",
        "other": "",
        "plain": "",
        "unknown": "",
    }
    assert rows["ready"].delivery.text == before["ready"].delivery.text
    assert len(await outbox.claim(SENDER, lanes=range(4), limit=9, lease_seconds=45)) == 2
    await documents.close()
