"""Figures and rates are those of a hand count."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.cases.case import Case, Origin
from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Breach, Proceeding
from hub.model.cases.queue.standing import REPEATED
from hub.model.cases.state import CaseState
from hub.model.supervision.figures import Figure, Figures, figures_of, first_response_ms, summed
from hub.model.supervision.month import TOLD_APART, CaseFigures, UnitMonth, counted
from hub.model.supervision.rates import RateName, rate
from hub.model.track import Track

NOON = 1_793_937_600_000  # 2026-11-06 12:00
HOUR = 3_600_000
SET = tomllib.loads((Path(__file__).parents[4] / "data" / "supervision.toml").read_text("utf-8"))


def case_of(id: str, told: dict[str, Any]) -> Case:
    track = Track(told["track"])
    clocks, breaches = [], []
    for name, key in ((ClockName.NOTIFY_15, "notice"), (ClockName.HANDLE_60, "handling")):
        how = told.get(key, "none")
        stopped = NOON + 10 * HOUR if how in ("kept", "late") else 0
        breached = NOON + 9 * HOUR if how in ("late", "over") else 0
        if how != "none":
            clocks.append(Clock(name, track, NOON, stopped_at=stopped, breached_at=breached))
        if breached:
            breaches.append(Breach(name, breached))
    proceeding = Proceeding(
        track=track,
        state=CaseState(told["state"]),
        accepted_at=_at(told, "accepted_hours"),
        replied_at=_at(told, "replied_hours"),
        unit_id=told.get("unit", ""),
        contacted=told.get("contacted", False),
        identity_unclear=told.get("identity_unclear", False),
        redone=told.get("redone", 0),
        ratings=int(bool(told.get("score"))),
        clocks=tuple(clocks),
        breaches=tuple(breaches),
    )
    flags = (REPEATED,) if told.get("repeated") else ()
    return Case(id, f"2611{id}", NOON, NOON, proceeding, Origin("web", "web"), flags=flags)


def _at(told: dict[str, Any], name: str) -> int:
    return NOON + round(told[name] * HOUR) if name in told else 0


@pytest.fixture(scope="module")
def figures() -> Figures:
    return summed(figures_of(case_of(id, told), told.get("score", 0)) for id, told in SET["case"].items())


@pytest.mark.parametrize("name", RateName)
def test_every_rate_is_that_of_the_hand_count(figures: Figures, name: RateName) -> None:
    found = rate(name, figures)
    assert [found.part, found.whole] == SET["expected"][name]


@pytest.mark.parametrize(("share", "key"), [(0.5, "first_p50_hours"), (0.9, "first_p90_hours")])
def test_first_responses_are_told_by_the_step_they_came_in(figures: Figures, share: float, key: str) -> None:
    assert first_response_ms(figures, share) == SET["expected"][key] * HOUR


def test_without_any_response_there_is_no_time_and_beyond_the_last_step_no_bound() -> None:
    assert first_response_ms({}, 0.5) is None
    late = case_of("z", {"track": "CONSULT", "state": "CLOSED", "replied_hours": 24 * 31})
    assert first_response_ms(figures_of(late), 0.5) == 0


def test_a_draft_is_nothing_yet() -> None:
    assert figures_of(case_of("z", {"track": "CONSULT", "state": "DRAFT"})) == {}


def _counted(id: str, score: int) -> CaseFigures:
    return counted(case_of(id, SET["case"][id]), 1, score)


@given(st.lists(st.tuples(st.sampled_from(sorted(SET["case"])), st.integers(0, 5)), max_size=12))
def test_a_month_is_the_sum_of_its_cases_however_often_they_changed(moves: list[tuple[str, int]]) -> None:
    places = {_counted(id, 0).place for id in SET["case"]}
    months = {place: UnitMonth.of(place) for place in places}
    last: dict[str, CaseFigures] = {}
    for id, score in moves:
        after = _counted(id, score)
        months[after.place] = months[after.place].changed(last.get(id), after)
        last[id] = after
    for place, month in months.items():
        inside = [one for one in last.values() if one.place == place]
        assert month.figures == summed(one.figures for one in inside)
        apart = {name: number for name, number in month.figures.items() if name in TOLD_APART}
        assert summed(month.parts.get("track", {}).values()) == apart
    for one in last.values():
        months[one.place] = months[one.place].changed(one, None)
    assert all(month == UnitMonth.of(place) for place, month in months.items())


def test_what_is_merged_or_withdrawn_is_received_too(figures: Figures) -> None:
    assert figures[Figure.RECEIVED] == 14
