"""The editors' list: views, filters, search, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hub.actions.knowledge.import_entries import ImportMode
from hub.actions.knowledge.read_entries import PAGE, EntryView
from knowledge_base.files.spreadsheet import csv_file
from tests.unit.hub.actions.knowledge.entry_office import (
    DAY,
    EDITOR,
    NOON,
    REVIEWER,
    Office,
    content,
    open_office,
)


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


async def questions(office: Office, view: EntryView = EntryView.ALL, **asked: str) -> list[str]:
    return [record.newest.question for record in (await office.read.page(view, **asked)).records]


async def test_each_view_shows_its_entries(office: Office) -> None:
    lasting = await office.published(replace(content("居住证怎么办？"), owner_unit="治安支队"))
    await office.published(replace(content("临时通告？"), valid_until=NOON + 29 * DAY))
    await office.published(replace(content("明年的通告？"), valid_until=NOON + 31 * DAY))
    gone = await office.published(content("停办的业务？"))
    await office.publish.expire(gone.id, by=REVIEWER, version=await office.version(gone.id), why="停办")
    await office.written(content("还没写完？"))
    version = await office.rewritten(lasting.id, replace(content("居住证怎么办理？"), owner_unit="治安支队"))
    await office.edit.submit(lasting.id, by=EDITOR, version=version)
    assert await questions(office, EntryView.SOON) == ["临时通告？"]
    assert await questions(office, EntryView.EXPIRED) == ["停办的业务？"]
    assert await questions(office, EntryView.DRAFT) == ["还没写完？"]
    assert await questions(office, EntryView.REVIEW) == ["居住证怎么办理？"]
    assert len(await questions(office, EntryView.PUBLISHED)) == 3
    assert await questions(office, owner="治安支队") == ["居住证怎么办理？"]
    assert await questions(office, topic="出入境") == []
    assert await office.read.view_counts() == {
        EntryView.ALL: 5,
        EntryView.PUBLISHED: 3,
        EntryView.DRAFT: 1,
        EntryView.REVIEW: 1,
        EntryView.SOON: 1,
        EntryView.EXPIRED: 1,
    }
    assert await office.read.owners() == ["治安支队"]


@pytest.mark.parametrize("text", ["工本费", "居住证掉了", "2023", "居"])
async def test_a_search_looks_into_wordings_and_answers(office: Office, text: str) -> None:
    await office.written(content("居住证怎么补？", "工本费见 2023 年公告。", "居住证掉了"))
    await office.written(content("护照怎么办？", "请到窗口。"))
    assert await questions(office, text=text) == ["居住证怎么补？"]
    assert await questions(office, text="没有这样的词") == []


async def test_a_large_base_is_shown_page_by_page_and_exported_whole(office: Office) -> None:
    many = [replace(content(f"第{n:03}条怎么办？"), id=f"e{n:03}") for n in range(2 * PAGE + 7)]
    importer = office.import_entries
    await importer.apply("a.csv", csv_file(many), by=EDITOR, mode=ImportMode.DRAFT)
    first = await office.read.page()
    second = await office.read.page(after=first.next)
    third = await office.read.page(after=second.next)
    assert [len(page.records) for page in (first, second, third)] == [PAGE, PAGE, 7]
    assert third.next is None
    assert [entry.id for entry in await office.read.contents()] == [entry.id for entry in many]
    assert (await office.read.page(text="怎么办")).cut
