"""What holds for every case, whatever is done to it and when."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any, TypeAlias

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
from tests.unit.hub.model.cases.played import (
    NATIONAL,
    Play,
    fucha_done,
    handling,
    in_fucha,
    in_fuhe,
    in_triage,
    ms,
    replied,
    routed,
)

_START = ms("2026-04-10 10:00")
_HOUR_MS = 3_600_000
_FEW = settings(max_examples=25)

_ODD: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["转送", "转送", "交办", 3]),
    "unit": st.sampled_from(["A", "A", "B", None]),
    "branch": st.sampled_from([6, 6, 6, 6, 6, 1, None]),
    "items": st.sampled_from([1, 1, 1, 1, ["一", "二"], 0]),
    "outcomes": st.sampled_from([["支持"]] * 5 + [["支持", "解释"], "支持", [[]]]),
    "days": st.sampled_from([5, 10, 31, "5", -1, None]),
    "delivered": st.sampled_from([True, True, False]),
    "method": st.sampled_from(["直接", "直接", "邮寄", "公告", "口头"]),
    "document": st.sampled_from(["", "", "", "受理告知书", "x"]),
    "outcome": st.sampled_from(["维持", "维持", "变更", "撤销"]),
    "track": st.sampled_from([*Track, "X", 1]),
    "due": st.sampled_from(["2026-06-30", "x", ""]),
}
_ASIDE = frozenset(
    {"note", "supplement", "write", "advise", "claim", "add_evidence", "co_reply", "citizen_reply", "cuiban",
     "waive_notice", "log_contact"}
)  # fmt: skip
_ENDS = frozenset(
    {"withdraw", "merge_into", "redirect_legal", "refuse", "to_discipline",
    "to_procuratorate", "emergency", "close",
     "reclassify"}
)  # fmt: skip
_MOSTLY = 350
_TEXTS = ("reason", "question", "code", "comment", "order", "master", "handler")
_DATA = st.fixed_dictionaries(_ODD).map(lambda data: {**dict.fromkeys(_TEXTS, "字"), **data})
_STEPS = st.lists(
    st.tuples(st.integers(1, 24 * 25), st.integers(0, 400), st.sampled_from(["a", "b", "c"]), _DATA),
    min_size=5,
    max_size=25,
)


_BEGUN = [
    *(Play(track).p for track in Track),
    *(make().p for make in (in_triage, routed, handling, replied, in_fucha, fucha_done, in_fuhe)),
    handling(Track.REPORT).p,
]
_Steps: TypeAlias = list[tuple[int, int, str, dict[str, Any]]]


def _played(begun: Proceeding, steps: _Steps) -> list[Proceeding]:
    """A case driven through what it allows; sometimes with data that make no sense."""
    at = _START
    story = [begun]
    for hours, choice, person, data in steps:
        at += hours * _HOUR_MS
        p = advance(story[-1], at, NATIONAL).proceeding
        look = Attempt("look", at, CaseRole.SYS, NATIONAL)
        useful = [e for e in allowed(p, look) if e not in _ASIDE and (choice > _MOSTLY or e not in _ENDS)]
        event = useful[choice % len(useful)] if useful else EVENTS[choice % len(EVENTS)]
        role = next((r.may(p.track)[0] for r in rows_of(event) if p.state in r.sources), CaseRole.SYS)
        with suppress(IllegalMove):
            p = move(p, Attempt(event, at, role, NATIONAL, person, data)).proceeding
        story.append(p)
    return story


@_FEW
@given(st.sampled_from(_BEGUN), _STEPS)
def test_a_case_keeps_the_law(begun: Proceeding, steps: _Steps) -> None:
    story = _played(begun, steps)
    for before, after in pairwise(story):
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
@given(st.sampled_from(_BEGUN), _STEPS, st.integers(0, 24 * 200))
def test_time_passes_once(begun: Proceeding, steps: _Steps, hours: int) -> None:
    """In one go or in two, once or again: the same case, the same warnings, and nothing due is left."""
    p = _played(begun, steps)[-1]
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
