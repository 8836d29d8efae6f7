"""Asking another system for progress: what is believed, what is not, and what its failures cost."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import tomllib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.http import HttpClient
from hub.actions.progress.progress_source import SourceDown
from hub.check.progress import check_progress
from hub.other_systems.contract import MOST_REPLIES, TEXT_CHARS, read
from hub.other_systems.http_source import HttpProgress, ProgressSystem
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Level
from hub.settings.problems import SettingsProblem
from hub.settings.read import build, shipped_text
from tests.progress_system import (
    ANSWER,
    CODE,
    REFERENCE,
    SECRET,
    PlayedSystem,
    configured,
    played_system,
)

STATES = {"2": "handling"}
FAULTS = ["error", "garbage", "huge", "wrong_type", "redirect", "slow", "unmapped"]


@pytest.fixture
async def system() -> AsyncIterator[PlayedSystem]:
    async with played_system() as played:
        yield played


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with HttpClient() as client:
        yield client


def source(system: PlayedSystem, http: HttpClient, clock: FakeClock, secret: str = SECRET) -> HttpProgress:
    pattern = re.compile(r"[A-Z]{2}\d{10}")
    return HttpProgress(ProgressSystem("出入境", pattern, system.url, secret, 0.3, STATES), http, clock)


async def test_a_right_code_tells_the_mapped_state_and_clean_text(
    system: PlayedSystem, http: HttpClient
) -> None:
    progress = await source(system, http, FakeClock()).progress(REFERENCE, CODE)
    assert progress is not None
    assert (progress.label, progress.system) == ("办理中", "出入境")
    assert progress.replies[0].text == "证件制作中<b>。"
    assert [step.done for step in progress.steps] == [True, True, False, False]
    assert system.forged == 0


async def test_a_wrong_code_and_an_unknown_number_are_the_same(
    system: PlayedSystem, http: HttpClient
) -> None:
    asked = source(system, http, FakeClock())
    assert await asked.progress(REFERENCE, "0000") is None
    assert await asked.progress("ZZ0000000000", CODE) is None


@pytest.mark.parametrize("mood", FAULTS)
async def test_every_fault_is_said_to_be_one(
    system: PlayedSystem, http: HttpClient, mood: str, caplog: pytest.LogCaptureFixture
) -> None:
    system.mood = mood
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceDown):
        await source(system, http, FakeClock()).progress(REFERENCE, CODE)
    assert system.asked == 1  # a redirect is not followed
    logged = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "progress.failed" in logged
    assert REFERENCE not in logged
    assert CODE not in re.sub(r"\d{5,}", "", logged)


async def test_a_secret_that_is_not_shared_is_a_fault(system: PlayedSystem, http: HttpClient) -> None:
    with pytest.raises(SourceDown):
        await source(system, http, FakeClock(), "another-secret-than-theirs").progress(REFERENCE, CODE)
    assert system.forged == 1


async def test_who_fails_again_and_again_is_left_alone_and_tried_anew(
    system: PlayedSystem, http: HttpClient
) -> None:
    clock = FakeClock()
    asked = source(system, http, clock)
    system.mood = "error"
    for _ in range(8):
        with pytest.raises(SourceDown):
            await asked.progress(REFERENCE, CODE)
    assert system.asked == 5
    system.mood = "well"
    with pytest.raises(SourceDown):
        await asked.progress(REFERENCE, CODE)
    clock.advance(seconds=61)
    assert await asked.progress(REFERENCE, CODE) is not None
    assert await asked.progress(REFERENCE, "0000") is None
    assert system.asked == 7


def answer(**changes: Any) -> bytes:
    return json.dumps({**ANSWER, **changes}).encode()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b'{"found": 1}', b'{"found": "true"}', b"\xff\xfe", b"[" * 100_000),
        *(answer(state=None), answer(state=2), answer(received_at="yesterday"), answer(received_at=7)),
        *(answer(received_at="2026-11-20T09:30:00"), answer(steps={}), answer(steps=[{"label": "x"}])),
        *(answer(replies=[{"at": "2026-11-20T09:30:00+08:00", "text": "\x00\u202e"}]), answer(replies=["x"])),
    ],
)
def test_what_is_no_answer_is_not_half_believed(body: bytes) -> None:
    with pytest.raises(SourceDown):
        read(body, "1", system="s", states=STATES)


def test_what_is_too_long_is_cut() -> None:
    reply = {"at": "2026-11-20T09:30:00+08:00", "text": "长" * 9000}
    progress = read(answer(replies=[reply] * 50), "1", system="s", states=STATES)
    assert progress is not None
    assert len(progress.replies) == MOST_REPLIES
    assert len(progress.replies[0].text) == TEXT_CHARS


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_any_bytes_are_an_answer_or_a_fault(body: bytes) -> None:
    with contextlib.suppress(SourceDown):
        read(body, "1", system="s", states=STATES)


async def test_the_check_probes_every_system(system: PlayedSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_PROGRESS_SECRET", SECRET)
    data = tomllib.loads(shipped_text())
    data["progress"] = [configured(system), configured(system, name="坏", url="http://127.0.0.1:9/")]
    settings = build(data)
    well, away = [found async for found in check_progress(settings, FakeClock())]
    assert (well.level, away.level) == (Level.OK, Level.WARN)
    system.mood = "error"
    [broken, _] = [found async for found in check_progress(settings, FakeClock())]
    assert broken.level is Level.FAIL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://progress.example.gov.cn/"}, "url"),
        ({"url": "https://user:pass@example.gov.cn/"}, "url"),
        ({"pattern": "["}, "pattern"),
        ({"pattern": r"\d*"}, "pattern"),
        ({"secret": "plain"}, "secret"),
        ({"states": {"1": "done"}}, "states.1"),
        ({"timeout": 3}, "timeout"),
    ],
)
def test_a_system_that_would_not_be_safe_is_no_setting(
    change: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TEST_PROGRESS_SECRET", SECRET)
    data = tomllib.loads(shipped_text())
    data["progress"] = [{**configured(PlayedSystem(), url="https://progress.example.gov.cn/"), **change}]
    with pytest.raises(SettingsProblem) as caught:
        build(data)
    assert [line.split(":")[0] for line in caught.value.problems] == [f"progress.0.{field}"]
