"""Words and keyed terms are found as they stand now, on every engine."""

from __future__ import annotations

import asyncio

import pytest

from hub.store import terms
from hub.store.documents import (
    Delete,
    Documents,
    Insert,
    Undeclared,
    Update,
)


async def fill_entries(store: Documents) -> None:
    texts = [
        ("e1", "身份证丢失后如何补办？携带户口簿到派出所办理。", "户政"),
        ("e2", "护照和港澳通行证的办理：出入境管理", "出入境"),
        ("e3", "公开办事，安全局势平稳", "治安"),
        ("e4", "公安机关 ABC 窗口１２３８９", "治安"),
    ]
    for id, text, topic in texts:
        await store.commit([Insert("entries", id, {"text": text, "topic": topic})])


SEARCHES = [
    ("办理", ["e1", "e2"]),
    ("补办", ["e1"]),
    ("公安", ["e4"]),
    ("公安局", []),
    ("身份证丢失", ["e1"]),
    ("通行证 办理", ["e2"]),
    ("护", ["e2"]),
    ("理", ["e1", "e2"]),
    ("abc", ["e4"]),
    ("12389", ["e4"]),
    ("？！", []),
    ("", []),
    ('" OR *', []),
]


@pytest.mark.parametrize(("text", "ids"), SEARCHES)
async def test_words_of_one_and_two_characters_are_found(store: Documents, text: str, ids: list[str]) -> None:
    await fill_entries(store)
    assert sorted(d.id for d in await store.search("entries", text, limit=10)) == ids


async def test_search_takes_filters_and_limits(store: Documents) -> None:
    await fill_entries(store)
    found = await store.search("entries", "办理", where={"topic": "户政"}, limit=10)
    assert [d.id for d in found] == ["e1"]
    assert len(await store.search("entries", "办理", limit=1)) == 1
    with pytest.raises(Undeclared):
        await store.search("entries", "办理", where={"text": "x"}, limit=1)


async def test_search_follows_changes(store: Documents) -> None:
    await fill_entries(store)
    await store.commit([Update("entries", "e1", {"text": "居住证办理"}, 1)])
    await store.commit([Update("entries", "e2", {"topic": "其他"}, 1)])
    await store.commit([Delete("entries", "e4", 1)])
    assert await store.search("entries", "身份证", limit=9) == []
    assert [d.id for d in await store.search("entries", "居住", limit=9)] == ["e1"]
    assert [d.id for d in await store.search("entries", "护照", limit=9)] == ["e2"]
    assert await store.search("entries", "公安", limit=9) == []
    assert await store.delete("entries", {"topic": "治安"}, limit=9) == 1
    assert await store.search("entries", "局势", limit=9) == []
    await store.insert_many("entries", [("e9", {"text": "局势平稳", "topic": "治安"})])
    assert [d.id for d in await store.search("entries", "局势", limit=9)] == ["e9"]


async def test_keyed_terms_are_found_whole_and_only_whole(store: Documents) -> None:
    await store.commit([Insert("entries", "k1", {"text": terms.keyed(["a1f0", "b2e4", "c3"])})])
    await store.commit([Insert("entries", "k2", {"text": terms.keyed(["a1f0"])})])
    assert [d.id for d in await store.search("entries", terms.keyed(["a1f0", "c3"]), limit=9)] == ["k1"]
    assert await store.search("entries", terms.keyed(["a1"]), limit=9) == []
    both = await store.search("entries", terms.keyed(["a1f0"]), limit=9)
    assert sorted(d.id for d in both) == ["k1", "k2"]


async def test_packed_terms_are_found_changed_and_forgotten_as_others(store: Documents) -> None:
    many = [f"t{n:05x}" for n in range(400)]
    await store.commit([Insert("entries", "p1", {"text": terms.packed(many)})])
    await store.commit([Insert("entries", "p2", {"text": terms.packed(many[:1])})])
    assert [d.id for d in await store.search("entries", terms.keyed(many[5:90]), limit=9)] == ["p1"]
    found = await store.search("entries", terms.keyed(many[:1]), limit=9)
    assert [d.id for d in found] == ["p2", "p1"]  # the last that came first
    assert terms.index_terms(found[1].body["text"]) == many
    await store.commit([Update("entries", "p1", {"text": terms.packed([])}, 1)])
    await store.commit([Delete("entries", "p2", 1)])
    assert await store.search("entries", terms.keyed(many[:1]), limit=9) == []


async def test_what_comes_in_at_once_is_all_found(store: Documents) -> None:
    await asyncio.gather(
        *(
            store.commit([Insert("entries", f"m{n}", {"topic": "t", "text": f"玻璃幕墙{n}"})])
            for n in range(5)
        )
    )
    found = await store.search("entries", "幕墙", limit=9)
    assert sorted(one.id for one in found) == [f"m{n}" for n in range(5)]


async def test_the_search_field_is_not_changed_in_bulk(store: Documents) -> None:
    await fill_entries(store)
    with pytest.raises(Undeclared):
        await store.settle("entries", [("e1", 1, {"text": "x"})])
    with pytest.raises(Undeclared):
        await store.claim("entries", {"topic": "户政"}, sort=[], limit=1, set={"text": "x"})
