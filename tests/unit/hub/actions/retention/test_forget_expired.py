"""Retention: what has done its work goes, in steps; everything else stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.actions.retention.forget_expired import STEP, ForgetExpired, Rule
from hub.runtime.clock import FakeClock
from hub.store.documents import Collection, Documents
from hub.store.sqlite import open_sqlite

LOGINS = Collection("sessions", fields={"expires_at": int}, indexes=(("expires_at",),))
LOCKS = Collection("attempts", fields={"until": int}, indexes=(("until",),))
CASES = Collection("cases", fields={"updated_at": int}, indexes=(("updated_at",),))
DAY_SECONDS = 86_400


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def documents(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Documents]:
    opened = await open_sqlite(tmp_path / "hub.db", (LOGINS, LOCKS, CASES), clock=clock)
    yield opened
    await opened.close()


def forget(documents: Documents, clock: FakeClock) -> ForgetExpired:
    rules = (Rule("sessions", "expires_at", DAY_SECONDS), Rule("attempts", "until", 0))
    return ForgetExpired(documents, clock, rules)


async def ids(documents: Documents, collection: str) -> list[str]:
    return [stored.id async for stored in documents.scan(collection)]


async def test_a_row_goes_when_it_has_been_over_for_as_long_as_it_is_kept(
    documents: Documents, clock: FakeClock
) -> None:
    now = clock.now_ms()
    logins = [
        ("long-over", {"expires_at": now - DAY_SECONDS * 1000 - 1}),
        ("just-over", {"expires_at": now - 1}),
        ("running", {"expires_at": now + 1}),
    ]
    await documents.insert_many("sessions", logins)
    assert await forget(documents, clock)() == 1
    assert await ids(documents, "sessions") == ["just-over", "running"]
    assert await forget(documents, clock)() == 0
    clock.advance(seconds=DAY_SECONDS)
    assert await forget(documents, clock)() == 1
    assert await ids(documents, "sessions") == ["running"]


async def test_tries_that_never_locked_anything_are_still_counted(
    documents: Documents, clock: FakeClock
) -> None:
    await documents.insert_many("attempts", [("counting", {"wrong": 4})])
    await forget(documents, clock)()
    assert await ids(documents, "attempts") == ["counting"]


async def test_more_than_one_step_goes_in_one_round(documents: Documents, clock: FakeClock) -> None:
    rows = [(f"{number:05d}", {"until": 1}) for number in range(STEP + 1)]
    await documents.insert_many("attempts", rows)
    assert await forget(documents, clock)() == STEP + 1
    assert await ids(documents, "attempts") == []


async def test_what_no_rule_names_stays_however_old(documents: Documents, clock: FakeClock) -> None:
    await documents.insert_many("cases", [("old", {"updated_at": 1})])
    await forget(documents, clock)()
    assert await ids(documents, "cases") == ["old"]
