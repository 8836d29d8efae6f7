"""What a million memberships are read by: the index that was meant, and no sorting of them all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hub.repositories import campaigns, memberships, suppressions
from hub.runtime.clock import FakeClock
from hub.store.sqlite import open_sqlite


@pytest.mark.parametrize(
    ("table", "query", "index"),
    [
        ("memberships", "f_group = ? AND f_since <= ? ORDER BY f_contact_id, id LIMIT 9", "group_contact_id"),
        (
            "memberships",
            "f_group = ? AND f_since <= ? AND f_region IN (?, ?) AND f_contact_id > ? ORDER BY f_contact_id",
            "group_contact_id",
        ),
        ("memberships", "f_address_key IN (?, ?)", "address_key"),
        ("memberships", "f_contact_id IN (?, ?)", "contact_id"),
        ("memberships", "f_name_key = ?", "name_key"),
        (
            "memberships",
            "f_listed_at > ? AND f_region = ? ORDER BY f_listed_at DESC, id DESC LIMIT 9",
            "listed_at",
        ),
        ("suppressions", "f_since > ? ORDER BY f_since DESC, id DESC LIMIT 9", "since"),
        ("suppressions", "f_subject = ? ORDER BY f_since DESC, id DESC LIMIT 9", "subject_since"),
        ("broadcasts", "f_fire_at >= ? ORDER BY f_fire_at DESC, id DESC LIMIT 9", "fire_at"),
        ("broadcasts", "f_campaign_id = ? ORDER BY f_fire_at DESC, id DESC LIMIT 9", "campaign_id_fire_at"),
    ],
)
async def test_a_query_takes_the_index_that_was_meant(
    tmp_path: Path, table: str, query: str, index: str
) -> None:
    declared = (*memberships.COLLECTIONS, *suppressions.COLLECTIONS, *campaigns.COLLECTIONS)
    store = await open_sqlite(tmp_path / "hub.db", declared, clock=FakeClock())
    await store.close()
    with sqlite3.connect(tmp_path / "hub.db") as file:
        steps = file.execute(
            f"EXPLAIN QUERY PLAN SELECT * FROM c_{table} WHERE {query}",  # noqa: S608 - from the table above
            ["x"] * query.count("?"),
        )
        plan = " / ".join(row[3] for row in steps)
    assert f"USING INDEX i_{table}_{index} " in f"{plan} "
    assert "ORDER BY" not in plan
