"""The office's words on a real store: in force at once, checked like a publish, every change kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hub.actions.knowledge.edit_words import UnfitWords, with_groups
from hub.actions.knowledge.publish_entry import Refused
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.errors import NotFound, Stale
from hub.store.copying import copy
from hub.store.digest import digest
from hub.store.sqlite import open_sqlite
from knowledge_base.match.answer import Decision
from knowledge_base.match.gate import Trouble
from knowledge_base.words.word_group import WordGroup
from tests.unit.hub.actions.knowledge.entry_office import (
    EDITOR,
    REVIEWER,
    Office,
    content,
    office_over,
    open_office,
)

LOST = "驾驶证丢了怎么补？"
SAID = "红本本丢了怎么补"
GROUP = WordGroup("驾驶证", ("红本本",), "乡下这么叫")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


async def test_a_word_is_understood_at_once_and_after_a_restart(office: Office) -> None:
    await office.published(content(LOST, "去车管所"))
    assert office.answer(SAID) == ""
    before = office.knowledge.snapshot
    record = await office.edit_words.save(GROUP, by=EDITOR)
    assert (record.number, record.changed_by, record.changed_at) == (1, EDITOR, office.clock.now_ms())
    assert "hearing" in vars(office.knowledge.snapshot._scales)  # no citizen's question is the first
    assert office.answer(SAID) == "去车管所"
    assert before.match(SAID, 1)[0].score < 1  # who holds the old snapshot is not disturbed
    again = office.second()
    await again.follow.look()
    assert again.answer(SAID) == "去车管所"


async def test_no_citizens_question_is_the_first_whatever_the_entries_ask(office: Office) -> None:
    for change in (
        office.published(content("枪？")),
        office.edit_words.save(GROUP, by=EDITOR),
        office.second().edit_words.save(WordGroup("护照", ("出国本",)), by=EDITOR),
    ):
        await change
        await office.follow.look()
        assert "hearing" in vars(office.knowledge.snapshot._scales)


async def test_an_entry_published_later_is_read_with_the_words(office: Office) -> None:
    await office.edit_words.save(GROUP, by=EDITOR)
    await office.published(content(LOST, "去车管所"))
    assert office.answer(SAID) == "去车管所"
    with pytest.raises(Refused):
        await office.published(content("红本本丢了怎么补？"))


async def test_a_service_may_be_the_name(office: Office) -> None:
    await office.published(content("身份证怎么补领？", "带上户口簿"))
    await office.edit_words.save(WordGroup("身份证补领", ("补小卡",)), by=EDITOR)
    [match] = office.knowledge.snapshot.match("补小卡怎么弄", 1)
    assert [pair.found for pair in match.words if pair.asked == "补小卡"] == ["身份证", "补领"]


async def test_every_change_is_kept_with_who_and_when(office: Office) -> None:
    record = await office.edit_words.save(GROUP, by=EDITOR)
    office.clock.advance(seconds=60)
    await office.edit_words.save(WordGroup("驾驶证", ("红本本", "车把本")), by=REVIEWER, version=1)
    await office.edit_words.remove("驾驶证", by=EDITOR, version=2)
    kept = await office.read_words.versions(record.id)
    assert [(one.number, one.words, one.by_id) for one in kept] == [
        (3, (), EDITOR),
        (2, ("红本本", "车把本"), REVIEWER),
        (1, ("红本本",), EDITOR),
    ]
    assert [one.at - kept[2].at for one in kept] == [60_000, 60_000, 0]
    assert office.knowledge.groups == []
    with pytest.raises(NotFound):
        await office.edit_words.remove("驾驶证", by=EDITOR, version=3)
    assert (await office.edit_words.save(GROUP, by=EDITOR)).number == 4  # a name may come back


async def test_what_says_nothing_new_is_no_change(office: Office) -> None:
    await office.edit_words.save(GROUP, by=EDITOR)
    revision, snapshot = office.knowledge.revision, office.knowledge.snapshot
    await office.edit_words.save(GROUP, by=REVIEWER, version=1)
    assert (office.knowledge.revision, office.knowledge.snapshot) == (revision, snapshot)


async def test_of_several_groups_only_those_that_say_something_new_get_a_version(office: Office) -> None:
    await office.edit_words.save(GROUP, by=EDITOR)
    records = await office.edit_words.put_together([GROUP, WordGroup("护照", ("出国本",))], by=REVIEWER)
    assert [(one.name, one.number, one.changed_by) for one in records] == [
        ("驾驶证", 1, EDITOR),
        ("护照", 1, REVIEWER),
    ]
    assert len(await office.read_words.versions(records[0].id)) == 1


async def test_a_process_that_begins_reads_every_group(office: Office) -> None:
    many = [WordGroup(f"许可证{number}号", (f"许可本{number}号",)) for number in range(501)]
    await office.edit_words.put_together(many, by=EDITOR)
    again = office.second()
    await again.follow.look()
    assert again.knowledge.groups == office.knowledge.groups
    assert len(again.knowledge.groups) == 501


def test_a_group_without_words_is_asked_about_as_if_it_were_not_there() -> None:
    board = WordGroup("滑板证", ("板本",))
    assert with_groups([GROUP, board], [WordGroup("駕駛證", ())]) == [board]


async def test_of_two_who_write_one_group_the_second_finds_out(office: Office) -> None:
    await office.edit_words.save(GROUP, by=EDITOR)
    for version in (0, 2):
        with pytest.raises(Stale):
            await office.edit_words.save(WordGroup("驾驶证", ("车把本",)), by=REVIEWER, version=version)
    with pytest.raises(Stale):
        await office.edit_words.remove("驾驶证", by=REVIEWER, version=2)
    assert office.knowledge.groups == [GROUP]


async def test_a_word_with_two_meanings_is_refused_also_of_two_who_save_at_once(office: Office) -> None:
    ends = await asyncio.gather(
        office.edit_words.save(GROUP, by=EDITOR),
        office.second().edit_words.save(WordGroup("护照", ("红本本",)), by=REVIEWER),
        return_exceptions=True,
    )
    [refused] = [end for end in ends if isinstance(end, UnfitWords)]
    assert "红本本" in refused.problems[0].zh
    await office.follow.look()
    assert len(office.knowledge.groups) == 1


async def test_a_change_that_loses_a_test_question_is_refused(office: Office) -> None:
    card = await office.published(content("身份证丢了怎么补领？"))
    board = await office.published(content("滑板证怎么补办？", tests=("滑板证丢了怎么补",)))
    with pytest.raises(Refused) as refused:
        await office.edit_words.save(WordGroup("身份证", ("滑板证",)), by=EDITOR)
    [found] = refused.value.objections
    assert (found.trouble, found.question, found.entry.id) == (
        Trouble.LOSES_TEST,
        "滑板证丢了怎么补",
        board.id,
    )
    assert found.goes_to is not None
    assert found.goes_to.id == card.id
    assert await office.read_words.get("身份证") is None


async def test_taking_words_out_is_asked_like_putting_them_in(office: Office) -> None:
    await office.edit_words.save(WordGroup("身份证", ("滑板证",)), by=EDITOR)
    await office.published(content("身份证丢了怎么补领？", tests=("滑板证丢了怎么补",)))
    await office.published(content("滑板租借", "别的", "滑板丢了怎么赔", "滑板证"))
    with pytest.raises(Refused) as refused:
        await office.edit_words.remove("身份证", by=EDITOR, version=1)
    assert [one.question for one in refused.value.objections] == ["滑板证丢了怎么补"]
    assert [group.name for group in office.knowledge.groups] == ["身份证"]


async def test_words_and_a_publish_at_once_are_checked_against_one_another(office: Office) -> None:
    """Each is harmless alone; the second is asked again with the first in force."""
    await office.published(content("身份证丢了怎么补领？"))
    board = await office.written(content("滑板证怎么补办？", tests=("滑板证丢了怎么补",)))
    ends = await asyncio.gather(
        office.edit_words.save(WordGroup("身份证", ("滑板证",)), by=EDITOR),
        office_over(office.documents, office.vault, office.clock).publish.publish(
            board.id, by=REVIEWER, version=1
        ),
        return_exceptions=True,
    )
    assert [type(end) for end in ends if isinstance(end, Exception)] == [Refused], ends


async def test_a_question_is_tried_with_words_nobody_stored(office: Office) -> None:
    await office.published(content(LOST, "去车管所"))
    before, after = await office.read_words.try_words(GROUP, SAID)
    assert [word.said for word in before.words] != [word.said for word in after.words]
    assert (after.words[0].said, after.words[0].meant) == ("红本本", ("驾驶证",))
    assert before.best[0].score < after.best[0].score == 1.0
    assert after.answer.decision is Decision.ANSWER
    assert office.knowledge.groups == []


async def test_services_without_words_come_first(office: Office) -> None:
    for service, question in (
        ("身份证补领", "身份证怎么补领？"),
        ("身份证补领", "补领身份证多少钱？"),
        ("养犬登记", "养狗要登记吗？"),
    ):
        await office.published(replace(content(question), service=service))
    await office.edit_words.save(WordGroup("身份證補領", ("补小卡",)), by=EDITOR)
    assert [(one.name, one.entries, one.words) for one in office.read_words.services()] == [
        ("养犬登记", 1, ()),
        ("身份证补领", 2, ("补小卡",)),
    ]


async def test_words_move_with_a_store_to_another(office: Office, tmp_path: Path) -> None:
    await office.published(content(LOST, "去车管所"))
    await office.edit_words.save(GROUP, by=EDITOR)
    await office.documents.close()
    source = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=office.clock)
    target = await open_sqlite(tmp_path / "moved.db", COLLECTIONS, clock=office.clock)
    await copy(source, target, COLLECTIONS)
    assert await digest(source, COLLECTIONS) == await digest(target, COLLECTIONS)
    moved = office.second(target)
    await moved.follow.look()
    assert moved.answer(SAID) == "去车管所"
    assert len(await moved.read_words.versions(next(iter(moved.knowledge.words)))) == 1
    await source.close()
    await target.close()
