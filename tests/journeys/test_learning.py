"""What was said is counted once and remembered without what it must not hold; reports leave no trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from channels.contract import ChannelKind
from hub.actions.knowledge.watch_answers import WatchAnswers
from hub.actions.retention.forget_expired import ForgetExpired, Rule
from hub.model.question import Question
from hub.model.tally import Tally
from hub.runtime.clock import FakeClock, day_of
from hub.store.documents import StoreUnavailable, Write
from hub.wiring.knowledge import watch_answers_of
from tests.journeys.talking import Talker
from tests.world import World, world

LOST = "身份证掉了怎么办"
STRANGE = "无人机表演要提前多久去哪里备案"
HOUR = 3_600


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, clock=FakeClock()) as running:
        yield running


def advance(hub: World, seconds: float) -> None:
    clock = hub.hub.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds=seconds)


def reader(hub: World) -> WatchAnswers:
    own = hub.hub
    return watch_answers_of(
        own.settings, own.documents, own.repositories, own.triage, own.knowledge, own.clock
    )


async def learn(hub: World, *readers: WatchAnswers) -> None:
    """Everything said so far is old enough and read."""
    advance(hub, HOUR)
    for watch in readers or (reader(hub),):
        while await watch.step():
            pass
    await asyncio.gather(*(watch.step() for watch in readers))


async def tallies(hub: World) -> dict[str, Tally]:
    today = day_of(hub.hub.clock.now_ms())
    found = await hub.hub.repositories.knowledge.answer_counts.between(today - timedelta(days=7), today)
    return {id: sum(days.values(), Tally()) for id, days in found.items()}


async def questions(hub: World) -> list[Question]:
    return [found.value for found in await hub.hub.repositories.knowledge.questions.newest(limit=100)]


async def test_an_answer_is_counted_for_its_entry(at: World) -> None:
    await Talker(at, ChannelKind.CHAT).say(LOST)
    await Talker(at, ChannelKind.SMS).say(LOST)
    await learn(at)
    assert (await tallies(at))["id-card-lost"] == Tally(answered=2)
    assert await questions(at) == []


async def test_a_choice_that_is_taken_counts_as_one_question(at: World) -> None:
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say("身份证")
    offer = (await citizen.messages())[-1]
    assert offer.offered
    await citizen.say("2")
    await learn(at)
    found = await tallies(at)
    assert found[offer.entry_ids[1]] == Tally(answered=1, offered=1, chosen=1)
    assert found[offer.entry_ids[1]].asked == 1
    assert found[offer.entry_ids[0]] == Tally(offered=1)
    assert await questions(at) == []


@pytest.mark.parametrize("then", ["", "都不是"])
async def test_a_question_whose_choices_were_not_taken_is_kept_once(at: World, then: str) -> None:
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say("身份证的事")
    if then:
        await citizen.say("9")  # asked again: still the same question
        await citizen.say(then)
    await learn(at)
    assert [question.text for question in await questions(at)] == ["身份证的事"]
    assert {tally.chosen for tally in (await tallies(at)).values()} == {0}


async def test_what_was_handed_over_is_kept_with_the_topic_it_is_nearest_to(at: World) -> None:
    await Talker(at, ChannelKind.CHAT).say(STRANGE)
    await learn(at)
    [question] = await questions(at)
    assert question.text == STRANGE
    assert question.channel == "web-chat"


async def test_asking_for_a_person_right_after_an_answer_speaks_against_it(at: World) -> None:
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say(LOST)
    await citizen.say("转人工")
    late = Talker(at, ChannelKind.CHAT, "2")
    await late.say(LOST)
    advance(at, HOUR)
    await late.say("转人工")
    await learn(at)
    assert (await tallies(at))["id-card-lost"] == Tally(answered=2, handed_over=1)
    assert await questions(at) == []


async def test_numbers_are_masked_before_a_question_is_stored(at: World) -> None:
    await Talker(at, ChannelKind.CHAT).say("我叫的车闽A12345和手机138 0013 8000怎么备案12389")
    await learn(at)
    [question] = await questions(at)
    assert "138" not in question.text
    assert "A12345" not in question.text
    assert "12389" in question.text
    stored = await at.hub.documents.get("questions", question.id)
    assert stored is not None
    assert "备案" not in repr(stored.body)


@pytest.mark.parametrize(
    "text",
    [
        "救命有人持刀在小区门口",
        "我要举报东城派出所民警收黑钱",
        "怎么投诉交警乱罚款",
        "说来话长" * 40,
        "嗯",
        "12345678901",
    ],
)
async def test_danger_accusations_long_tales_and_noise_are_not_kept(at: World, text: str) -> None:
    await Talker(at, ChannelKind.CHAT).say(text)
    await learn(at)
    assert await questions(at) == []


async def test_a_report_leaves_no_trace_not_even_of_what_was_asked_before(
    at: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say("金丝雀养殖场备案去哪里问")
    await learn(at)
    assert len(await questions(at)) == 1
    before = await tallies(at)
    await citizen.say(LOST)
    await citizen.say("我要举报东城派出所民警金丝雀收黑钱")
    await citizen.say("身份证")
    await learn(at)
    assert await questions(at) == []
    assert await tallies(at) == before
    own = at.hub.actions
    shown = (
        await own.sort_questions.all(),
        await own.read_quality.entries(),
        await own.read_quality.coverage(),
    )
    assert "金丝雀" not in repr(shown)
    assert sum(covered.asked for covered in shown[2]) == sum(tally.asked for tally in before.values())
    assert "金丝雀" not in caplog.text


async def test_a_choice_nobody_took_is_not_kept_once_the_conversation_is_behind_the_wall(at: World) -> None:
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say("身份证的事")
    await citizen.say("我要举报东城派出所民警收黑钱")
    advance(at, 600)
    while await reader(at).step():  # the report is read now, what became of the choices later
        pass
    await learn(at)
    assert await questions(at) == []


async def test_an_accusation_is_not_kept_where_a_person_answers_everything(tmp_path: Path) -> None:
    async with world(tmp_path, clock=FakeClock(), auto_reply="off") as at:
        await Talker(at, ChannelKind.SMS).say("怎么投诉交警")
        await Talker(at, ChannelKind.SMS, "2").say("怎么补身份证")
        await learn(at)
        assert [question.text for question in await questions(at)] == ["怎么补身份证"]


async def test_two_readers_at_once_count_once(at: World) -> None:
    for name in "123":
        await Talker(at, ChannelKind.CHAT, name).say(LOST)
    advance(at, HOUR)
    readers = [reader(at) for _ in range(4)]
    await asyncio.gather(*(watch.step() for watch in readers))
    await learn(at, *readers)
    assert (await tallies(at))["id-card-lost"] == Tally(answered=3)


async def test_a_reader_that_is_cut_off_before_its_commit_counts_nothing_and_again_counts_once(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Talker(at, ChannelKind.CHAT).say(LOST)
    advance(at, HOUR)
    commit = at.hub.documents.commit

    async def cut_off(writes: list[Write]) -> None:
        raise StoreUnavailable("closed")

    monkeypatch.setattr(at.hub.documents, "commit", cut_off)
    with pytest.raises(StoreUnavailable):
        await reader(at).step()
    assert await tallies(at) == {}
    monkeypatch.setattr(at.hub.documents, "commit", commit)
    await learn(at)
    await learn(at)
    assert (await tallies(at))["id-card-lost"] == Tally(answered=1)


async def test_what_a_reader_that_was_cut_off_forgot_is_shown_to_no_editor(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(at, 6 * HOUR)  # far from midnight, when the page is put together anew in any case
    citizen = Talker(at, ChannelKind.CHAT)
    await citizen.say(STRANGE)
    await learn(at)
    assert STRANGE in repr(await at.hub.actions.sort_questions.all())
    await citizen.say("我要举报东城派出所民警收黑钱")
    advance(at, HOUR)
    commit = at.hub.documents.commit

    async def cut_off(writes: list[Write]) -> None:
        if any(write.id == "cases" for write in writes):  # where the reports are read
            raise StoreUnavailable("closed")
        await commit(writes)

    monkeypatch.setattr(at.hub.documents, "commit", cut_off)
    with pytest.raises(StoreUnavailable):
        await reader(at).step()
    monkeypatch.setattr(at.hub.documents, "commit", commit)
    await learn(at)
    assert STRANGE not in repr(await at.hub.actions.sort_questions.all())


async def test_questions_go_after_their_time(at: World) -> None:
    await Talker(at, ChannelKind.CHAT).say(STRANGE)
    await learn(at)
    [question] = await questions(at)
    advance(at, at.hub.settings.retention.questions_seconds)
    forget = ForgetExpired(at.hub.documents, at.hub.clock, (Rule("questions", "keep_until", 0),))
    assert await forget() == 1
    assert asdict(question)["state"] == "open"
