"""Entries from a file: looked at first, taken as a whole or not at all, the second time nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hub.actions.knowledge.import_entries import ImportEntries, ImportMode, Unfit
from hub.actions.knowledge.publish_entry import Refused
from knowledge_base.entry import Entry, EntryState
from knowledge_base.files.spreadsheet import csv_file, workbook_file
from tests.embedding_server import encoder_at, played_encoder
from tests.unit.hub.actions.knowledge.entry_office import (
    EDITOR,
    REVIEWER,
    Office,
    content,
    office_over,
    open_office,
)

LOST = "身份证丢了怎么补领？"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


def importer(office: Office) -> ImportEntries:
    return office.import_entries


def entry(id: str, question: str, answer: str = "", **changes: object) -> Entry:
    return replace(content(question, answer), id=id, **changes)  # type: ignore[arg-type]


async def test_a_file_is_looked_at_taken_and_then_says_nothing_new(office: Office) -> None:
    file = workbook_file([entry("a", LOST), entry("b", "居住证怎么办？")])
    look = await importer(office).plan("a.xlsx", file)
    assert ([e.id for e in look.added], look.changed, look.unchanged) == (["a", "b"], (), 0)
    assert (await office.read.page()).records == ()
    await importer(office).apply("a.xlsx", file, by=EDITOR, mode=ImportMode.REVIEW)
    record = (await office.read.get("a")).value
    assert record.working is not None
    assert (record.working.state, record.author_ids, record.note) == (
        EntryState.REVIEW,
        (EDITOR,),
        "a.xlsx",
    )
    again = await importer(office).apply("a.xlsx", file, by=EDITOR, mode=ImportMode.REVIEW)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)
    assert await office.version("a") == 1


async def test_what_the_hub_exports_changes_nothing_when_it_comes_back(office: Office) -> None:
    await office.published(content(LOST, "答案", "身份证掉了", tests=("身份证掉哪了",)))
    await office.written(content("居住证怎么办？"))
    exported = await office.read.contents()
    for name, file in (("a.csv", csv_file(exported)), ("a.xlsx", workbook_file(exported))):
        plan = await importer(office).plan(name, file)
        assert (plan.added, plan.changed, plan.unchanged, plan.problems) == ((), (), 2, ())


async def test_what_is_reviewed_is_published_by_somebody_else_with_one_press(office: Office) -> None:
    await office.published(entry("", LOST, "旧"))
    (old,) = await office.read.contents()
    file = csv_file([replace(old, answer="新"), entry("b", "居住证怎么办？", "乙")])
    await importer(office).apply("a.csv", file, by=EDITOR, mode=ImportMode.REVIEW)
    assert await office.publish.publish_reviewed(by=EDITOR) == 0
    assert office.answer(LOST) == "旧"
    assert await office.publish.publish_reviewed(by=REVIEWER) == 2
    assert (office.answer(LOST), office.answer("居住证怎么办")) == ("新", "乙")
    assert [v.why for v in await office.read.versions("b")] == ["a.csv"]


async def test_a_publish_from_a_file_that_steals_a_question_takes_nothing(office: Office) -> None:
    await office.published(content("有人放炮怎么举报？", "答案", tests=("半夜放炮",)))
    file = csv_file([entry("a", "居住证怎么办？"), entry("b", "半夜放炮？")])
    with pytest.raises(Refused) as refused:
        await importer(office).apply("a.csv", file, by="", mode=ImportMode.PUBLISH)
    assert [objection.question for objection in refused.value.objections] == ["半夜放炮"]
    assert len((await office.read.page()).records) == 1
    alone = csv_file([entry("a", "居住证怎么办？", "甲")])
    await importer(office).apply("a.csv", alone, by="", mode=ImportMode.PUBLISH)
    assert office.answer("居住证怎么办") == "甲"


async def test_nobodys_working_copy_is_written_over(office: Office) -> None:
    record = await office.published(content(LOST, "答案"))
    await office.rewritten(record.id, content(LOST, "正在写的"))
    file = csv_file([entry("b", "居住证怎么办？"), entry(record.id, LOST, "文件里的")])
    with pytest.raises(Unfit) as unfit:
        await importer(office).apply("a.csv", file, by=EDITOR, mode=ImportMode.DRAFT)
    assert [(problem.line, record.id in problem.zh) for problem in unfit.value.problems] == [(3, True)]
    assert len((await office.read.page()).records) == 1
    assert (await office.read.get(record.id)).value.newest.answer == "正在写的"


async def test_what_may_be_said_already_is_told_by_words_and_by_what_it_means(tmp_path: Path) -> None:
    office = await open_office(tmp_path)
    async with played_encoder() as server:
        server.means |= dict.fromkeys(("养狗登记", "养狗证怎么领"), "养狗证怎么办")
        with_engine = office_over(office.documents, office.vault, office.clock, engine=encoder_at(server.url))
        await with_engine.published(content("养狗证怎么办？"))
        await office.follow.look()
        new = [entry("a", "养狗登记"), entry("b", "养狗证怎么领"), entry("c", "护照去哪里换？")]
        by_words = (await office.import_entries.plan("a.csv", csv_file(new))).alike
        by_both = (await with_engine.import_entries.plan("a.csv", csv_file(new))).alike
        assert [one.id for one, _ in by_words] == ["b"]
        assert {one.id for one, _ in by_both} == {"a", "b"}
        assert {match.entry.question for _, match in by_both} == {"养狗证怎么办？"}
        await with_engine.encoding.close()
    await office.documents.close()
