"""Several processes follow one another's changes of the knowledge base, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hub.actions.knowledge.publish_entry import Refused
from hub.actions.knowledge.read_entries import EntryView
from hub.jobs.knowledge import follow_entries
from hub.runtime.supervisor import Supervisor
from knowledge_base.words.word_group import WordGroup
from tests.contract.nx import REAL_SERVER
from tests.contract.store.conftest import SHARED_ENGINES, TwoProcesses
from tests.unit.hub.actions.knowledge.entry_office import (
    DAY,
    EDITOR,
    NOON,
    REVIEWER,
    Office,
    content,
)
from tests.world import eventually

pytestmark = SHARED_ENGINES

LOST = "身份证丢了怎么补领？"
Pair = tuple[Office, Office]


@pytest.fixture
def pair(two_processes: TwoProcesses) -> Pair:
    """Two processes over one store."""
    return two_processes(None, None)


@pytest.fixture
def rivals(pair: Pair) -> Pair:
    """Two processes that write at the same time. nx-27017 mixes transactions of two clients and shows what is
    not committed, so there they share one, and the store is asked who won."""
    here, there = pair
    return here, here.second(None if not REAL_SERVER else there.documents)


async def test_a_change_made_elsewhere_answers_here(pair: Pair) -> None:
    here, there = pair
    record = await there.published(content(LOST, "第一版"))
    assert here.answer(LOST) == ""
    await here.follow.look()
    assert here.answer(LOST) == "第一版"
    version = await there.rewritten(record.id, content(LOST, "第二版"))
    await there.publish.publish(record.id, by=REVIEWER, version=version)
    await there.published(content("港澳通行证怎么签注？", "另一条"))
    await here.follow.look()
    assert here.answer(LOST) == "第二版"
    assert here.answer("港澳通行证怎么签注？") == "另一条"
    await there.publish.expire(record.id, by=REVIEWER, version=version + 1, why="停办")
    await here.follow.look()
    assert here.answer(LOST) == ""
    assert here.answer("港澳通行证怎么签注？") == "另一条"


async def test_nothing_is_built_when_nothing_changed(pair: Pair) -> None:
    here, there = pair
    record = await there.published(content(LOST, "答案"))
    await here.follow.look()
    before = here.knowledge.snapshot
    await there.rewritten(record.id, content(LOST, "还没有发布"))
    await here.follow.look()
    assert here.knowledge.snapshot is before


async def test_two_that_publish_at_once_never_take_a_question_from_one_another(
    rivals: Pair,
) -> None:
    here, there = rivals
    one = await here.written(content("居住证怎么办？", "甲", "办居住证要什么"))
    two = await here.written(content("居住证办理流程？", "乙", "办居住证要什么"))
    ends = await asyncio.gather(
        here.publish.publish(one.id, by=REVIEWER, version=1),
        there.publish.publish(two.id, by=REVIEWER, version=1),
        return_exceptions=True,
    )
    refused = [end for end in ends if isinstance(end, Refused)]
    assert len(refused) == 1, ends
    assert (await here.read.view_counts())[EntryView.PUBLISHED] == 1


async def test_two_processes_publish_the_same_entry_once(rivals: Pair) -> None:
    here, there = rivals
    record = await here.written(content(LOST, "答案"))
    ends = await asyncio.gather(
        *(process.publish.publish(record.id, by=REVIEWER, version=1) for process in rivals),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["EntryRecord", "Stale"]
    assert [version.number for version in await there.read.versions(record.id)] == [1]


async def test_the_hour_takes_effect_in_every_process_and_is_written_down_once(pair: Pair) -> None:
    here, there = pair
    await there.published(replace(content(LOST, "今天"), valid_until=NOON + DAY))
    await here.follow.look()
    here.clock.advance(seconds=DAY / 1000)
    await here.follow.look()
    await there.follow.look()
    assert here.answer(LOST) == there.answer(LOST) == ""
    assert [await here.follow.settle(), await there.follow.settle()] == [1, 0]


async def test_the_supervised_job_follows_by_itself(pair: Pair) -> None:
    here, there = pair
    supervisor = Supervisor(here.clock)
    jobs = asyncio.create_task(
        supervisor.run({"knowledge": lambda: follow_entries(here.follow, poll_seconds=0.02)})
    )
    try:
        await there.published(content(LOST, "别处发布的"))

        async def answers() -> bool:
            return here.answer(LOST) == "别处发布的"

        await eventually(answers)
    finally:
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)


async def test_words_changed_elsewhere_are_understood_here(pair: Pair) -> None:
    here, there = pair
    await there.published(content("驾驶证丢了怎么补？", "去车管所"))
    await here.follow.look()
    await there.edit_words.save(WordGroup("驾驶证", ("红本本",)), by=EDITOR)
    assert here.answer("红本本丢了怎么补") == ""
    await here.follow.look()
    assert here.answer("红本本丢了怎么补") == "去车管所"
    await there.published(content("港澳通行证怎么签注？", "另一条"))
    await there.edit_words.remove("驾驶证", by=EDITOR, version=1)
    await here.follow.look()
    assert here.answer("红本本丢了怎么补") == ""
    assert here.answer("港澳通行证怎么签注？") == "另一条"
    kept = await here.read_words.versions(next(iter(here.knowledge.words)))
    assert [one.number for one in kept] == [2, 1]


async def test_two_that_give_a_word_two_meanings_at_once_do_not_both_succeed(rivals: Pair) -> None:
    here, there = rivals
    ends = await asyncio.gather(
        here.edit_words.save(WordGroup("驾驶证", ("红本本",)), by=EDITOR),
        there.edit_words.save(WordGroup("护照", ("红本本",)), by=REVIEWER),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["UnfitWords", "WordRecord"], ends


async def test_two_that_write_one_group_at_once_do_not_both_succeed(rivals: Pair) -> None:
    ends = await asyncio.gather(
        *(
            process.edit_words.save(WordGroup("驾驶证", (word,)), by=EDITOR)
            for process, word in zip(rivals, ("红本本", "车把本"), strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(end).__name__ for end in ends) == ["Stale", "WordRecord"], ends
