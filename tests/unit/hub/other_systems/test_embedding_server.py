"""The engine `http`: what is believed of a server's answers, and where texts are never sent."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from hub.other_systems.embedding_server import BATCH, HttpEncoder
from hub.settings.problems import SettingsProblem
from hub.settings.read import build, shipped_text
from knowledge_base.meaning.encoder import EncoderFailed, Vectors, dimension_of
from tests.embedding_server import DIMENSION, KEY, PlayedEncoder, embedded, encoder_at, played_encoder
from tests.ports import silent_port

TEXTS = ["身份证丢了怎么补", "老公打我", "a\0b\ud800c"]


@pytest.fixture
async def server() -> AsyncIterator[PlayedEncoder]:
    async with played_encoder() as played:
        yield played


async def encoded(encoder: HttpEncoder, texts: list[str], *, passages: bool = False) -> Vectors:
    return await asyncio.to_thread(encoder.encode, texts, passages=passages)


async def test_vectors_come_in_the_order_of_the_texts_and_are_of_length_one(server: PlayedEncoder) -> None:
    vectors = await encoded(encoder_at(server.url), TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, DIMENSION)
    for vector, text in zip(vectors, ["身份证丢了怎么补", "老公打我", "ab?c"], strict=True):
        given = np.array(embedded(text))
        assert np.allclose(vector, given / np.linalg.norm(given), atol=1e-5)


async def test_many_texts_are_asked_for_in_several_requests_and_none_in_none(server: PlayedEncoder) -> None:
    texts = [f"第{number}句" for number in range(BATCH + 3)]
    assert (await encoded(encoder_at(server.url), texts)).shape == (BATCH + 3, DIMENSION)
    assert (server.asked, server.texts) == (2, texts)
    assert (await encoded(encoder_at(server.url), [])).shape == (0, DIMENSION)
    assert server.asked == 2


async def test_a_model_is_told_what_is_asked_and_what_stands_written(server: PlayedEncoder) -> None:
    encoder = encoder_at(server.url, query_prefix="query: ", passage_prefix="passage: ")
    await encoded(encoder, ["问"])
    await encoded(encoder, ["条目"], passages=True)
    assert server.texts == ["query: 问", "passage: 条目"]
    assert dimension_of(encoder.name) == DIMENSION
    assert encoder.name != encoder_at(server.url).name  # other prefixes, other vectors


@pytest.mark.parametrize(
    "mood",
    [
        "error",
        "garbage",
        "html",
        "redirect",
        "slow",
        "dimension",
        "count",
        "more",
        "nan",
        "nought",
        "places",
        "huge",
        "words",
    ],
)
async def test_every_fault_is_said_to_be_one_without_quoting_a_text(server: PlayedEncoder, mood: str) -> None:
    server.mood = mood
    with pytest.raises(EncoderFailed) as failed:
        await encoded(encoder_at(server.url), TEXTS)
    assert server.asked == 1  # nothing is followed, nothing asked twice
    assert not any(text in str(failed.value) for text in TEXTS)
    server.mood = "well"
    server.quiet.set()
    assert len(await encoded(encoder_at(server.url), TEXTS)) == 3


async def test_a_server_that_is_not_there_or_wants_another_key_is_a_fault(server: PlayedEncoder) -> None:
    with silent_port() as port, pytest.raises(EncoderFailed):
        await encoded(encoder_at(f"http://127.0.0.1:{port}/v1/embeddings"), TEXTS)
    with pytest.raises(EncoderFailed, match="401"):
        await encoded(encoder_at(server.url, key="another"), TEXTS)
    assert KEY not in repr(encoder_at(server.url)._server)


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/v1/embeddings", "https://[::ffff:169.254.1.1]/v1", "http://0.0.0.0:80/v1"],
)
async def test_texts_are_sent_to_no_address_that_is_nowhere(url: str) -> None:
    with pytest.raises(EncoderFailed, match="not allowed"):
        await encoded(encoder_at(url), TEXTS)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"url": "http://embed.example.gov.cn/v1/embeddings"}, "encoder_server.url"),
        ({"url": "https://user@embed.example.gov.cn/v1"}, "encoder_server.url"),
        ({"url": ""}, "encoder_server.url"),
        ({"model": ""}, "encoder_server.model"),
        ({"dimension": 0}, "encoder_server.dimension"),
        ({"key": "written-in-the-file"}, "encoder_server.key"),
        ({"timeout_seconds": 0}, "encoder_server.timeout_seconds"),
    ],
)
def test_settings_that_would_not_do_are_refused(given: dict[str, Any], named: str) -> None:
    data = tomllib.loads(shipped_text())
    data["knowledge"]["encoder"] = "http"
    whole = {"url": "https://embed.example.gov.cn/v1/embeddings", "model": "BAAI/bge-m3", "dimension": 1024}
    data["encoder_server"].update(whole)
    assert build(data).encoder_server.dimension == 1024
    data["encoder_server"].update(given)
    with pytest.raises(SettingsProblem, match=named):
        build(data)
