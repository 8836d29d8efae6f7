"""Every row of the table: from where, by whom, to where; who may not and where it may not happen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hub
from hub.model.cases.attempt import Attempt
from hub.model.cases.clock_names import ClockName
from hub.model.cases.moves import IllegalMove, move
from hub.model.cases.proceeding import DIRECT_TRACKS, PETITION_TRACKS, Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import DONE_STATES, OPEN_STATES, CaseState
from hub.model.cases.table import EVENTS, MOVES, TABLE, Row, rows_of
from hub.model.track import Track
from tests.unit.hub.model.cases.played import (
    NATIONAL,
    Play,
    accepted,
    answered,
    drafted,
    fucha_done,
    handling,
    in_fucha,
    in_fuhe,
    in_triage,
    replied,
    routed,
)

S, T = CaseState, Track
LATER = "2026-04-11 09:00"


def _asked(track: Track = T.APPEAL) -> Play:
    return in_triage(track).do("2026-03-03 09:00", "ask", question="请补充材料")


def _objected() -> Play:
    return routed().do("2026-03-04 10:00", "object", reason="不属于本单位职责")


def _signed() -> Play:
    return drafted().do("2026-03-11 10:00", "sign")


def _merged() -> Play:
    return handling().do("2026-03-05 09:00", "merge_into", master="另一工单")


def _closed() -> Play:
    return answered().do("2026-03-02 11:00", "close")


def _refused() -> Play:
    return in_triage().do("2026-03-03 09:00", "refuse", code="OTHER", second="u2")


def _hearing() -> Play:
    return in_fuhe().do("2026-04-11 08:00", "hearing_start")


def _late() -> Play:
    play = replied()
    play.refused("2026-04-14 00:00", "request_fucha")
    return play


ROWS: list[tuple[str, Callable[[], Play], str, str, dict[str, Any], CaseState]] = [
    ("3", lambda: Play(T.EMERGENCY), "emergency", "OP", {}, S.HANDED_OFF),
    ("4", lambda: Play(T.APPEAL), "pick", "TRI", {}, S.TRIAGE),
    ("4", lambda: Play(T.REPORT), "pick", "INS", {}, S.TRIAGE),
    ("5", lambda: Play(T.REPORT), "seal", "SYS", {}, S.SEALED),
    ("5", lambda: in_triage(T.REPORT), "seal", "SYS", {}, S.SEALED),
    ("6", in_triage, "ask", "TRI", {"question": "请补充材料"}, S.NEED_INFO),
    ("6", handling, "ask", "HND", {"question": "请补充材料"}, S.NEED_INFO),
    ("7", _asked, "citizen_reply", "CIT", {}, S.TRIAGE),
    ("7", lambda: handling().do(LATER, "ask", question="请补充"), "citizen_reply", "CIT", {}, S.HANDLING),
    ("8", in_triage, "route", "TRI", {"mode": "转送", "unit": "A"}, S.ROUTED),
    ("8", in_triage, "route", "SUP", {"mode": "交办", "unit": "A", "due": "2026-05-11"}, S.ROUTED),
    ("9", routed, "object", "UC", {"reason": "不属于本单位职责"}, S.OBJECTION),
    ("10", _objected, "agree_return", "TRI", {}, S.TRIAGE),
    ("11", _objected, "refuse_return", "TRI", {"reason": "属于该单位职责"}, S.ROUTED),
    ("12", in_triage, "accept", "UC", {"branch": 6, "items": 2}, S.ACCEPTED),
    ("12", routed, "accept", "LEAD", {"branch": 6}, S.ACCEPTED),
    ("12", lambda: in_triage(T.LEGAL), "accept", "UC", {"branch": 2}, S.ACCEPTED),
    ("12", lambda: in_triage(T.REPORT), "accept", "INS", {}, S.ACCEPTED),
    ("13", in_triage, "refuse", "TRI", {"code": "OTHER", "second": "u2"}, S.NOT_ACCEPTED),
    ("13", routed, "refuse", "UC", {"code": "OTHER", "second": "u2"}, S.NOT_ACCEPTED),
    ("14", in_triage, "redirect_legal", "TRI", {"branch": 3}, S.HANDED_OFF),
    ("15", accepted, "assign", "UC", {"handler": "h1"}, S.HANDLING),
    ("15", accepted, "assign", "LEAD", {"handler": "h1"}, S.HANDLING),
    ("15", lambda: answered().do("2026-03-03 09:00", "unsatisfied"), "assign", "SYS",
    {"handler": "h1"}, S.HANDLING),
    ("16", handling, "log_contact", "HND", {}, S.HANDLING),
    ("16", handling, "add_evidence", "HND", {}, S.HANDLING),
    ("16", handling, "note", "HND", {}, S.HANDLING),
    ("16", handling, "co_reply", "HND", {}, S.HANDLING),
    ("17", lambda: handling(T.SERVICE), "auto_return", "SYS", {}, S.ACCEPTED),
    ("18", handling, "extend", "LEAD", {"days": 20, "reason": "案情复杂"}, S.HANDLING),
    ("18", handling, "ask_extension", "HND", {"days": 20, "reason": "案情复杂"}, S.HANDLING),
    ("19", handling, "submit_reply", "HND", {"outcomes": ["支持"]}, S.REVIEW_DRAFT),
    ("20", drafted, "reject_draft", "LEAD", {"comment": "依据不足"}, S.HANDLING),
    ("21", drafted, "sign", "LEAD", {}, S.REVIEW_DRAFT),
    ("21", _signed, "deliver", "LEAD", {"method": "邮寄"}, S.REPLIED),
    ("21", _signed, "deliver", "HND", {"method": "直接"}, S.REPLIED),
    ("+", lambda: Play(T.CONSULT), "answer", "HND", {}, S.REPLIED),
    ("+", lambda: in_triage(T.SERVICE), "answer", "OP", {}, S.REPLIED),
    ("+", answered, "close", "HND", {}, S.CLOSED),
    ("22", replied, "rate", "CIT", {}, S.RATED),
    ("23", answered, "unsatisfied", "CIT", {}, S.REWORK),
    ("23", lambda: answered(T.SERVICE), "unsatisfied", "CB", {}, S.REWORK),
    ("24", replied, "request_fucha", "CIT", {}, S.FUCHA),
    ("25", in_fucha, "fucha_opinion", "REV", {"outcome": "维持"}, S.FUCHA_DONE),
    ("25", in_fucha, "fucha_opinion", "REV", {"outcome": "变更"}, S.FUCHA_DONE),
    ("26", in_fucha, "remand", "REV", {}, S.HANDLING),
    ("27", fucha_done, "request_fuhe", "CIT", {}, S.FUHE),
    ("27", _late, "admit_late", "REV", {"reason": "因病住院"}, S.FUCHA),
    ("27", _late, "refuse_late", "REV", {"reason": "没有正当理由"}, S.CLOSED),
    ("28", in_fuhe, "hearing_start", "REV", {}, S.FUHE),
    ("28", _hearing, "hearing_end", "REV", {}, S.FUHE),
    ("29", in_fuhe, "fuhe_opinion", "REV", {}, S.FINAL),
    ("31", handling, "withdraw", "CIT", {}, S.WITHDRAWN),
    ("32", handling, "merge_into", "TRI", {"master": "另一工单"}, S.MERGED),
    ("33", _merged, "unmerge", "SUP", {}, S.HANDLING),
    ("34", handling, "cuiban", "CIT", {}, S.HANDLING),
    ("35", handling, "duban", "SUP", {"order": "请按期办结", "due": "2026-04-30"}, S.HANDLING),
    ("36", _closed, "reopen", "SUP", {"reason": "有新的事实"}, S.TRIAGE),
    ("36", _refused, "reopen", "SUP", {"reason": "群众申诉"}, S.TRIAGE),
    ("+", _closed, "correct_closing", "SUP", {"reason": "点错了"}, S.REPLIED),
    ("23", lambda: answered(T.SERVICE), "callback_tried", "HND", {}, S.REPLIED),
    ("37", lambda: handling(T.REPORT), "feedback", "INS", {}, S.REPLIED),
    ("38", lambda: handling(T.REPORT), "to_discipline", "INS", {"second": "LEAD"}, S.HANDED_OFF),
    ("38", lambda: Play(T.REPORT), "to_procuratorate", "INS", {"second": "LEAD"}, S.HANDED_OFF),
    ("+", lambda: in_triage(T.CONSULT), "reclassify", "TRI", {"track": "APPEAL",
    "reason": "要求处理"}, S.TRIAGE),
    ("+", lambda: in_triage(T.REPORT), "reclassify", "INS", {"track": "SERVICE",
    "reason": "不是检举"}, S.TRIAGE),
    ("+", handling, "supplement", "CIT", {}, S.HANDLING),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "event", "by", "data", "to"),
    [pytest.param(*row[1:], id=f"{row[0]}-{row[2]}-{n}") for n, row in enumerate(ROWS)],
)
def test_row(make: Callable[[], Play], event: str, by: str, data: dict[str, Any], to: CaseState) -> None:
    play = make()
    came_from = play.p.state
    play.do(_soon(play, event), event, by, **data)
    assert play.p.state is to
    assert (event, came_from, to) in MOVES
    assert (play.p.event, play.p.came_from) == (event, came_from)


def _soon(play: Play, event: str) -> str:
    """A time after what the play did and inside the limits that matter."""
    by_state = {
        S.FUCHA: "2026-04-01 09:00", S.FUCHA_DONE: "2026-04-10 09:00", S.FUHE: "2026-04-20 09:00",
        S.CLOSED: "2026-04-14 09:00", S.REPLIED: "2026-03-12 12:00", S.ROUTED: "2026-03-09 09:00",
    }  # fmt: skip
    if play.p.last(ClockName.NEED_INFO_10) or event.endswith("_late"):
        return (
            "2026-04-14 10:00"
            if play.p.state is not S.NEED_INFO or play.p.previous is S.HANDLING
            else "2026-03-04 09:00"
        )
    return by_state.get(play.p.state, "2026-03-11 11:00")


def test_rows_of_the_design_are_all_there() -> None:
    assert {str(n) for n in range(1, 39)} <= {row.number for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.number}-{row.event}")
def test_others_may_not(row: Row) -> None:
    """A role that no row of this event names is refused, whatever the data."""
    for track in row.tracks & {T.APPEAL, T.SERVICE, T.REPORT, T.EMERGENCY}:
        source = min(row.sources)
        fitting = [r for r in rows_of(row.event) if source in r.sources and track in r.tracks]
        for role in set(CaseRole) - {role for r in fitting for role in r.may(track)}:
            with pytest.raises(IllegalMove) as refused:
                _try(row.event, track, source, role)
            assert "不能" in refused.value.reason


@pytest.mark.parametrize("event", EVENTS)
def test_refused_elsewhere(event: str) -> None:
    """In a state from which no row of this event leads, it is refused and the allowed events are told."""
    row = rows_of(event)[0]
    for track in (T.APPEAL, T.SERVICE):
        sources = {s for r in rows_of(row.event) if track in r.tracks for s in r.sources}
        for source in set(CaseState) - sources:
            with pytest.raises(IllegalMove) as refused:
                _try(row.event, track, source, row.who[0])
            assert row.event not in refused.value.allowed
            assert refused.value.reason


def _try(event: str, track: Track, state: CaseState, role: CaseRole) -> None:
    p = replace(Proceeding(track), state=state)
    move(p, Attempt(event, 1_772_413_200_000, role, NATIONAL, "p1", {}))


def test_an_unknown_event_lists_what_is_allowed() -> None:
    play = in_triage()
    with pytest.raises(IllegalMove) as refused:
        move(play.p, Attempt("abolish", 1_772_413_200_000, CaseRole.TRI, NATIONAL))
    assert "abolish" in refused.value.reason
    assert {"ask", "route", "accept", "refuse", "redirect_legal", "withdraw"} <= set(refused.value.allowed)


def test_first_role_is_the_rows_own() -> None:
    """Who is meant when a script names nobody; of a REPORT the inspector."""
    firsts = {"submit": "CIT", "pick": "TRI", "ask": "TRI", "route": "TRI", "object": "UC", "accept": "UC",
              "refuse": "TRI", "assign": "UC", "submit_reply": "HND", "sign": "LEAD", "deliver": "LEAD",
              "answer": "HND", "rate": "CIT", "unsatisfied": "CIT",
              "fucha_opinion": "REV", "reopen": "SUP"}  # fmt: skip
    for event, role in firsts.items():
        assert rows_of(event)[0].may(T.SERVICE)[0] == role
        inspected = "INS" if role in {"TRI", "UC", "HND"} else role
        assert rows_of(event)[0].may(T.REPORT)[0] == inspected


def test_petitions_have_no_short_way() -> None:
    for track in PETITION_TRACKS | {T.REPORT}:
        play = handling(track)
        assert "这类诉求没有" in play.refused("2026-03-11 11:00", "answer")
        assert "这类诉求没有" in play.refused("2026-03-11 11:00", "close")


@pytest.mark.parametrize("track", sorted(DIRECT_TRACKS - {T.EMERGENCY}))
@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_a_question_is_answered_in_one_step(track: Track, state: CaseState) -> None:
    p = replace(Play(track).p, state=state)
    for event, role, to in (
        ("answer", CaseRole.OP, S.REPLIED), ("answer", CaseRole.HND, S.REPLIED),
        ("close", CaseRole.HND, S.CLOSED),
    ):  # fmt: skip
        assert move(p, Attempt(event, 1_772_500_000_000, role, NATIONAL, "h1")).proceeding.state is to


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
@pytest.mark.parametrize("track", sorted(Track))
def test_a_supplement_is_never_refused(track: Track, state: CaseState) -> None:
    p = replace(Play(track).p, state=state)
    attempt = Attempt("supplement", 1_772_500_000_000, CaseRole.CIT, NATIONAL)
    assert move(p, attempt).proceeding.state is state


def test_nothing_leaves_an_end_but_what_the_table_names() -> None:
    leaving = {(event, source) for event, source, to in MOVES if source in DONE_STATES and to is not source}
    assert leaving == {
        ("reopen", S.CLOSED), ("reopen", S.NOT_ACCEPTED), ("reopen", S.WITHDRAWN), ("unmerge", S.MERGED),
        ("request_fucha", S.CLOSED), ("request_fuhe", S.CLOSED), ("admit_late", S.CLOSED),
        ("correct_closing", S.CLOSED),
    }  # fmt: skip


def test_only_moves_set_a_state() -> None:
    """No other module makes a proceeding with another state."""
    root = Path(hub.__file__).parent
    allowed = {root / "model/cases/moves.py", root / "model/cases/proceeding.py"}
    setting = re.compile(r"(?:replace|Proceeding)\((?:[^()]|\([^()]*\))*\bstate\s*=", re.DOTALL)
    proceeding = re.compile(r"\bproceeding\b", re.IGNORECASE)
    found = [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*.py"))
        if path not in allowed
        for text in [path.read_text("utf-8")]
        if proceeding.search(text) and setting.search(text)
    ]
    assert found == []
