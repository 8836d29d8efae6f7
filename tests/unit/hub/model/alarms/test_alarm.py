"""When an alarm must be forwarded, and what counts as somebody who would hear it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.alarms.alarm import (
    KEPT_UP_MS,
    AlarmState,
    ForwardReason,
    Passing,
    Way,
    acknowledged,
    forwarded,
    must_forward,
    over,
    raised,
    taken,
    tried,
)
from hub.model.alarms.duty import Attention, DutyPage, DutyWatch, listeners

AT = 1_796_097_600_000
ALARM = raised("c1", at=AT, wait_ms=60_000)
HOUR = 3_600_000
WATCH = DutyWatch("w1", "li", AT)
PAGE = DutyPage("p1", "li", seen_at=AT + HOUR, sound_at=AT + 1)


@pytest.mark.parametrize(
    ("seconds", "heard", "reason"),
    [
        (0, True, None),
        (59.999, True, None),
        (60, True, ForwardReason.UNCONFIRMED),
        (0, False, ForwardReason.NOBODY),
        (61, False, ForwardReason.UNCONFIRMED),
    ],
)
def test_it_waits_a_minute_for_who_hears_it_and_not_at_all_for_nobody(
    seconds: float, heard: bool, reason: ForwardReason | None
) -> None:
    assert must_forward(ALARM, now=AT + round(seconds * 1000), heard=heard) is reason


@pytest.mark.parametrize(
    "alarm",
    [
        taken(ALARM, by="li", at=AT),
        over(ALARM, at=AT),
        forwarded(ALARM, (), ForwardReason.NOBODY, at=AT),
    ],
    ids=["taken", "over", "forwarded"],
)
def test_what_somebody_has_or_is_over_is_never_forwarded_by_itself(alarm: object) -> None:
    assert must_forward(alarm, now=AT + HOUR, heard=False) is None  # type: ignore[arg-type]


def test_it_rings_until_somebody_has_it_or_110_says_so() -> None:
    passed = forwarded(ALARM, (Passing(Way.WEBHOOK, AT, next_at=AT),), ForwardReason.NOBODY, at=AT)
    assert ALARM.is_unconfirmed
    assert passed.is_unconfirmed
    assert not taken(ALARM, by="li", at=AT).is_unconfirmed
    assert not taken(passed, by="li", at=AT).is_unconfirmed
    assert not acknowledged(passed, 0, at=AT).is_unconfirmed
    assert not over(ALARM, at=AT).is_unconfirmed


def test_who_takes_what_was_forwarded_does_not_stop_it_from_being_told() -> None:
    passed = forwarded(ALARM, (Passing(Way.WEBHOOK, AT, next_at=AT),), ForwardReason.NOBODY, at=AT)
    held = taken(passed, by="li", at=AT + 1)
    assert (held.state, held.by) == (AlarmState.FORWARDED, "li")
    assert held.unheard


def test_the_first_times_stand() -> None:
    passing = Passing(Way.TEXT, AT, next_at=AT)
    once = acknowledged(forwarded(ALARM, (passing,), ForwardReason.NOBODY, at=AT), 0, at=AT + 5)
    twice = acknowledged(once, 0, at=AT + 9)
    again = forwarded(twice, (replace(passing, sent_at=AT + 9),), ForwardReason.PERSON, at=AT + 9, by="li")
    assert twice.acknowledged_at == AT + 5
    assert (again.forwarded_at, again.reason, len(again.passings)) == (AT, ForwardReason.NOBODY, 2)


def test_tries_come_further_apart_and_end_after_a_day() -> None:
    alarm = forwarded(ALARM, (Passing(Way.WEBHOOK, AT, next_at=AT),), ForwardReason.NOBODY, at=AT)
    pauses = []
    now = AT
    for _ in range(6):
        alarm = tried(alarm, 0, at=now)
        pauses.append((alarm.passings[0].next_at - now) // 1000)
        now = alarm.passings[0].next_at
    assert pauses == [5, 10, 20, 40, 60, 60]
    assert not tried(alarm, 0, at=AT + KEPT_UP_MS).unheard


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({}, True),
        ({"agent_id": "zhou"}, False),  # a page of somebody who is not on duty
        ({"sound_at": 0}, False),  # never tested
        ({"sound_at": AT - 1}, False),  # tested in an earlier turn
        ({"seen_at": AT + HOUR - 10_000}, False),  # its stream is down for ten seconds
        ({"seen_at": AT + HOUR - 9_999}, True),
    ],
    ids=str,
)
def test_a_page_counts_with_its_stream_its_officer_and_its_tested_sound(
    change: dict[str, object], heard: bool
) -> None:
    page = replace(PAGE, **change)  # type: ignore[arg-type]
    assert bool(listeners([page], [WATCH], Attention(), AT + HOUR)) is heard


def test_a_sound_test_counts_eight_hours_and_no_longer_than_the_turn() -> None:
    late = AT + 1 + 8 * HOUR
    assert listeners([replace(PAGE, seen_at=late)], [WATCH], Attention(), late - 1)
    assert not listeners([replace(PAGE, seen_at=late)], [WATCH], Attention(), late)
    assert not listeners([PAGE], [replace(WATCH, ended_at=AT + HOUR)], Attention(), AT + HOUR)
    assert not listeners([], [WATCH], Attention(), AT + HOUR)
