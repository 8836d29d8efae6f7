"""Which parts staff play, outside and behind the compartment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.agent import Agent, Role
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, Origin
from hub.model.cases.moves import IllegalMove, move
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played, plays_in, roles_of
from hub.model.cases.table import TABLE
from hub.model.track import Compartment, Track
from hub.model.units.tree import Division, Tree
from hub.model.units.unit import Unit, UnitFunction
from tests.unit.hub.model.cases.played import NATIONAL, Play, in_triage, ms, routed

R = CaseRole


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        (Role.HANDLER, {R.OP, R.TRI, R.UC, R.HND, R.CB}),
        (Role.SUPERVISOR, {R.TRI, R.UC, R.LEAD, R.SUP}),
        (Role.HIGHER_REVIEWER, {R.REV}),
        (Role.INSPECTOR, set()),
        (Role.REVIEWER, set()),
        (Role.ADMIN, set()),
        (Role.DEPARTMENT, set()),
        (Role.EDITOR, set()),
        (Role.PUBLICITY, set()),
        (Role.PUBLICITY_LEAD, set()),
    ],
)
def test_an_ordinary_case(role: Role, parts: set[CaseRole]) -> None:
    assert roles_of([role], restricted=False) == parts


@pytest.mark.parametrize("role", sorted(Role))
def test_only_inspectors_play_behind_the_compartment(role: Role) -> None:
    assert bool(roles_of([role], restricted=True)) is (role is Role.INSPECTOR)


def _acts(role: Role, play: Play, event: str, **data: str) -> Proceeding:
    """The proceeding after an event that somebody in this role makes happen."""
    wall = Compartment.REPORT if play.p.track is Track.REPORT else Compartment.NONE
    case = Case("c1", "1", 0, 0, play.p, Origin("sms", "sms"), compartment=wall)
    agent = Agent("a1", "a1", "", (role,), 0)
    attempt = Attempt(event, ms("2026-03-11 12:00"), R.HND, NATIONAL, "a1", data)
    assert plays_in(agent, case, event)
    return move(play.p, as_played(agent, case, attempt)).proceeding


def test_a_supervisor_decides_the_third_return_as_the_superior() -> None:
    play = routed()
    for day in (4, 5):
        play.do(f"2026-03-0{day} 09:00", "object", reason="不属于").do(
            f"2026-03-0{day} 10:00", "refuse_return", reason="属于"
        )
    play.do("2026-03-06 09:00", "object", reason="不属于")
    assert _acts(Role.SUPERVISOR, play, "refuse_return", reason="属于").state == "ROUTED"


def test_an_inspector_reopens_a_withdrawn_report() -> None:
    withdrawn = in_triage(Track.REPORT).do("2026-03-03 09:00", "withdraw")
    assert _acts(Role.INSPECTOR, withdrawn, "reopen", reason="依职权").state == "TRIAGE"


def test_who_plays_no_part_is_told_who_does() -> None:
    case = Case("c1", "1", 0, 0, in_triage().p, Origin("sms", "sms"))
    handler = Agent("a1", "a1", "", (Role.HANDLER,), 0)
    assert not plays_in(handler, case, "duban")
    with pytest.raises(IllegalMove, match="督办人员"):
        as_played(handler, case, Attempt("duban", 0, R.HND, NATIONAL))


def test_roles_add_up() -> None:
    both = roles_of([Role.HANDLER, Role.SUPERVISOR], restricted=False)
    assert {R.HND, R.LEAD, R.SUP} <= both


def test_every_row_of_a_report_can_be_done_by_somebody() -> None:
    """Citizens, the system and the higher organ apart, an inspector finds a part in each."""
    parts = roles_of([Role.INSPECTOR], restricted=True)
    for row in TABLE:
        staff = set(row.may(Track.REPORT)) - {R.CIT, R.SYS, R.REV}
        assert Track.REPORT not in row.tracks or not staff or staff & parts, row.event


DISPUTE = Tree.of(
    (
        Unit("top", "省厅", "top"),
        Unit("city", "市局", "top/city", functions=(UnitFunction.ROUTE,)),
        Unit("a", "甲分局", "top/city/a"),
        Unit("b", "乙分局", "top/city/b"),
    )
)


def _of_unit(unit_id: str, role: Role = Role.HANDLER, *, divided: bool = True) -> Agent:
    place = DISPUTE.place("p1", unit_id, Division(divided), 0)
    return Agent("p1", "p1", "", (role,), 0, place=place)


def _decides(agent: Agent, event: str, play: Play, *, sent_from: str = "a") -> bool:
    case = Case("c1", "1", 0, 0, replace(play.p, unit_id="b"), Origin("sms", "sms"), unit_id=sent_from)
    last = {3: "2026-03-06 12:00", 1: "2026-03-04 12:00"}.get(play.p.returned, "2026-03-03 12:00")
    attempt = Attempt(event, ms(last), R.HND, NATIONAL, "p1", {"reason": "属于"})
    try:
        move(case.proceeding, as_played(agent, case, attempt))
    except IllegalMove:
        return False
    return True


def _returned(times: int) -> Play:
    play = routed()
    for day in range(4, 3 + times):
        play.do(f"2026-03-0{day} 09:00", "object", reason="不属于")
        play.do(f"2026-03-0{day} 10:00", "refuse_return", reason="属于")
    return play.do(f"2026-03-0{3 + times} 09:00", "object", reason="不属于")


def test_only_the_unit_that_has_a_case_objects() -> None:
    objects = {unit for unit in DISPUTE.units if _decides(_of_unit(unit), "object", routed())}
    assert objects == {"top", "b"}


@pytest.mark.parametrize("event", ["agree_return", "refuse_return"])
def test_the_sender_or_a_unit_above_it_decides_on_a_return_never_the_unit_that_objects(event: str) -> None:
    assert {unit for unit in DISPUTE.units if _decides(_of_unit(unit), event, _returned(1))} == {
        "top",
        "city",
        "a",
    }


@pytest.mark.parametrize("event", ["agree_return", "refuse_return"])
def test_a_supervisor_above_both_units_decides_the_third_return(event: str) -> None:
    third = _returned(3)
    above = {unit for unit in DISPUTE.units if _decides(_of_unit(unit, Role.SUPERVISOR), event, third)}
    assert above == {"top", "city"}
    assert not _decides(_of_unit("city"), event, third)
    sent_by_city = {
        unit
        for unit in DISPUTE.units
        if _decides(_of_unit(unit, Role.SUPERVISOR), event, third, sent_from="city")
    }
    assert sent_by_city == {"top"}


def test_in_an_office_that_is_not_divided_everybody_stands_for_all_units() -> None:
    assert _decides(_of_unit("b", divided=False), "agree_return", _returned(1))
