"""What every entry that comes with the product keeps to."""

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.entry import Entry, EntryState
from knowledge_base.files.importer import clashes, shipped
from knowledge_base.text.normalise import normalise
from tests.shipped import SNAPSHOT
from tests.unit.knowledge_base.text.traditional import FIRST, LAST

ENTRIES = shipped()
TOPICS = {
    "户政",
    "出入境",
    "交管",
    "治安",
    "网安",
    "反诈",
    "未成年人与家庭",
    "信访与法律服务",
    "案件办理",
    "监管场所",
    "禁毒",
    "经侦",
    "行业许可",
    "警务服务",
    "其他部门",
    "12389",
    "12110",
}
IDS = Path(__file__).parents[3] / "data" / "shipped_entry_ids.txt"

by_topic = pytest.mark.parametrize("topic", sorted(TOPICS))


def _of(topic: str) -> list[Entry]:
    return [entry for entry in ENTRIES if entry.topic == topic]


def test_there_are_entries_for_every_topic() -> None:
    assert len(ENTRIES) >= 590
    assert {entry.topic for entry in ENTRIES} == TOPICS


def test_no_two_entries_share_an_id_a_question_or_a_wording() -> None:
    assert clashes((0, entry) for entry in ENTRIES) == []
    assert len({normalise(entry.question) for entry in ENTRIES}) == len(ENTRIES)


def test_no_id_that_was_shipped_changes_or_vanishes() -> None:
    """Offices and evaluation sets name entries by id: a new one is added to the file, none is taken out."""
    assert [entry.id for entry in sorted(ENTRIES, key=lambda entry: entry.id)] == IDS.read_text().split()


@by_topic
def test_an_entry_has_the_day_since_when_it_is_shipped(topic: str) -> None:
    for entry in _of(topic):
        assert date(2026, 11, 22) <= date.fromisoformat(entry.since), entry.id


@by_topic
def test_an_entry_has_four_to_sixteen_variants_that_differ_from_its_question(topic: str) -> None:
    for entry in _of(topic):
        assert 4 <= len(entry.variants) <= 16, entry.id
        wordings = [normalise(wording) for wording in entry.wordings]
        assert len(set(wordings)) == len(wordings), entry.id


@by_topic
def test_an_entry_is_published_with_a_short_answer_of_its_own(topic: str) -> None:
    for entry in _of(topic):
        assert entry.state is EntryState.PUBLISHED, entry.id
        assert entry.updated_at > 0, entry.id
        assert 10 <= len(entry.short_answer) <= 120, entry.id


@by_topic
def test_an_entry_names_no_province_and_a_fee_with_the_day_it_was_checked(topic: str) -> None:
    """Fees are written in figures; fines and limits of a law, which say where they stand, in characters."""
    for entry in _of(topic):
        told = entry.answer + entry.short_answer
        assert "福建" not in told, entry.id
        if re.search(r"\d元", told):
            assert re.search(r"（20\d\d年\d{1,2}月\d{1,2}日核对）", entry.answer), entry.id
            assert "发改价格" in entry.source, entry.id


@by_topic
def test_each_of_its_wordings_finds_an_entry_first_and_traditional_characters_change_nothing(
    topic: str,
) -> None:
    for entry in _of(topic):
        for question in (*entry.wordings, *entry.tests):
            found = SNAPSHOT.match(question)
            if question in entry.wordings:
                assert found[0].entry.id == entry.id, question
            assert SNAPSHOT.match(question.translate(FIRST)) == found, question
            assert SNAPSHOT.match(question.translate(LAST)) == found, question


def test_nearly_every_test_question_finds_its_entry_first_and_all_but_a_few_among_three() -> None:
    found = [
        [match.entry.id for match in SNAPSHOT.match(question)].index(entry.id)
        if entry.id in [match.entry.id for match in SNAPSHOT.match(question)]
        else 3
        for entry in ENTRIES
        for question in entry.tests
    ]
    assert found.count(0) >= 0.94 * len(found)
    assert found.count(3) <= 0.02 * len(found)


def test_what_foreigners_ask_for_is_there_in_english() -> None:
    english = [entry for entry in ENTRIES if entry.answer_en]
    assert len(english) >= 40
    for entry in english:
        assert 4 <= len(entry.variants_en) <= 10
        assert "。" not in entry.answer_en + entry.short_answer_en
        # One character outside the basic alphabet halves what a text message holds.
        assert entry.short_answer_en.isascii()
