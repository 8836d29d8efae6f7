"""Whoever was overtaken reads and decides again, and says so when that never ends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.store.documents import Conflict, Documents, Duplicate, Insert, Update, Write
from hub.store.until_committed import until_committed


class Counting:
    """Adds one to a document that others change between its read and its commit, `overtaken` times."""

    def __init__(self, store: Documents, overtaken: int) -> None:
        self._store = store
        self._overtaken = overtaken
        self.decided = 0

    async def __call__(self) -> tuple[Sequence[Write], int]:
        read = await self._store.get("cases", "c1")
        assert read
        self.decided += 1
        if self.decided <= self._overtaken:
            await self._store.commit([self._one_more(read.body["count"], read.version)])
        return [self._one_more(read.body["count"], read.version)], read.body["count"] + 1

    @staticmethod
    def _one_more(count: int, version: int) -> Write:
        return Update("cases", "c1", {"count": count + 1}, version)


async def test_nobodys_change_is_lost(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"count": 0})])
    counting = Counting(store, overtaken=2)
    assert await until_committed(store, counting, tries=3) == 3
    assert counting.decided == 3
    stored = await store.get("cases", "c1")
    assert stored
    assert stored.body["count"] == 3


async def test_after_the_last_try_the_refusal_is_raised(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {"count": 0})])
    counting = Counting(store, overtaken=9)
    with pytest.raises(Conflict):
        await until_committed(store, counting, tries=3)
    assert counting.decided == 3


async def test_a_place_that_is_taken_is_decided_about_again(store: Documents) -> None:
    await store.commit([Insert("cases", "c1", {})])
    places = iter(("c1", "c2"))

    async def decide() -> tuple[Sequence[Write], str]:
        place = next(places)
        return [Insert("cases", place, {})], place

    assert await until_committed(store, decide, tries=2) == "c2"
    with pytest.raises(Duplicate):
        await until_committed(store, lambda: taken("c2"), tries=2)


async def taken(place: str) -> tuple[Sequence[Write], str]:
    return [Insert("cases", place, {})], place


async def test_without_writes_the_first_word_stands(store: Documents) -> None:
    async def decide() -> tuple[Sequence[Write], str]:
        return (), "nothing to do"

    assert await until_committed(store, decide, tries=1) == "nothing to do"
