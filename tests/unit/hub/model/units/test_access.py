"""Who sees which case by unit: the table row by row, and as a property over any office."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model import policy
from hub.model.agent import Agent, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import LateRequest, Proceeding
from hub.model.cases.queue.standing import standing
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.model.units.place import EVERYWHERE
from hub.model.units.tree import Deputy, Division, Tree
from hub.model.units.unit import Unit, UnitFunction

ROUTES = (UnitFunction.ROUTE, UnitFunction.HANDLE)
TREE = Tree.of(
    [
        Unit("ga", "榕州市公安局", "ga"),
        Unit("dc", "东城分局", "ga/dc", functions=ROUTES),
        Unit("dc1", "东街派出所", "ga/dc/dc1"),
        Unit("dc2", "河口派出所", "ga/dc/dc2"),
        Unit("xc", "西城分局", "ga/xc", functions=ROUTES),
        Unit("xc1", "西街派出所", "ga/xc/xc1"),
    ]
)
NOW = 1_790_049_600_000
DIVIDED = Division(divided=True, deputies=(Deputy("a-dc1", "b-xc1", NOW - 1, NOW + 1),))
H, SUP, REV, INS, ADM = Role.HANDLER, Role.SUPERVISOR, Role.HIGHER_REVIEWER, Role.INSPECTOR, Role.ADMIN


def an_agent(unit_id: str, *roles: Role, id: str = "a", division: Division = DIVIDED, at: int = NOW) -> Agent:
    agent = Agent(f"{id}-{unit_id}", id, unit_id, roles, 0)
    return replace(agent, place=TREE.place(agent.id, unit_id, division, at))


def a_case(unit_id: str = "", **more: Any) -> Case:
    proceeding = Proceeding(
        more.get("track", Track.SERVICE),
        more.get("state", CaseState.HANDLING),
        handler=more.get("handler", ""),
        unit_id=more.get("sent_to", ""),
        late=(LateRequest("fucha", 1, "2026-09-01"),) if more.get("late") else (),
    )
    wall = more.get("wall", Compartment.NONE)
    return Case("c", "1", 1, 1, proceeding, Origin("sms", "sms"), compartment=wall, unit_id=unit_id)


DANGER, CLOSED = {"track": Track.EMERGENCY}, {"state": CaseState.CLOSED}
SEES = [
    # whose unit, role; the case's unit and what is special about it; whether it exists for them
    ("dc1", H, "dc1", {}, True),
    ("dc1", H, "dc2", {}, False),
    ("dc1", H, "dc", {}, False),
    ("dc1", H, "", {}, False),
    ("dc1", H, "xc1", {"handler": "a-dc1"}, True),
    ("dc1", H, "dc1", {"sent_to": "xc1"}, False),
    ("dc1", H, "xc1", {"sent_to": "dc1"}, True),
    ("dc1", H, "xc1", DANGER, True),
    ("dc1", H, "xc1", {**DANGER, **CLOSED}, False),
    ("dc1", H, "dc1", CLOSED, True),
    ("dc", H, "dc1", {}, True),  # a unit that routes
    ("dc", H, "xc1", {}, False),
    ("ga", H, "xc1", {}, True),
    ("ga", H, "", {}, True),
    ("ga", H, "nobody-knows", {}, True),
    ("xc", H, "nobody-knows", {}, False),
    ("nobody-knows", H, "", {}, True),  # who belongs nowhere belongs to the root
    ("dc1", SUP, "dc1", {}, True),
    ("dc1", SUP, "dc", {}, False),
    ("dc", SUP, "dc2", {}, True),
    ("dc", SUP, "xc", {}, False),
    ("xc", SUP, "dc1", DANGER, True),
    ("ga", SUP, "dc1", {}, True),
    ("dc", REV, "dc1", {}, False),
    ("dc", REV, "dc1", {"late": True}, True),
    ("dc", REV, "xc1", {"late": True}, False),
    ("dc1", INS, "xc1", {"wall": Compartment.REPORT}, True),
    ("dc1", INS, "dc1", {}, False),
    ("ga", SUP, "dc1", {"wall": Compartment.REPORT}, False),
    ("ga", H, "", {"wall": Compartment.SCREENING, "handler": "a-ga"}, False),
    ("ga", ADM, "ga", {"handler": "a-ga"}, False),
]


@pytest.mark.parametrize(("unit", "role", "of", "more", "sees"), SEES)
def test_the_table(unit: str, role: Role, of: str, more: dict[str, Any], *, sees: bool) -> None:
    agent, case = an_agent(unit, role), a_case(of, **more)
    assert policy.may_see(agent, case) is sees
    assert bool(policy.why(agent, case)) is sees


def test_a_deputy_sees_what_the_absent_one_has_in_hand_and_only_for_that_time() -> None:
    case = a_case("dc1", handler="a-dc1")
    assert policy.may_see(an_agent("xc1", H, id="b"), case)
    assert not policy.may_see(an_agent("xc1", H, id="b", at=NOW + 1), case)
    assert not policy.may_see(an_agent("xc1", H, id="b"), a_case("dc1", handler="other"))


def test_an_office_that_is_not_divided_is_as_it_was_before_there_were_units() -> None:
    agent = an_agent("dc1", H, division=Division())
    assert agent.place == EVERYWHERE
    assert policy.may_see(agent, a_case("xc1"))
    assert not policy.may_see(agent, a_case("xc1", wall=Compartment.REPORT))


def test_a_case_is_given_downwards_and_to_nobody_beside() -> None:
    case, below, beside = a_case(""), an_agent("dc1", H, id="b"), an_agent("xc1", H, id="b")
    assert not policy.may_see(below, case)
    assert policy.may_give(an_agent("ga", H), below, case)
    assert policy.may_give(an_agent("dc", SUP), below, a_case("dc"))
    assert not policy.may_give(an_agent("dc", SUP), beside, a_case("dc"))
    assert not policy.may_give(an_agent("dc1", H), an_agent("dc2", H, id="b"), a_case("dc1"))
    assert not policy.may_give(an_agent("ga", SUP), below, a_case("", wall=Compartment.REPORT))
    assert not policy.may_give(an_agent("ga", SUP), an_agent("dc1", REV, id="b"), case)


@st.composite
def offices(draw: st.DrawFn) -> tuple[Tree, Division]:
    """Any tree of up to seven units, of which some route, and any deputies."""
    units: list[Unit] = []
    for number in range(draw(st.integers(1, 7))):
        above = draw(st.sampled_from([None, *units])) if units else None
        path = f"{above.path}/u{number}" if above else f"u{number}"
        functions = tuple(draw(st.sets(st.sampled_from(list(UnitFunction)))))
        units.append(Unit(f"u{number}", f"单位{number}", path, functions=functions))
    pairs = draw(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), max_size=2))
    deputies = tuple(Deputy(one, other, 0, draw(st.sampled_from([0, NOW + 1]))) for one, other in pairs)
    return Tree.of(units), Division(draw(st.booleans()), 1, deputies)


ROLES = st.sets(st.sampled_from(list(Role)), min_size=1, max_size=3)
CODES = st.sampled_from(["", "u0", "u1", "u2", "u3", "u4", "u6", "gone"])


def expected(tree: Tree, division: Division, agent: Agent, case: Case) -> bool:
    """The policy told again in other words, over the tree itself."""
    root, unit, fields = tree.root.id, agent.unit_id, standing(case)
    if case.is_restricted:
        return INS in agent.roles
    at = case.proceeding.unit_id or case.unit_id
    home, stands = (one if one in tree.units else root for one in (unit, at))
    below = not division.divided or home in {found.id for found in tree.chain(stands)}
    routes = not division.divided or home == root or UnitFunction.ROUTE in tree.units[home].functions
    absent = {one.absent for one in division.deputies if one.deputy == agent.id and one.until}
    in_hands = bool(case.handler_id) and case.handler_id in {agent.id, *(absent if division.divided else ())}
    danger = case.track is Track.EMERGENCY and fields["open"] == 1
    works = H in agent.roles or SUP in agent.roles
    return (
        (works and (in_hands or danger))
        or (H in agent.roles and (home == stands or (routes and below)))
        or (SUP in agent.roles and below)
        or (REV in agent.roles and below and fields["higher"] == 1)
    )


CASES = st.builds(
    a_case,
    CODES,
    sent_to=CODES,
    handler=st.sampled_from(["", "x", "y", "z"]),
    track=st.sampled_from(list(Track)),
    state=st.sampled_from([CaseState.HANDLING, CaseState.CLOSED, CaseState.DRAFT]),
    wall=st.sampled_from(list(Compartment)),
    late=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(offices(), st.sampled_from("xyz"), CODES, ROLES, CASES)
def test_nobody_sees_more_or_less_than_the_law_allows(
    office: tuple[Tree, Division], who: str, unit: str, roles: set[Role], case: Case
) -> None:
    """And lists are searched by the same conditions."""
    tree, division = office
    agent = Agent(who, who, unit, tuple(roles), 0)
    agent = replace(agent, place=tree.place(who, unit, division, NOW))
    sees = expected(tree, division, agent, case)
    assert policy.may_see(agent, case) is sees
    plain = {"compartment": str(case.compartment), "track": str(case.track), "handler_id": case.handler_id}
    assert policy.sight(agent).holds({**standing(case), **plain}) is sees
    assert bool(policy.why(agent, case)) is sees


def test_the_higher_organ_of_two_units_is_the_lowest_above_both() -> None:
    assert TREE.common_superior("dc1", "dc2").id == "dc"
    assert TREE.common_superior("dc1", "xc1").id == "ga"
    assert TREE.common_superior("dc", "dc1").id == "ga"
    assert TREE.common_superior("dc1", "gone").id == "ga"
