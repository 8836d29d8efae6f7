"""A snapshot never changes; the next one has what changed."""

from dataclasses import replace

import pytest

from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.matcher import PARTS, Snapshot
from tests.unit.knowledge_base.entries import SMALL, entry

PAPERS = ("护照", "驾驶证", "身份证", "户口簿", "居住证", "行驶证", "公章", "无犯罪记录证明")
DONE = ("丢了怎么补", "到期怎么换", "怎么注销", "多少钱", "要多久", "在哪里办", "网上能办吗", "可以代办吗")
GRID = tuple(entry(f"{paper}-{done}", f"{paper}{done}") for paper in PAPERS for done in DONE)


def ids(snapshot: Snapshot) -> list[str]:
    return sorted(each.id for each in snapshot.entries)


def best(snapshot: Snapshot, text: str) -> str:
    return snapshot.match(text)[0].entry.id


def test_what_is_added_is_found_in_the_next_snapshot_alone() -> None:
    before = Snapshot.build(GRID)
    seen = before.match("无人机怎么登记")
    after = before.with_changes([entry("drone", "无人机怎么登记")])
    assert best(after, "无人机怎么登记") == "drone"
    assert before.match("无人机怎么登记") == seen
    assert (len(before.entries), len(after.entries)) == (64, 65)


def test_a_changed_entry_answers_with_its_new_words_only() -> None:
    before = Snapshot.build(SMALL)
    after = before.with_changes([replace(SMALL[4], question="广场舞太吵怎么办", variants=())])
    assert best(after, "广场舞太吵怎么办") == "noise"
    assert after.match("广场舞太吵怎么办")[0].score == 1.0
    assert after.match("楼上半夜太吵找谁")[0].score < 1.0
    assert before.match("楼上半夜太吵找谁")[0].score == 1.0


def test_a_removed_entry_is_found_no_more() -> None:
    after = Snapshot.build(GRID).with_changes((), ["护照-多少钱"])
    assert "护照-多少钱" not in ids(after)
    assert "护照-多少钱" not in [match.entry.id for match in after.match("护照多少钱", 10)]
    assert after.entry("护照-多少钱") is None


def test_an_entry_that_is_not_published_any_more_is_removed() -> None:
    after = Snapshot.build(SMALL).with_changes([replace(SMALL[0], state=EntryState.EXPIRED)])
    assert after.entry("licence-lost") is None


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert ids(Snapshot.build(SMALL).with_changes((), ["nobody"])) == ids(Snapshot.build(SMALL))


def test_words_claimed_by_a_removed_entry_are_free_again() -> None:
    both = Snapshot.build([*GRID, entry("a", "无人机怎么登记"), entry("b", "无人机如何登记")])
    assert both.match("无人机怎么登记")[0].score < 1
    assert both.with_changes((), ["b"]).match("无人机怎么登记")[0].score == 1


@pytest.mark.parametrize("first", [0, 1, 40])
def test_many_changes_one_by_one_find_what_building_at_once_finds(first: int) -> None:
    snapshot = Snapshot.build(GRID[:first])
    for each in GRID[first:]:
        snapshot = snapshot.with_changes([each])
        assert len(snapshot._stands) <= PARTS
    for each in GRID[::3]:
        snapshot = snapshot.with_changes([replace(each, variants=(f"请说说{each.question}的事",))], ["none"])
    for each in GRID[1::3]:
        snapshot = snapshot.with_changes((), [each.id])
    kept = [each for number, each in enumerate(GRID) if number % 3 != 1]
    assert ids(snapshot) == sorted(each.id for each in kept)
    for each in kept:
        assert best(snapshot, each.question) == each.id


def test_two_next_snapshots_of_one_do_not_see_each_other() -> None:
    before = Snapshot.build(SMALL)
    left = before.with_changes([entry("left", "无人机怎么登记")])
    right = before.with_changes([entry("right", "养狗怎么登记")])
    assert left.entry("right") is None
    assert right.entry("left") is None
    assert best(right, "养狗怎么登记") == "right"


def test_an_empty_snapshot_takes_its_first_entry() -> None:
    empty: tuple[Entry, ...] = ()
    assert best(Snapshot.build(empty).with_changes(SMALL[:1]), "驾照遗失补证") == "licence-lost"
