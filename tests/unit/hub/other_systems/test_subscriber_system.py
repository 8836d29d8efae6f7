"""Asking the carrier: signed, bounded, taken whole or not at all, and about the number that was asked for."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.http import HttpClient
from hub.model.alarms.carrier_data import Asked, Datum, Outcome, Position, Subscriber
from hub.other_systems.subscriber_system import CarrierSystem, HttpSubscribers, Malformed, read
from hub.runtime.clock import FakeClock
from tests.subscriber_system import (
    ADDRESS,
    KNOWN,
    NAME,
    SECRET,
    PlayedSubscribers,
    played_subscribers,
    position,
    subscriber,
)

NOW = 1_796_097_600_000  # 2026-12-01 12:00 in China


@pytest.fixture
async def played() -> AsyncIterator[PlayedSubscribers]:
    async with played_subscribers() as system:
        yield system


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with HttpClient() as client:
        yield client


def asks(url: str, http: HttpClient, secret: str = SECRET) -> HttpSubscribers:
    return HttpSubscribers(CarrierSystem(url, secret, timeout_seconds=0.3), http, FakeClock(NOW))


async def test_what_is_asked_is_signed_and_says_for_whom(played: PlayedSubscribers, http: HttpClient) -> None:
    carrier = asks(played.url, http)
    whose = await carrier.ask(Asked.SUBSCRIBER, KNOWN, reference="26120100000011", officer="li")
    where = await carrier.ask(Asked.POSITION, KNOWN, reference="26120100000011", officer="li")
    assert played.asked == [
        {"ask": kind, "number": KNOWN, "reference": "26120100000011", "officer": "li"}
        for kind in ("subscriber", "position")
    ]
    assert whose.data == Subscriber(KNOWN, NAME, ADDRESS)
    assert where.data == Position(26.08021, 119.29647, 150, NOW - 120_000, Datum.GCJ_02)
    assert where.data.text == "26.08021, 119.29647 (GCJ-02)"
    assert played.forged == 0
    assert await carrier.probe() is Outcome.UNKNOWN
    assert len(played.asked) == 2  # the probe names nobody


@pytest.mark.parametrize(
    ("mood", "outcome"),
    [
        ("error", Outcome.UNAVAILABLE),
        ("busy", Outcome.UNAVAILABLE),
        ("slow", Outcome.TIMED_OUT),
        ("cut", Outcome.TIMED_OUT),
        ("redirect", Outcome.MALFORMED),
        ("refuse", Outcome.REFUSED),
        ("html", Outcome.MALFORMED),
        ("large", Outcome.MALFORMED),
        ("other", Outcome.MALFORMED),
    ],
)
async def test_each_failure_is_told_apart_and_nothing_of_it_is_taken_or_logged(
    played: PlayedSubscribers,
    http: HttpClient,
    mood: str,
    outcome: Outcome,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    played.mood = mood
    answer = await asks(played.url, http).ask(Asked.SUBSCRIBER, KNOWN, reference="r", officer="li")
    assert (answer.outcome, answer.data, len(played.asked)) == (outcome, None, 1)
    said = "\n".join(
        f"{one.getMessage()} {one.__dict__}" for one in caplog.records if one.name.startswith("hub")
    )
    assert "carrier_data.failed" in said
    assert not any(word in said for word in (KNOWN, NAME, ADDRESS, "13911110000", SECRET))


async def test_an_unknown_number_a_wrong_secret_and_nobody_there(
    played: PlayedSubscribers, http: HttpClient
) -> None:
    async def outcome(carrier: HttpSubscribers, number: str) -> Outcome:
        return (await carrier.ask(Asked.POSITION, number, reference="r", officer="li")).outcome

    assert await outcome(asks(played.url, http), "+8613700000000") is Outcome.UNKNOWN
    assert await outcome(asks(played.url, http, "another-secret-altogether"), KNOWN) is Outcome.REFUSED
    assert played.forged == 1
    assert await outcome(asks("http://127.0.0.1:9/", http), KNOWN) is Outcome.UNREACHABLE
    assert await outcome(asks("http://169.254.169.254/", http), KNOWN) is Outcome.UNREACHABLE


def _changed(data: dict[str, Any], part: str, **values: object) -> bytes:
    return json.dumps({**data, part: {**data[part], **values}}).encode()


@pytest.mark.parametrize(
    "values",
    [
        {"latitude": 91},
        {"latitude": True},
        {"latitude": "26.08"},
        {"longitude": float("nan")},
        {"longitude": 10**400},
        {"accuracy_m": -1},
        {"accuracy_m": 1e9},
        {"at": "2026-12-01T11:58:00"},
        {"at": "2026-12-01T12:06:00+08:00"},
        {"at": 5},
        {"datum": "BD-09"},
        {"datum": None},
    ],
)
def test_a_position_is_taken_whole_or_not_at_all(values: dict[str, object]) -> None:
    assert isinstance(read(_changed(position(), "position"), Asked.POSITION, KNOWN, now=NOW), Position)
    with pytest.raises(Malformed):
        read(_changed(position(), "position", **values), Asked.POSITION, KNOWN, now=NOW)


def test_texts_are_cut_and_cleaned_and_a_number_is_read_in_any_spelling() -> None:
    data = {**subscriber(), "number": "138 0013 8000"}
    body = _changed(data, "subscriber", name="陈\u202e听\n雨\x00", address="路" * 300)
    found = read(body, Asked.SUBSCRIBER, KNOWN, now=NOW)
    assert isinstance(found, Subscriber)
    assert (found.number, found.name, len(found.address)) == (KNOWN, "陈听 雨", 200)
    with pytest.raises(Malformed):
        read(_changed(data, "subscriber", name=" \u200b "), Asked.SUBSCRIBER, KNOWN, now=NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["found", "number", "subscriber", "position", "name", "latitude", "at", "datum"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)


@given(
    body=st.binary(max_size=40) | _JSON.map(lambda value: json.dumps(value).encode()),
    asked=st.sampled_from(Asked),
)
def test_whatever_comes_is_an_answer_or_malformed(body: bytes, asked: Asked) -> None:
    found: object = None
    with contextlib.suppress(Malformed):
        found = read(body, asked, KNOWN, now=NOW)
    assert found is None
