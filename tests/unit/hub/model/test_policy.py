"""Who may see and do what to a case: every role, on both sides of the compartment, for every permission."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.agent import Agent, Permission, Role
from hub.model.cases.case import Case, Origin
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import LateRequest, Proceeding
from hub.model.cases.state import CaseState
from hub.model.policy import compartments, may_see, require
from hub.model.track import Compartment, Track, compartment_of
from hub.runtime.errors import Forbidden, NotFound

SEES = {
    Role.HANDLER: {Compartment.NONE},
    Role.SUPERVISOR: {Compartment.NONE},
    Role.INSPECTOR: {Compartment.REPORT, Compartment.SCREENING},
    Role.PUBLICITY: set(),
    Role.PUBLICITY_LEAD: set(),
    Role.EDITOR: set(),
    Role.REVIEWER: set(),
    Role.HIGHER_REVIEWER: {Compartment.NONE},
    Role.ADMIN: set(),
    Role.DEPARTMENT: set(),
    Role.CUSTODIAN: set(),
    Role.AUDITOR: set(),
}
"""An inspector works on reports and on nothing else; an administrator reads no case at all."""

MAY = """
case.read          handler supervisor higher_reviewer
case.reply         handler supervisor inspector higher_reviewer
case.assign        handler supervisor inspector
identity.ask       inspector
identity.decide    custodian
audit.read         auditor
case.close         handler supervisor inspector
canned.approve     supervisor inspector admin
tag.edit           supervisor
recording.redact   supervisor inspector
report.read        inspector
case.reveal        handler
board.read         supervisor inspector
alarm.duty         handler supervisor
register.read      handler supervisor
register.edit      supervisor
campaign.read      supervisor publicity publicity_lead admin
campaign.edit      publicity publicity_lead
campaign.control   supervisor publicity publicity_lead
campaign.approve   supervisor publicity_lead
campaign.emergency supervisor
campaign.send      supervisor publicity publicity_lead
campaign.trial     supervisor publicity publicity_lead
campaign.words     supervisor publicity_lead
warning.read       supervisor publicity publicity_lead
warning.make       supervisor publicity publicity_lead
warning.review     supervisor publicity publicity_lead
warning.sign       supervisor publicity_lead
warning.release    supervisor publicity publicity_lead
entry.edit         editor reviewer
entry.publish      reviewer
delivery.decide    inspector admin
rule.edit          admin
system.read        admin
agent.manage       admin
department.read    admin department
department.manage  admin
"""
"""The roles that may: written out, not computed from `GRANTS`, so that a change of it is made here too."""


def allowed() -> dict[tuple[Role, Permission], bool]:
    """The table, with every permission in it."""
    rows = [line.split() for line in MAY.strip().splitlines()]
    found = {(role, Permission(name)): role in map(Role, roles) for name, *roles in rows for role in Role}
    assert set(found) == {(role, permission) for role in Role for permission in Permission}
    return found


def an_agent(*roles: Role, active: bool = True) -> Agent:
    return Agent("a1", "login", "u1", roles, 0, active=active)


def a_case(compartment: Compartment) -> Case:
    track = Track.REPORT if compartment is Compartment.REPORT else Track.CONSULT
    return Case(
        "c1",
        "1",
        0,
        0,
        Proceeding(track, CaseState.REGISTERED),
        Origin("sms", "sms"),
        compartment=compartment,
    )


@pytest.mark.parametrize("compartment", Compartment)
@pytest.mark.parametrize("role", Role)
def test_a_case_is_seen_and_changed_by_the_roles_of_the_table_only(
    role: Role, compartment: Compartment
) -> None:
    agent, case, table = an_agent(role), a_case(compartment), allowed()
    assert compartments(agent) == SEES[role]
    sees = compartment in SEES[role] and role is not Role.HIGHER_REVIEWER  # nothing is reviewed yet
    assert may_see(agent, case) == sees
    for permission in Permission:
        assert agent.may(permission) == table[role, permission], permission
        if not sees:  # it does not exist, whatever else the role allows
            with pytest.raises(NotFound):
                require(agent, case, permission)
        elif table[role, permission]:
            assert require(agent, case, permission) is case
        else:
            with pytest.raises(Forbidden):
                require(agent, case, permission)


@pytest.mark.parametrize("state", CaseState)
def test_a_higher_reviewer_reads_what_lies_before_the_higher_organ(state: CaseState) -> None:
    reviewer, case = an_agent(Role.HIGHER_REVIEWER), a_case(Compartment.NONE)
    case = replace(case, proceeding=replace(case.proceeding, state=state))
    assert may_see(reviewer, case) == (state in {"FUCHA", "FUCHA_DONE", "FUHE", "FINAL"})
    assert may_see(an_agent(Role.HIGHER_REVIEWER, Role.SUPERVISOR), case)
    running = case.proceeding.start(ClockName.HANDLE_60, 0).clocks[0]
    for clock, seen in (
        (replace(running, breached_at=1), True),
        (replace(running, breached_at=1, stopped_at=2), False),
    ):
        overdue = replace(case, proceeding=replace(case.proceeding, clocks=(clock,)))
        assert may_see(reviewer, overdue) == (seen or may_see(reviewer, case))
    late = LateRequest("复查", 0, "2026-04-16")
    late_case = replace(case, proceeding=replace(case.proceeding, late=(late,)))
    assert may_see(reviewer, late_case)
    assert not may_see(reviewer, replace(late_case, compartment=Compartment.REPORT))


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_case_that_is_not_there_is_not_there_for_anybody(role: Role, permission: Permission) -> None:
    with pytest.raises(NotFound):
        require(an_agent(role), None, permission)


@pytest.mark.parametrize("compartment", Compartment)
def test_a_disabled_agent_sees_and_may_nothing(compartment: Compartment) -> None:
    agent = an_agent(*Role, active=False)
    assert compartments(agent) == set()
    assert not any(agent.may(permission) for permission in Permission)
    with pytest.raises(NotFound):
        require(agent, a_case(compartment), Permission.CASE_REPLY)


def test_two_roles_see_both_sides_and_an_agent_without_a_role_sees_none() -> None:
    assert compartments(an_agent(Role.HANDLER, Role.INSPECTOR)) == set(Compartment)
    assert compartments(an_agent()) == set()


@pytest.mark.parametrize("track", Track)
def test_reports_and_only_reports_are_restricted(track: Track) -> None:
    assert (compartment_of(track) is Compartment.REPORT) == (track is Track.REPORT)
