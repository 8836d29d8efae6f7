"""The order of the queue by legal risk, and the instants at which it changes by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.cases.attempt import Attempt
from hub.model.cases.case import DANGER, POSSIBLE_DANGER, Case, Origin
from hub.model.cases.clock import Clock, Pause
from hub.model.cases.clock_names import ClockName
from hub.model.cases.passing_time import next_at
from hub.model.cases.proceeding import LateRequest, Proceeding
from hub.model.cases.queue.order import (
    DAY_MS,
    Band,
    Stage,
    band_of,
    nearest_limit,
    next_stage_at,
    rank_of,
    stage_at,
)
from hub.model.cases.queue.standing import Mark, Todo, marks_of, standing, todo_of
from hub.model.cases.queue.timing import scheduled
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import begun, passed, rescheduled
from hub.model.track import Track
from tests.rules import RULES

NOW = 1_790_049_600_000
FAR = NOW + 40 * DAY_MS
S = CaseState


def a_case(state: CaseState = S.HANDLING, *, track: Track = Track.APPEAL, **more: object) -> Case:
    """Received and judged at NOW, without a limit, and nobody waits."""
    case = Case("c1", "1", NOW, NOW, Proceeding(track, state), Origin("sms", "sms"), waiting=False)
    return replace(case, ranked_at=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left_ms", "stage"),
    [
        (3 * DAY_MS + 1, Stage.FAR),
        (3 * DAY_MS, Stage.THREE_DAYS),
        (3 * DAY_MS - 1, Stage.THREE_DAYS),
        (DAY_MS + 1, Stage.THREE_DAYS),
        (DAY_MS, Stage.LAST_DAY),
        (DAY_MS - 1, Stage.LAST_DAY),
        (1, Stage.LAST_DAY),
        (0, Stage.BREACHED),
        (-1, Stage.BREACHED),
    ],
)
def test_a_band_begins_to_the_millisecond(left_ms: int, stage: Stage) -> None:
    limit_at = NOW + left_ms
    assert stage_at(limit_at, NOW) is stage
    by_stage = {Stage.FAR: Band.REST, Stage.THREE_DAYS: Band.THREE_DAYS}
    by_stage |= {Stage.LAST_DAY: Band.LAST_DAY, Stage.BREACHED: Band.BREACHED}
    assert band_of(a_case(limit_at=limit_at)) is by_stage[stage]


def test_the_next_change_is_the_next_band_and_after_the_last_there_is_none() -> None:
    days = [5 * DAY_MS, 3 * DAY_MS, DAY_MS, 0]
    assert [next_stage_at(NOW, NOW - left) for left in days] == [NOW - 3 * DAY_MS, NOW - DAY_MS, NOW, 0]
    assert next_stage_at(0, NOW) == 0


def test_the_whole_order() -> None:
    late = NOW + 900
    cases = [
        a_case(track=Track.EMERGENCY, received_at=late, limit_at=FAR),
        a_case(flags=(POSSIBLE_DANGER,), received_at=late),
        a_case(limit_at=NOW - 5 * DAY_MS),
        a_case(limit_at=NOW - 2, urgent=True),
        a_case(limit_at=NOW + 5),
        a_case(limit_at=NOW + 2 * DAY_MS),
        a_case(limit_at=NOW + 2 * DAY_MS + 9, urgent=True),
        a_case(limit_at=FAR, urgent=True),
        a_case(received_at=NOW - 9, waiting=True),
        a_case(received_at=NOW - 8, waiting=True),
        a_case(S.REGISTERED, received_at=NOW - 10, waiting=True),
        a_case(received_at=NOW - 99),
        a_case(S.CLOSED, updated_at=NOW + 5),
        a_case(S.CLOSED, updated_at=NOW + 4),
    ]
    assert sorted(cases, key=rank_of) == cases
    assert len(set(map(rank_of, cases))) == len(cases)


@pytest.mark.parametrize("flags", [(POSSIBLE_DANGER,), (DANGER,)])
def test_an_open_emergency_stands_above_everything(flags: tuple[str, ...]) -> None:
    assert band_of(a_case(S.REGISTERED, track=Track.EMERGENCY, flags=flags, limit_at=1)) is Band.EMERGENCY
    assert band_of(a_case(S.HANDED_OFF, track=Track.EMERGENCY, flags=flags)) is Band.DONE


def test_only_duties_that_run_are_limits() -> None:
    handle = Clock(ClockName.HANDLE_60, Track.APPEAL, NOW)
    window = Clock(ClockName.FUCHA_WINDOW, Track.APPEAL, NOW - 29 * DAY_MS)
    done = Clock(ClockName.NOTIFY_15, Track.APPEAL, NOW - 20 * DAY_MS, stopped_at=NOW)
    waits = Clock(ClockName.CONSULT, Track.CONSULT, NOW, pauses=(Pause(NOW),))
    found = nearest_limit(Proceeding(Track.APPEAL, S.HANDLING, clocks=(window, done, waits, handle)), RULES)
    assert found
    assert (found.clock, found.statutory, found.at) == (ClockName.HANDLE_60, True, RULES.ends_at(handle))
    assert nearest_limit(Proceeding(Track.APPEAL, S.HANDLING, clocks=(window, done, waits)), RULES) is None


def test_what_was_missed_stays_missed_under_another_calendar() -> None:
    missed = Clock(ClockName.HANDLE_60, Track.APPEAL, NOW, breached_at=NOW + 5)
    found = nearest_limit(Proceeding(Track.APPEAL, S.HANDLING, clocks=(missed,)), RULES)
    assert found
    assert found.at == NOW + 5 < RULES.ends_at(missed)


def test_a_case_moves_up_though_nobody_touches_it() -> None:
    p = begun(Proceeding(Track.APPEAL), Attempt("submit", NOW, CaseRole.CIT, RULES))
    case = scheduled(Case("c1", "1", NOW, NOW, p, Origin("sms", "sms")), NOW, RULES)
    limit = case.limit_at
    seen = [band_of(case)]
    looks = []
    while case.due_at and case.due_at <= limit:
        at = case.due_at
        step = passed(case, at, RULES)
        case = rescheduled(case, at, RULES).case if step.case == case else step.case
        looks.append(at)
        if band_of(case) is not seen[-1]:
            seen.append(band_of(case))
    assert seen == [Band.NEW, Band.THREE_DAYS, Band.LAST_DAY, Band.BREACHED]
    assert {limit - 3 * DAY_MS, limit - DAY_MS, limit} <= set(looks)
    assert case.limit_at == limit
    assert rank_of(case) == Band.BREACHED * 10**14 + limit


def test_time_does_what_comes_first() -> None:
    p = begun(Proceeding(Track.CONSULT), Attempt("submit", NOW, CaseRole.CIT, RULES))
    case = scheduled(Case("c1", "1", NOW, NOW, p, Origin("sms", "sms")), NOW, RULES)
    assert 0 < case.due_at <= next_at(p, RULES)
    assert case.due_at in (next_at(p, RULES), next_stage_at(case.limit_at, NOW))


@pytest.mark.parametrize(
    ("proceeding", "waiting", "todo"),
    [
        (Proceeding(Track.APPEAL, S.ROUTED, receives_at=-1), False, Todo.RECEIVE),
        (Proceeding(Track.APPEAL, S.ROUTED), False, Todo.NONE),
        (Proceeding(Track.APPEAL, S.REVIEW_DRAFT), False, Todo.SIGN),
        (Proceeding(Track.APPEAL, S.REVIEW_DRAFT, signed_by="zhang"), False, Todo.DELIVER),
        (Proceeding(Track.APPEAL, S.HANDLING, event="citizen_reply"), True, Todo.ANSWERED),
        (Proceeding(Track.APPEAL, S.HANDLING, event="citizen_reply"), False, Todo.NONE),
        (Proceeding(Track.SERVICE, S.REPLIED).start(ClockName.CALLBACK, NOW), False, Todo.CALL_BACK),
        (Proceeding(Track.SERVICE, S.CLOSED).start(ClockName.CALLBACK, NOW), False, Todo.NONE),
    ],
)
def test_what_a_case_waits_for(proceeding: Proceeding, waiting: bool, todo: Todo) -> None:
    assert todo_of(replace(a_case(), proceeding=proceeding, waiting=waiting)) is todo


def test_marks_are_what_holds_of_it_and_are_stored_as_their_sum() -> None:
    p = Proceeding(Track.APPEAL, S.CLOSED, late=(LateRequest("复查", NOW, "2026-01-01"),), reminded_at=NOW)
    p = p.start(ClockName.SUPERVISE, NOW, last_day="2026-12-01").start(ClockName.NOTIFY_15, NOW)
    case = replace(a_case(), proceeding=p, urgent=True, flags=("repeated", "dialect", "unknown"))
    wanted = Mark.SUPERVISED | Mark.NOTIFY | Mark.URGENT | Mark.REPEATED | Mark.DIALECT
    wanted |= Mark.REMINDED | Mark.LATE_REQUEST
    assert marks_of(case) == wanted
    fields = standing(case)
    assert (fields["marks"], fields["open"], fields["higher"]) == (int(wanted), 1, 1)
    assert all(type(value) in (int, str) for value in fields.values())


def test_emergencies_that_nobody_has_in_hand_stand_above_all() -> None:
    late = replace(a_case(track=Track.EMERGENCY), received_at=NOW + DAY_MS)
    mine = a_case(track=Track.EMERGENCY).in_hands_of("li")
    doubt = a_case(flags=(POSSIBLE_DANGER,))
    assert band_of(late) is band_of(mine) is Band.EMERGENCY
    assert rank_of(late) < rank_of(mine) < rank_of(doubt)
