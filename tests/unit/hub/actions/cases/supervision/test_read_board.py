"""A board shows what its reader may see as a whole, and reports apart from everything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.actions.cases.supervision.read_board import MONTHS, Board, ReadBoard
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.model.staff.audit import AuditAct
from hub.model.supervision.figures import Figure
from hub.model.track import Compartment
from hub.model.units.place import EVERYWHERE, Place
from hub.runtime.errors import Forbidden
from tests.unit.hub.actions.cases.queue.test_read_queue import a_case, queue_of
from tests.unit.hub.actions.cases.supervision.test_follow_figures import Office

BELOW = Place(frozenset({"u1"}), frozenset({"u1", "u2"}), routes=False)


def overseer(*roles: Role, place: Place = EVERYWHERE) -> Agent:
    return Agent("zhu", "zhu", "u1", roles, 0, place=place)


def a_plain_case(number: int, unit: str, state: CaseState = CaseState.HANDLING, **more: object) -> Case:
    case = a_case(number)
    proceeding = replace(case.proceeding, state=state, event="", clocks=(), handler="")
    fresh = replace(case, id=f"p{number}", reference=f"{number:014}", unit_id=unit, proceeding=proceeding)
    return replace(fresh, compartment=Compartment.NONE, **more)  # type: ignore[arg-type]


class Desk(Office):
    def board(self, agent: Agent, month: str = "", *, reports: bool = False):  # type: ignore[no-untyped-def]
        read = ReadBoard(self.stores, self.figures, queue_of(self.stores), self.clock)
        return read(agent, month, reports=reports)


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    for number, unit in ((2, "u1"), (7, "u2"), (12, "u3"), (17, "u1")):
        await desk.put(a_plain_case(number, unit))
    for number, compartment in ((22, Compartment.REPORT), (27, Compartment.SCREENING)):
        await desk.put(replace(a_plain_case(number, "u1"), compartment=compartment))
    await desk.counted()
    return desk


def received(board: Board) -> int:
    return sum(figures.get(Figure.RECEIVED, 0) for _, figures in board.trend)


async def test_a_supervisor_sees_the_own_unit_and_those_below(desk: Desk) -> None:
    assert received(await desk.board(overseer(Role.SUPERVISOR))) == 4
    board = await desk.board(overseer(Role.SUPERVISOR, place=BELOW))
    assert received(board) == 3
    assert {row.id for row in board.units} == {"u1", "u2"}
    assert not board.reports


async def test_reports_are_the_inspectors_and_stand_apart(desk: Desk) -> None:
    board = await desk.board(overseer(Role.INSPECTOR))
    assert (board.reports, board.may_both, received(board)) == (True, False, 2)
    both = overseer(Role.INSPECTOR, Role.SUPERVISOR)
    assert received(await desk.board(both)) == 4
    assert received(await desk.board(both, reports=True)) == 2
    asked = await desk.board(overseer(Role.SUPERVISOR), reports=True)
    assert (asked.reports, received(asked)) == (False, 4)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.ADMIN, Role.HIGHER_REVIEWER, Role.AUDITOR])
async def test_nobody_else_has_a_board(desk: Desk, role: Role) -> None:
    with pytest.raises(Forbidden):
        await desk.board(overseer(role))


async def test_a_month_that_is_none_is_the_present_one(desk: Desk) -> None:
    now = await desk.board(overseer(Role.SUPERVISOR))
    assert (now.month, len(now.months)) == ("2026-09", MONTHS)
    for odd in ("2030-01", "x", "2026-9", "' or 1"):
        assert (await desk.board(overseer(Role.SUPERVISOR), odd)).month == now.month
    before = await desk.board(overseer(Role.SUPERVISOR), "2026-08")
    assert (before.month, before.figures) == ("2026-08", {})


async def test_the_unit_that_keeps_its_limits_stands_first(desk: Desk) -> None:
    await desk.put(a_plain_case(32, "u2", CaseState.CLOSED))
    await desk.counted()
    board = await desk.board(overseer(Role.SUPERVISOR))
    assert board.units[0].id == "u2"
    assert board.figures[Figure.ON_TIME] == 1


async def test_replies_are_sampled_among_what_was_answered_the_same_all_day(desk: Desk) -> None:
    for number in range(100, 112):
        case = a_plain_case(number, "u1", CaseState.CLOSED)
        answered = replace(case.proceeding, replied_at=1 if number < 110 else 0)
        await desk.put(replace(case, proceeding=answered))
    agent = overseer(Role.SUPERVISOR)
    first, again = await desk.board(agent), await desk.board(agent)
    assert [case.id for case in first.sampled] == [case.id for case in again.sampled]
    assert len(first.sampled) == 5
    assert all(case.proceeding.replied_at for case in first.sampled)
    desk.clock.advance(seconds=86_400)
    tomorrow = await desk.board(agent)
    assert {case.id for case in tomorrow.sampled} != {case.id for case in first.sampled}


async def test_an_export_is_in_the_audit(desk: Desk) -> None:
    agent = overseer(Role.SUPERVISOR)
    read = ReadBoard(desk.stores, desk.figures, queue_of(desk.stores), desk.clock)
    await read.note_exported(agent, await read(agent))
    [row] = [stored.body async for stored in desk.documents.scan("audit")]
    assert (row["act"], row["agent_id"]) == (AuditAct.FIGURES_EXPORTED, "zhu")
