"""Vectors of an office's own wordings: made once for all processes, and never those of another engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.actions.knowledge.publish_entry import Refused
from tests.contract.store.conftest import SHARED_ENGINES, TwoProcesses
from tests.embedding_server import PlayedEncoder, encoder_at, played_encoder
from tests.unit.hub.actions.knowledge.entry_office import REVIEWER, Office, content

pytestmark = SHARED_ENGINES

DOG = "养狗证怎么办？"
SAME = "给狗上户口去哪"


@pytest.fixture
async def server() -> AsyncIterator[PlayedEncoder]:
    async with played_encoder() as played:
        yield played


def lacking(office: Office, *wordings: str) -> list[str]:
    vectors = office.knowledge.vectors
    assert vectors is not None
    return vectors.missing(wordings)


def closeness(office: Office) -> float | None:
    """How close the first wording's own vector comes to what is in the index."""
    vectors = office.knowledge.vectors
    assert vectors is not None
    [vector] = vectors.vectors([DOG])
    found = office.knowledge.snapshot.look(f"请问一下{DOG}谢谢", vector=vector)
    return found[0].likeness.closeness if found else None


async def test_what_one_process_publishes_others_need_not_encode(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, there = two_processes(*(encoder_at(server.url, passage_prefix="passage: ") for _ in range(2)))
    record = await here.published(content(DOG, "带狗去", SAME))
    assert lacking(here, DOG, SAME) == []
    assert closeness(here) == pytest.approx(1.0, abs=0.01)
    asked = list(server.texts)
    await there.follow.look()
    assert lacking(there, DOG, SAME) == []
    assert closeness(there) == pytest.approx(1.0, abs=0.01)
    assert server.texts == asked
    version = await there.rewritten(record.id, content(DOG, "带狗去", SAME, "狗要不要办证"))
    await there.publish.publish(record.id, by=REVIEWER, version=version)
    assert [text for text in server.texts if text == "passage: 养狗证怎么办"] == ["passage: 养狗证怎么办"]
    await here.follow.look()
    assert lacking(here, DOG, SAME, "狗要不要办证") == []


async def test_what_is_kept_is_there_after_a_restart_without_the_engine(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, again = two_processes(encoder_at(server.url), encoder_at(server.url))
    await here.published(content(DOG, "带狗去", SAME))
    server.mood, asked = "error", server.asked
    await again.follow.look()
    assert not await again.follow.learn()
    assert (lacking(again, DOG, SAME), server.asked) == ([], asked)


async def test_an_engine_that_is_down_stops_no_publish_and_what_is_lacking_is_made_by_one_for_all(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, there = two_processes(encoder_at(server.url), encoder_at(server.url))
    server.mood = "error"
    await here.published(content(DOG, "带狗去", SAME))
    await there.follow.look()
    assert here.answer(DOG) == there.answer(DOG) == "带狗去"
    assert not await here.follow.learn()
    server.mood = "well"
    here.clock.advance(seconds=1)
    assert await here.follow.learn()
    assert (lacking(here, DOG, SAME), here.vectors.lacking) == ([], 0)
    asked = server.asked
    assert await there.follow.learn()
    assert (lacking(there, DOG, SAME), server.asked) == ([], asked)
    assert closeness(there) == pytest.approx(1.0, abs=0.01)
    assert not await there.follow.learn()


async def test_two_processes_with_different_engines_share_no_vectors(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, there = two_processes(
        encoder_at(server.url), encoder_at(server.url, query_prefix="query: ", passage_prefix="passage: ")
    )
    await here.published(content(DOG, "带狗去", SAME))
    await there.follow.look()
    assert here.knowledge.snapshot.engine != there.knowledge.snapshot.engine
    assert len(lacking(there, DOG, SAME)) == 2
    assert closeness(there) == 0.0
    own = here.knowledge.vectors
    assert own is not None
    with pytest.raises(ValueError, match="vectors of"):
        there.knowledge.learn(own, [])
    assert await there.follow.learn()  # a change of engine makes them anew, those of the other stay
    assert lacking(there, DOG, SAME) == []
    assert "passage: 养狗证怎么办" in server.texts
    stored = [row.body["engine"] async for row in here.documents.scan("vectors")]
    assert sorted(stored) == sorted([here.encoding.name, there.encoding.name] * 2)


async def test_a_row_that_is_no_vector_of_the_engine_is_made_anew(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, there = two_processes(encoder_at(server.url), encoder_at(server.url))
    await here.published(content(DOG, "带狗去"))
    [row] = [row async for row in here.documents.scan("vectors")]
    for damaged in ("AAAA", "no base64!", ""):
        await here.documents.delete("vectors", {"id": row.id}, limit=1)
        await here.documents.insert_many("vectors", [(row.id, {**row.body, "row": damaged})])
        await there.follow.look()
        assert lacking(there, DOG) != []
    assert await there.follow.learn()
    assert lacking(there, DOG) == []


async def test_the_question_of_a_test_may_be_found_by_what_it_means(
    two_processes: TwoProcesses, server: PlayedEncoder
) -> None:
    here, without = two_processes(encoder_at(server.url), None)
    server.means["毛孩子落户"] = "养狗证怎么办"
    record = await here.written(replace(content(DOG, "带狗去"), tests=("毛孩子落户",)))
    with pytest.raises(Refused):
        await without.publish.publish(record.id, by=REVIEWER, version=1)
    await here.publish.publish(record.id, by=REVIEWER, version=1)
    assert here.answer(DOG) == "带狗去"
