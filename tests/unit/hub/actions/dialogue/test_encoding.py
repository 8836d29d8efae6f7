"""Vectors for those who wait, and what becomes of an engine that fails, is slow, or is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from hub.actions.dialogue.encoding import Encoding
from hub.runtime.clock import FakeClock
from knowledge_base.meaning.encoder import Vectors
from tests.embedding_server import PlayedEncoder, encoder_at, played_encoder
from tests.ports import free_port

TEXT = "老公打我，孩子在哭"


@asynccontextmanager
async def encoding_of(url: str, clock: FakeClock) -> AsyncIterator[Encoding]:
    encoding = Encoding(encoder_at(url), clock)
    try:
        yield encoding
    finally:
        await encoding.close()


async def are_there(encoding: Encoding, *texts: str) -> bool:
    found = await encoding.within(texts or (TEXT,), seconds=10)
    return set(found) == set(texts or (TEXT,))


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith("encoder.")]


async def test_a_text_is_encoded_once_for_all_who_ask() -> None:
    async with played_encoder() as server, encoding_of(server.url, FakeClock()) as encoding:
        ends = await asyncio.gather(*(are_there(encoding) for _ in range(5)))
        assert ends == [True] * 5
        assert await are_there(encoding)
        assert server.texts == [TEXT]
        assert encoding.problem == ""


async def test_an_engine_that_fails_is_left_alone_longer_and_longer_and_comes_back_by_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    async with played_encoder() as server, encoding_of(server.url, clock) as encoding:
        await encoding.look()
        assert await are_there(encoding)
        server.mood, server.asked = "error", 0
        for number in range(5):
            assert not await are_there(encoding, f"第{number}句")
        assert (server.asked, encoding.is_down, encoding.problem) == (3, True, "status 500")
        asked_at = []
        for second in range(1000):
            clock.advance(seconds=1)
            before = server.asked
            await encoding.look()
            asked_at += [second + 1] * (server.asked - before)
        assert asked_at == [1, 3, 7, 15, 31, 63, 127, 255, 511, 811]
        server.mood = "well"
        clock.advance(seconds=300)
        await encoding.look()
        assert (encoding.is_down, encoding.problem) == (False, "")
        assert await are_there(encoding, "又好了")
    assert said(caplog) == ["encoder.failed", "encoder.back"]


async def test_while_it_is_left_alone_nobody_waits() -> None:
    async with played_encoder() as server, encoding_of(server.url, FakeClock()) as encoding:
        server.mood = "error"
        for number in range(3):
            await are_there(encoding, f"第{number}句")
        began = time.monotonic()
        assert not await are_there(encoding)
        assert time.monotonic() - began < 0.1
        assert server.asked == 3


async def test_an_engine_that_was_missing_at_the_start_is_found(caplog: pytest.LogCaptureFixture) -> None:
    clock, port = FakeClock(), free_port()
    async with encoding_of(f"http://127.0.0.1:{port}/v1/embeddings", clock) as encoding:
        for _ in range(3):
            await encoding.look()
        assert (encoding.is_down, encoding.problem) == (True, "NotReached")
        async with played_encoder(port):
            clock.advance(seconds=1)
            assert await are_there(encoding)  # who asks when the pause is over is the try
            assert not encoding.is_down
    assert said(caplog) == ["encoder.failed", "encoder.back"]


async def test_an_engine_that_is_killed_and_started_again_is_found_again() -> None:
    clock, played = FakeClock(), PlayedEncoder()
    async with played_encoder(played=played):
        encoding = Encoding(encoder_at(played.url), clock)
        assert await are_there(encoding)
    for number in range(3):
        assert not await are_there(encoding, f"第{number}句")
    assert encoding.is_down
    async with played_encoder(played.port, played):
        clock.advance(seconds=1)
        await encoding.look()
        assert await are_there(encoding, "第0句")
    await encoding.close()


async def test_a_slow_engine_is_not_waited_for_and_its_late_vector_is_kept() -> None:
    async with played_encoder() as server:
        encoding = Encoding(encoder_at(server.url, timeout_seconds=30), FakeClock())
        server.mood = "slow"
        assert await encoding.within([TEXT], seconds=0.01) == {}
        server.quiet.set()
        assert await are_there(encoding)
        assert (server.asked, encoding.is_down) == (1, False)
        await encoding.close()


async def test_one_text_that_cannot_be_encoded_is_no_reason_to_leave_the_engine_alone() -> None:
    async with played_encoder() as server, encoding_of(server.url, FakeClock()) as encoding:
        for number in range(6):
            server.mood = "error" if number % 2 else "well"
            assert await are_there(encoding, f"第{number}句") == (number % 2 == 0)
        assert not encoding.is_down


async def test_wordings_are_encoded_as_passages_as_far_as_there_is_time() -> None:
    async with played_encoder() as server, encoding_of(server.url, FakeClock()) as encoding:
        sentences = [f"第{number}条" for number in range(70)]
        made = await encoding.passages(sentences, seconds=10)
        assert made is not None
        assert made.missing(sentences) == []
        assert server.asked == 3
        made = await encoding.passages(["另一条"], seconds=-1)
        assert made is not None
        assert made.missing(["另一条"]) == ["另一条"]
    assert await Encoding(None, FakeClock()).passages(["一条"], seconds=1) is None


async def test_a_thread_may_ask_until_its_time_is_over() -> None:
    async with played_encoder() as server, encoding_of(server.url, FakeClock()) as encoding:
        ask = encoding.for_a_thread(seconds=10)
        assert (await asyncio.to_thread(ask, "身份证丢了")) is not None
        assert (await asyncio.to_thread(ask, "！？")) is None
        late = encoding.for_a_thread(seconds=0)
        assert (await asyncio.to_thread(late, "身份证丢了")) is None


async def test_nobody_waits_in_vain_and_in_a_flood_hardly_anybody_waits() -> None:
    class Steady:
        """An engine that takes 10 ms for a text."""

        name, at_once, batch = "steady/1/2", 1, 1

        def __init__(self) -> None:
            self.texts: list[str] = []

        def encode(self, texts: Sequence[str], *, passages: bool = False) -> Vectors:
            time.sleep(0.01)
            self.texts += texts
            return np.ones((len(texts), 2), np.float32)

    engine = Steady()
    encoding = Encoding(engine, FakeClock())
    assert await are_there(encoding)
    many = await encoding.within([f"第{number}句" for number in range(900)], seconds=0.3)
    assert len(many) <= len(engine.texts) <= 31  # the others would have waited longer than that
    assert await are_there(encoding, *(f"工{number}" for number in range(10)))  # whoever has time waits
    known = len(engine.texts)
    few = await encoding.within([f"再{number}" for number in range(10)], seconds=0.3)
    assert 1 <= len(few) <= len(engine.texts) - known < 10
    waits = asyncio.create_task(encoding.within([f"案{number}" for number in range(20)], seconds=10))
    await asyncio.sleep(0)
    assert await encoding.within(["案19"], seconds=0.3) == {}  # it would have been there in 0.2 s
    assert len(await waits) == 20
    await encoding.close()
