"""Tags are the office's words: supervisors keep them, handlers put them on, the queue is read by them."""

from __future__ import annotations

import pytest

from hub.actions.cases.casework import Casework
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.tags.edit_tags import EditTags
from hub.actions.cases.tags.tag_case import TagCase
from hub.model.agent import Agent, Role
from hub.model.cases.history import HistoryKind
from hub.model.cases.queue.tag import MOST_TAGS, bit_of
from hub.model.track import Track
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.store.memory_documents import MemoryDocuments
from tests.rules import RULES
from tests.unit.hub.actions.cases.replies.reply_office import (
    CASE,
    HANDLER,
    INSPECTOR,
    Office,
    office,
    open_case,
)
from tests.unit.hub.actions.cases.test_pass_time import START

HEAD = Agent("head", "head", "", (Role.SUPERVISOR,), START, name="赵六")


async def desk_of(track: Track = Track.SERVICE) -> tuple[Office, EditTags, TagCase]:
    clock = FakeClock(START)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    await open_case(documents, track)
    desk = office(documents, clock)
    edit = EditTags(desk.documents, desk.stores, clock)
    await edit.add(HEAD, "专项行动")
    await edit.add(HEAD, "夜间")
    return desk, edit, TagCase(Casework(desk.documents, desk.stores), desk.stores, clock)


async def found_by(desk: Office, agent: Agent, tag: str) -> list[tuple[str, tuple[str, ...]]]:
    read, query = ReadQueue(desk.stores, lambda: RULES.calendar, screening_days=2), QueueQuery(tag=tag)
    rows = (await read.page(agent, query)).rows
    assert await read.count(agent, query) == (len(rows), False)
    return [(row.case.id, row.tags) for row in rows]


async def test_what_is_put_on_is_found_shown_and_recorded() -> None:
    desk, _, tag = await desk_of()
    for _ in range(2):
        await tag(HANDLER, CASE, on=["0", "1"], version=await desk.version())
    assert await found_by(desk, HANDLER, "1") == [(CASE, ("专项行动", "夜间"))]
    await tag(HANDLER, CASE, off=["1"], version=await desk.version())
    assert (await found_by(desk, HANDLER, "1"), len(await found_by(desk, HANDLER, "0"))) == ([], 1)
    facts = [e.facts for e in await desk.stores.cases.history(CASE) if e.kind is HistoryKind.TAGGED]
    assert facts == [{"tags_on": "0 1"}, {"tags_off": "1"}]


async def test_of_a_report_nothing_is_found_outside_the_wall() -> None:
    desk, _, tag = await desk_of(Track.REPORT)
    with pytest.raises(NotFound):
        await tag(HANDLER, CASE, on=["0"], version=await desk.version())
    await tag(INSPECTOR, CASE, on=["0"], version=await desk.version())
    assert await found_by(desk, HANDLER, "0") == []
    assert len(await found_by(desk, INSPECTOR, "0")) == 1


async def test_a_tag_out_of_use_stays_where_it_is_and_goes_nowhere_else() -> None:
    desk, edit, tag = await desk_of()
    await tag(HANDLER, CASE, on=["0"], version=await desk.version())
    for id in ("0", "1"):
        await edit.change(HEAD, id, f"旧{id}", in_use=False)
    assert await found_by(desk, HANDLER, "0") == [(CASE, ("旧0",))]
    await tag(HANDLER, CASE, on=["0"], version=await desk.version())
    with pytest.raises(Invalid):
        await tag(HANDLER, CASE, on=["1"], version=await desk.version())


async def test_only_supervisors_keep_the_list_and_names_are_sealed() -> None:
    desk, edit, _ = await desk_of()
    with pytest.raises(Forbidden):
        await edit.add(HANDLER, "我的")
    with pytest.raises(Forbidden):
        await edit.change(HANDLER, "0", "我的", in_use=True)
    for name in ("", " 夜间 ", "一" * 13):
        with pytest.raises(Invalid):
            await edit.add(HEAD, name)
    stored = await desk.documents.get("tags", "0")
    assert stored
    assert "专项" not in str(stored.body)


async def test_a_number_is_given_once_and_there_are_as_many_as_fit() -> None:
    _, edit, _ = await desk_of()
    for number in range(2, MOST_TAGS):
        await edit.add(HEAD, f"词{number}")
    tags = await edit.every()
    assert len({tag.bit for tag in tags}) == MOST_TAGS
    with pytest.raises(Invalid):
        await edit.add(HEAD, "再一个")


@pytest.mark.parametrize("damaged", ["", "48", "-1", "01", "x", "٣", "999"])
def test_what_is_no_tag_filters_nothing(damaged: str) -> None:
    assert (bit_of(damaged), QueueQuery.parse({"tag": damaged})) == (0, QueueQuery())
