"""A store of an earlier release opens, and what it holds means what it meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.address import phone
from channels.outbox.delivery import Delivery, MessageClass, Origin
from hub.model.cases.history import HistoryKind, broken_link, chain_entry
from hub.model.conversation import Author, Direction, Message
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.store.codec import Shape
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Collection, Insert
from hub.store.migrations import migrate
from hub.store.sqlite import open_sqlite
from tests.contract.store.declared import StandingClock

EARLIER = (
    Collection("events", fields={"received_at": int}, indexes=(("received_at",),)),
    Collection(
        "messages",
        fields={"conversation_id": str, "seq": int, "case_id": str, "delivery_id": str, "at": int},
        indexes=(("case_id", "at"), ("delivery_id",)),
        unique=(("conversation_id", "seq"),),
    ),
    Collection("history", fields={"case_id": str, "seq": int, "at": int}, unique=(("case_id", "seq"),)),
    *(c for c in COLLECTIONS if c.name not in ("events", "messages", "history")),
)
"""As they were declared before the first migration."""

VAULT = Vault(KeyRing.fresh())
CLOCK = StandingClock()
EVENT_ID = "sms-12110:0f"


def said(id: str, seq: int, direction: Direction, delivery_id: str = "") -> Message:
    return Message(
        id,
        "conv",
        seq,
        direction,
        Author.CITIZEN,
        at=seq,
        case_id="case",
        text=f"第{seq}句",
        delivery_id=delivery_id,
    )


@pytest.fixture
async def earlier(tmp_path: Path) -> Path:
    """A file from before: a text, its answer, a notice by mail, a history, a mark of the demo."""
    path = tmp_path / "hub.db"
    store = await open_sqlite(path, EARLIER, clock=CLOCK)
    messages = Shape(Message, "messages", VAULT)
    before = [
        (said("000a", 1, Direction.IN), {"event_id": EVENT_ID}),
        (said("000b", 2, Direction.OUT, delivery_id="d-reply"), {"event_id": ""}),
        (said("000c", 3, Direction.OUT, delivery_id="d-notice"), {"event_id": ""}),
    ]
    first = chain_entry(
        "case", seq=1, prev_hash="", at=1, actor="citizen", kind=HistoryKind.REGISTERED, facts={"a": "b"}
    )
    second = chain_entry(
        "case", seq=2, prev_hash=first.hash, at=2, actor="a1", kind=HistoryKind.NOTED, text="看过"
    )
    history = Shape(type(first), "history", VAULT)
    outbox = repositories(store, VAULT, cities={}).outbox
    await store.commit(
        [
            *(Insert("messages", m.id, messages.body(m) | old) for m, old in before),
            *(outbox.insert(delivery(id, dedup)) for id, dedup in (("d-reply", "000b"), ("d-notice", "x"))),
            *(history.insert(entry) for entry in (first, second)),
            Insert("events", EVENT_ID, {"received_at": 1, "conversation_id": "conv", "case_id": "case"}),
            Insert("events", "demo:case-1", {"received_at": 1}),
        ]
    )
    await store.close()
    return path


def delivery(id: str, dedup: str) -> Delivery:
    return Delivery(
        id, Origin.REPLY, dedup, "sms-12110", phone("+8613900000001"), "k", MessageClass.E1, dedup, 1, 2
    )


async def test_an_earlier_store_opens_and_nothing_it_took_in_is_taken_in_again(earlier: Path) -> None:
    store = await open_sqlite(earlier, COLLECTIONS, clock=CLOCK)
    assert 1 in await migrate(store, VAULT, clock=CLOCK)
    stores = repositories(store, VAULT, cities={})

    taken = await stores.conversations.message(EVENT_ID)
    assert taken is not None
    assert (taken.text, taken.case_id, taken.conversation_id) == ("第1句", "case", "conv")
    assert [m.text for m in await stores.conversations.messages("conv")] == ["第1句", "第2句", "第3句"]
    for delivery_id, text in (("d-reply", "第2句"), ("d-notice", "第3句")):
        found = await stores.conversations.by_delivery(delivery_id)
        assert found is not None
        assert found.text == text

    history = await stores.cases.history("case")
    assert [(entry.seq, entry.text) for entry in history] == [(1, ""), (2, "看过")]
    assert broken_link(history) is None
    assert await store.count("events", {}) == {"": 0}
    assert await store.get("marks", "demo:case-1") is not None
    await store.close()


async def test_a_migration_that_was_cut_off_is_simply_done_again(earlier: Path) -> None:
    store = await open_sqlite(earlier, COLLECTIONS, clock=CLOCK)
    await migrate(store, VAULT, clock=CLOCK)
    await store.delete("_migrations", {"number": 1}, limit=1)
    assert await migrate(store, VAULT, clock=CLOCK) == [1]
    assert await store.count("messages", {}) == {"": 3}
    await store.close()
