"""The life of an entry: written, published by a second person, withdrawn, brought back; nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hub.actions.knowledge.publish_entry import Refused
from hub.model.entry_record import VersionKind
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from knowledge_base.entry import EntryState
from knowledge_base.match.gate import Trouble
from tests.unit.hub.actions.knowledge.entry_office import (
    DAY,
    EDITOR,
    HOUR,
    NOON,
    REVIEWER,
    Office,
    content,
    open_office,
)

LOST = "身份证丢了怎么补领？"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = await open_office(tmp_path)
    yield made
    await made.documents.close()


async def test_what_is_written_does_not_answer_before_it_is_published(office: Office) -> None:
    record = await office.written(content(LOST, "带户口簿到派出所。"))
    await office.follow.look()
    assert office.answer(LOST) == ""
    await office.publish.publish(record.id, by=REVIEWER, version=1)
    assert office.answer(LOST) == "带户口簿到派出所。"


async def test_the_published_answer_goes_on_while_the_next_is_written_and_reviewed(office: Office) -> None:
    record = await office.published(content(LOST, "旧答案"))
    version = await office.rewritten(record.id, content(LOST, "新答案"))
    assert office.answer(LOST) == "旧答案"
    await office.edit.submit(record.id, by=EDITOR, version=version, note="政策变了")
    assert office.answer(LOST) == "旧答案"
    await office.publish.publish(record.id, by=REVIEWER, version=version + 1)
    assert office.answer(LOST) == "新答案"
    versions = await office.read.versions(record.id)
    assert [(v.number, v.content.answer, v.by_id, v.author_ids, v.why) for v in versions] == [
        (2, "新答案", REVIEWER, (EDITOR,), "政策变了"),
        (1, "旧答案", REVIEWER, (EDITOR,), ""),
    ]


async def test_who_wrote_it_does_not_publish_it(office: Office) -> None:
    record = await office.written(content(LOST))
    with pytest.raises(Forbidden):
        await office.publish.publish(record.id, by=EDITOR, version=1)
    edited = replace(content(LOST, "改了一个字"), id=record.id)
    await office.edit.save(edited, by=REVIEWER, version=1)
    with pytest.raises(Forbidden):
        await office.publish.publish(record.id, by=REVIEWER, version=2)
    alone = office.second(second_person=False)
    await alone.publish.publish(record.id, by=EDITOR, version=2)
    assert alone.answer(LOST) == "改了一个字"


async def test_a_working_copy_is_sent_back_with_a_remark(office: Office) -> None:
    record = await office.written(content(LOST))
    await office.edit.submit(record.id, by=EDITOR, version=1)
    with pytest.raises(Invalid) as refused:
        await office.edit.send_back(record.id, by=REVIEWER, version=2, remark=" ")
    assert list(refused.value.problems) == ["remark"]
    await office.edit.send_back(record.id, by=REVIEWER, version=2, remark="请写明依据")
    back = (await office.read.get(record.id)).value
    assert back.working is not None
    assert (back.working.state, back.remark) == (EntryState.DRAFT, "请写明依据")


async def test_saving_the_same_again_is_no_change(office: Office) -> None:
    record = await office.published(content(LOST, "答案"))
    version = await office.version(record.id)
    again = await office.edit.save(replace(content(LOST, "答案"), id=record.id), by=EDITOR, version=version)
    assert again.working is None
    assert await office.version(record.id) == version


async def test_a_withdrawn_entry_is_silent_until_it_is_brought_back(office: Office) -> None:
    record = await office.published(content(LOST, "答案"))
    version = await office.version(record.id)
    with pytest.raises(Invalid):
        await office.publish.expire(record.id, by=REVIEWER, version=version, why="")
    await office.publish.expire(record.id, by=REVIEWER, version=version, why="依据已废止")
    assert office.answer(LOST) == ""
    await office.publish.bring_back(record.id, by=REVIEWER, version=version + 1)
    assert office.answer(LOST) == "答案"
    versions = await office.read.versions(record.id)
    assert [(v.kind, v.why) for v in versions] == [
        (VersionKind.BROUGHT_BACK, ""),
        (VersionKind.EXPIRED, "依据已废止"),
        (VersionKind.PUBLISHED, ""),
    ]


async def test_an_old_version_comes_back_as_a_working_copy(office: Office) -> None:
    record = await office.published(content(LOST, "第一版"))
    version = await office.rewritten(record.id, content(LOST, "第二版"))
    await office.publish.publish(record.id, by=REVIEWER, version=version)
    restored = await office.edit.restore(record.id, 1, by=EDITOR, version=version + 1)
    assert restored.working is not None
    assert restored.working.answer == "第一版"
    assert office.answer(LOST) == "第二版"
    with pytest.raises(Invalid):
        await office.edit.restore(record.id, 2, by=EDITOR, version=version + 2)
    with pytest.raises(NotFound):
        await office.edit.restore(record.id, 9, by=EDITOR, version=version + 2)


async def test_a_working_copy_is_given_up_and_the_entry_stays(office: Office) -> None:
    record = await office.published(content(LOST, "答案"))
    version = await office.rewritten(record.id, content(LOST, "写错了"))
    assert await office.edit.discard(record.id, by=EDITOR, version=version)
    assert (await office.read.get(record.id)).value.newest.answer == "答案"
    draft = await office.written(content("港澳通行证怎么办？"))
    assert not await office.edit.discard(draft.id, by=EDITOR, version=1)
    with pytest.raises(NotFound):
        await office.read.get(draft.id)


async def test_somebody_elses_change_is_never_overwritten(office: Office) -> None:
    record = await office.published(content(LOST, "答案"))
    version = await office.version(record.id)
    await office.rewritten(record.id, content(LOST, "先到的修改"))
    with pytest.raises(Stale):
        await office.edit.save(replace(content(LOST, "晚到的"), id=record.id), by="wang", version=version)
    with pytest.raises(Stale):
        await office.publish.publish(record.id, by=REVIEWER, version=version)
    assert (await office.read.get(record.id)).value.newest.answer == "先到的修改"


async def test_what_begins_later_waits_behind_what_answers(office: Office) -> None:
    record = await office.published(content(LOST, "今天"))
    tomorrow = replace(content(LOST, "明天"), valid_from=NOON + DAY)
    version = await office.rewritten(record.id, tomorrow)
    await office.publish.publish(record.id, by=REVIEWER, version=version)
    assert office.answer(LOST) == "今天"
    office.clock.advance(seconds=DAY / 1000 - 1)
    await office.follow.look()
    assert office.answer(LOST) == "今天"
    office.clock.advance(seconds=1)
    await office.follow.look()
    assert office.answer(LOST) == "明天"
    assert await office.follow.settle() == 1
    settled = (await office.read.get(record.id)).value
    assert settled.coming is None
    assert settled.live is not None
    assert settled.live.answer == "明天"


async def test_an_entry_is_over_at_its_minute(office: Office) -> None:
    record = await office.published(replace(content(LOST, "到点为止"), valid_until=NOON + HOUR))
    office.clock.advance(seconds=3599)
    await office.follow.look()
    assert office.answer(LOST) == "到点为止"
    office.clock.advance(seconds=1)
    await office.follow.look()
    assert office.answer(LOST) == ""
    assert await office.follow.settle() == 1
    assert await office.follow.settle() == 0
    over = (await office.read.get(record.id)).value
    assert over.live is not None
    assert over.live.state is EntryState.EXPIRED
    newest = (await office.read.versions(record.id))[0]
    assert (newest.kind, newest.by_id) == (VersionKind.EXPIRED, "")
    with pytest.raises(Invalid) as refused:
        await office.publish.bring_back(record.id, by=REVIEWER, version=await office.version(record.id))
    assert list(refused.value.problems) == ["valid_until"]


async def test_a_publish_must_not_take_over_what_begins_tomorrow(office: Office) -> None:
    coming = replace(content("电动车上牌要带什么？", "明天起"), valid_from=NOON + DAY)
    await office.published(coming)
    thief = await office.written(content("电动车怎么上牌？", "", "电动车上牌要带什么"))
    with pytest.raises(Refused) as refused:
        await office.publish.publish(thief.id, by=REVIEWER, version=1)
    assert {objection.trouble for objection in refused.value.objections} == {Trouble.SAME_WORDING}


async def test_a_refused_publish_says_everything_and_changes_nothing(office: Office) -> None:
    owner = await office.published(
        content("燃放烟花爆竹怎么举报？", "答案", "有人放炮找谁", tests=("半夜放炮太吵",))
    )
    wanted = content(
        "半夜放炮太吵？", "别的答案", "有人放炮找谁", tests=("月球上有兔子吗", "燃放烟花爆竹怎么举报")
    )
    thief = await office.written(wanted)
    before = office.knowledge.snapshot
    with pytest.raises(Refused) as refused:
        await office.publish.publish(thief.id, by=REVIEWER, version=1)
    said = {(o.trouble, o.question, o.entry.id) for o in refused.value.objections}
    assert said == {
        (Trouble.TEST_NOT_FOUND, "月球上有兔子吗", thief.id),
        (Trouble.TEST_NOT_FOUND, "燃放烟花爆竹怎么举报", thief.id),
        (Trouble.SAME_WORDING, "有人放炮找谁", owner.id),
        (Trouble.TAKES_TEST, "半夜放炮太吵", owner.id),
    }
    assert office.knowledge.snapshot is before
    assert (await office.read.get(thief.id)).value.number == 0
    assert await office.publish.check(wanted) != ()


async def test_of_two_publishes_at_once_the_second_is_checked_against_the_first(office: Office) -> None:
    other = office.second()
    await other.follow.look()
    one = await office.written(content("居住证怎么办？", "甲", "办居住证要什么"))
    two = await office.written(content("居住证办理流程？", "乙", "办居住证要什么"))
    ends = await asyncio.gather(
        office.publish.publish(one.id, by=REVIEWER, version=1),
        other.publish.publish(two.id, by=REVIEWER, version=1),
        return_exceptions=True,
    )
    refused = [end for end in ends if isinstance(end, Refused)]
    assert len(refused) == 1, ends
    assert refused[0].objections[0].trouble is Trouble.SAME_WORDING
    await office.follow.look()
    await other.follow.look()
    assert office.answer("办居住证要什么") == other.answer("办居住证要什么") != ""


async def test_publishes_of_strangers_at_once_both_arrive(office: Office) -> None:
    other = office.second()
    one = await office.written(content("居住证怎么办？", "甲"))
    two = await office.written(content("港澳通行证怎么签注？", "乙"))
    await asyncio.gather(
        office.publish.publish(one.id, by=REVIEWER, version=1),
        other.publish.publish(two.id, by=REVIEWER, version=1),
    )
    for process in (office, other):
        await process.follow.look()
        assert process.answer("居住证怎么办") == "甲"
        assert process.answer("港澳通行证怎么签注") == "乙"
