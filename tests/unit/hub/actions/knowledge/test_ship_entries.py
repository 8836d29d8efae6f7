"""Entries of the program: published once, corrected by a release, left alone once an editor has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from hub.actions.knowledge.ship_entries import ship_entries
from tests.unit.hub.actions.knowledge.entry_office import NOON, REVIEWER, Office, content, open_office

LOST = "身份证丢了怎么补领？"
SHIPPED = replace(content(LOST, "第一版"), id="lost", updated_at=NOON)
CORRECTED = replace(SHIPPED, answer="更正", updated_at=NOON + 1)


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


async def test_a_start_publishes_what_is_not_there_and_the_next_one_nothing(office: Office) -> None:
    assert await ship_entries(office.desk, [SHIPPED]) == 1
    assert await ship_entries(office.desk, [SHIPPED]) == 0
    await office.follow.look()
    assert office.answer(LOST) == "第一版"


async def test_processes_that_start_together_publish_once(office: Office) -> None:
    assert sorted(await asyncio.gather(*(ship_entries(office.desk, [SHIPPED]) for _ in range(3)))) == [
        0,
        0,
        1,
    ]
    assert len(await office.read.versions("lost")) == 1


async def test_a_release_corrects_what_nobody_edited(office: Office) -> None:
    await ship_entries(office.desk, [SHIPPED])
    assert await ship_entries(office.desk, [CORRECTED]) == 1
    await office.follow.look()
    assert office.answer(LOST) == "更正"
    assert [version.number for version in await office.read.versions("lost")] == [2, 1]
    assert await ship_entries(office.desk, [SHIPPED]) == 0  # an older program puts nothing back


async def test_what_an_editor_has_is_theirs(office: Office) -> None:
    await ship_entries(office.desk, [SHIPPED])
    version = await office.rewritten("lost", replace(SHIPPED, answer="本地做法"))
    assert await ship_entries(office.desk, [CORRECTED]) == 0
    await office.publish.publish("lost", by=REVIEWER, version=version)
    assert await ship_entries(office.desk, [CORRECTED]) == 0
    await office.publish.expire("lost", by=REVIEWER, version=version + 1, why="停办")
    assert await ship_entries(office.desk, [CORRECTED]) == 0
    assert office.answer(LOST) == ""
