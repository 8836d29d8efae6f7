"""Words from a file: looked at first, taken as a whole or not at all, the second time nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.actions.knowledge.import_entries import Unfit
from hub.actions.knowledge.publish_entry import Refused
from knowledge_base.files.word_file import words_file
from knowledge_base.words.word_group import WordGroup
from tests.unit.hub.actions.knowledge.entry_office import EDITOR, Office, content, open_office

LICENCE, CARD = WordGroup("驾驶证", ("红本本",)), WordGroup("身份证", ("小卡片",))


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


async def test_a_file_is_looked_at_taken_and_then_says_nothing_new(office: Office) -> None:
    await office.edit_words.save(WordGroup("养犬", ("狗本",)), by=EDITOR)
    await office.edit_words.save(WordGroup("驾驶证", ("车把本",)), by=EDITOR)
    file = words_file([LICENCE, CARD])
    plan = await office.import_words.plan(file)
    assert (plan.added, plan.changed, plan.unchanged) == ((CARD,), (LICENCE,), 0)
    assert len(office.knowledge.groups) == 2
    await office.import_words.apply(file, by=EDITOR)
    assert {group.name: group.words for group in office.knowledge.groups} == {
        "养犬": ("狗本",),  # what the file does not name stays
        "身份证": ("小卡片",),
        "驾驶证": ("红本本",),
    }
    revision = office.knowledge.revision
    again = await office.import_words.apply(file, by=EDITOR)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert office.knowledge.revision == revision


async def test_one_problem_and_nothing_is_taken(office: Office) -> None:
    await office.edit_words.save(CARD, by=EDITOR)
    file = words_file([LICENCE, WordGroup("护照", ("小卡片", "本")), WordGroup("护照", ("出国本",))])
    with pytest.raises(Unfit) as unfit:
        await office.import_words.apply(file, by=EDITOR)
    assert [problem.line for problem in unfit.value.problems] == [3, 3, 4]
    assert "已经是“身份证”的一个说法" in unfit.value.problems[0].zh
    assert office.knowledge.groups == [CARD]


class ReadBeside(list[WordGroup]):
    """Groups that can only be read while the event loop goes on: the reader waits for a turn of the loop."""

    def __init__(self, groups: Iterable[WordGroup]) -> None:
        super().__init__(groups)
        self.turned = threading.Event()

    def __iter__(self) -> Iterator[WordGroup]:
        assert self.turned.wait(10), "the event loop stands still while a file is checked"
        return super().__iter__()


async def test_citizens_are_answered_while_a_file_is_checked(office: Office) -> None:
    groups = ReadBeside([LICENCE, CARD])
    checked = asyncio.create_task(office.edit_words.problems(groups))
    await asyncio.sleep(0)  # the check begins
    groups.turned.set()
    assert await checked == ()


async def test_a_file_goes_through_the_gate_as_a_whole(office: Office) -> None:
    await office.published(content("身份证丢了怎么补领？"))
    await office.published(content("滑板证怎么补办？", tests=("滑板证丢了怎么补",)))
    with pytest.raises(Refused):
        await office.import_words.apply(words_file([LICENCE, WordGroup("身份证", ("滑板证",))]), by=EDITOR)
    assert office.knowledge.groups == []


async def test_entries_from_a_file_are_read_with_the_words_in_force(office: Office) -> None:
    heading = "id,question,answer,topic\n"
    rows = "a,驾驶证丢了怎么补？,答,交管\nb,红本本丢了怎么补？,答,交管\n"
    assert (await office.import_entries.plan("a.csv", (heading + rows).encode())).problems == ()
    await office.edit_words.save(LICENCE, by=EDITOR)
    [problem] = (await office.import_entries.plan("a.csv", (heading + rows).encode())).problems
    assert problem.line == 3
