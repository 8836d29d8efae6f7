"""What holds for every case, whatever is done to it and when."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.cases.attempt import Attempt
from hub.model.cases.moves import IllegalMove, allowed, move
from hub.model.cases.passing_time import advance, next_at
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.table import EVENTS, rows_of
from hub.model.track import Track
from hub.runtime.clock import day_of
from tests.unit.hub.model.cases.played import NATIONAL, ms

_START = ms("2026-01-05 23:50")
_HOUR_MS = 3_600_000
_FEW = settings(max_examples=40, deadline=None)

_ODD: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["转送", "交办", "", 3]),
    "unit": st.sampled_from(["A", "B", "", None]),
    "branch": st.sampled_from([6, 6, 6, 1, "6", None, True]),
    "items": st.sampled_from([1, 1, 2, ["一", "二"], 0, "x"]),
    "outcomes": st.sampled_from([["支持"], ["支持"], ["支持", "解释"], "支持", [], [1], [[]]]),
    "days": st.sampled_from([5, 10, 31, "5", -1, None]),
    "delivered": st.sampled_from([True, True, False]),
    "method": st.sampled_from(["直接", "邮寄", "公告", "口头", 3]),
    "document": st.sampled_from(["", "受理告知书", "复查意见书", "x"]),
    "outcome": st.sampled_from(["维持", "变更", "撤销", ""]),
    "track": st.sampled_from([*Track, "X", 1]),
    "due": st.sampled_from(["2026-06-30", "x", ""]),
}
_TEXTS = ("reason", "question", "code", "comment", "order", "master", "handler")
_DATA = st.fixed_dictionaries(_ODD).map(lambda data: {**dict.fromkeys(_TEXTS, "字"), **data})
_STEPS = st.lists(
    st.tuples(st.integers(1, 24 * 25), st.integers(0, 400), st.sampled_from(["a", "b", "c"]), _DATA),
    min_size=5,
    max_size=25,
)


def _played(track: Track, steps: list[tuple[int, int, str, dict[str, Any]]]) -> list[Proceeding]:
    """A case driven through what it allows; sometimes with data that make no sense."""
    at = _START
    begin = Attempt("submit", at, CaseRole.CIT, NATIONAL, "a")
    story = [move(Proceeding(track), begin).proceeding]
    for hours, choice, person, data in steps:
        at += hours * _HOUR_MS
        p = advance(story[-1], at, NATIONAL).proceeding
        look = Attempt("look", at, CaseRole.SYS, NATIONAL)
        useful = [e for e in allowed(p, look) if e not in {"note", "supplement", "write", "advise", "claim"}]
        event = useful[choice % len(useful)] if useful else EVENTS[choice % len(EVENTS)]
        role = next((r.may(track)[0] for r in rows_of(event) if p.state in r.sources), CaseRole.SYS)
        with suppress(IllegalMove):
            p = move(p, Attempt(event, at, role, NATIONAL, person, data)).proceeding
        story.append(p)
    return story


@_FEW
@given(st.sampled_from(Track), _STEPS)
def test_a_case_keeps_the_law(track: Track, steps: list[tuple[int, int, str, dict[str, Any]]]) -> None:
    story = _played(track, steps)
    for before, after in zip(story, story[1:], strict=False):
        assert after.breaches[: len(before.breaches)] == before.breaches  # a breach never vanishes
        assert len(after.clocks) >= len(before.clocks)
        assert after.extended <= NATIONAL.profile.extension.value
    for p in story:
        for clock in p.clocks:
            rule = NATIONAL.of(clock)
            assert NATIONAL.last_day(clock) >= day_of(clock.started_at)
            assert not (rule.statutory and clock.pauses and clock.name not in {"FUHE_30", "FORWARD_15"})
            assert not (clock.breached_at and clock.state != "breached")


@_FEW
@given(st.sampled_from(Track), _STEPS, st.integers(0, 24 * 200))
def test_time_passes_once(
    track: Track, steps: list[tuple[int, int, str, dict[str, Any]]], hours: int
) -> None:
    """In one go or in two, once or again: the same case, the same warnings, and nothing due is left."""
    p = _played(track, steps)[-1]
    since = _START + sum(step[0] for step in steps) * _HOUR_MS
    until, half = since + hours * _HOUR_MS, since + hours * _HOUR_MS // 2
    whole = advance(p, until, NATIONAL)
    first = advance(p, half, NATIONAL)
    second = advance(first.proceeding, until, NATIONAL)
    assert second.proceeding == whole.proceeding
    assert first.warnings + second.warnings == whole.warnings
    assert advance(whole.proceeding, until, NATIONAL).proceeding == whole.proceeding
    due = next_at(whole.proceeding, NATIONAL)
    assert due == 0 or due > until
