"""Which parts staff play, outside and behind the compartment."""

from __future__ import annotations

import pytest

from hub.model.agent import Role
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import roles_of
from hub.model.cases.table import TABLE
from hub.model.track import Track

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
        (Role.EDITOR, set()),
        (Role.PUBLICITY, set()),
    ],
)
def test_an_ordinary_case(role: Role, parts: set[CaseRole]) -> None:
    assert roles_of([role], restricted=False) == parts


@pytest.mark.parametrize("role", sorted(Role))
def test_only_inspectors_play_behind_the_compartment(role: Role) -> None:
    assert bool(roles_of([role], restricted=True)) is (role is Role.INSPECTOR)


def test_roles_add_up() -> None:
    both = roles_of([Role.HANDLER, Role.SUPERVISOR], restricted=False)
    assert {R.HND, R.LEAD, R.SUP} <= both


def test_every_row_of_a_report_can_be_done_by_somebody() -> None:
    """Citizens, the system and the higher organ apart, an inspector finds a part in each."""
    parts = roles_of([Role.INSPECTOR], restricted=True)
    for row in TABLE:
        staff = set(row.may(Track.REPORT)) - {R.CIT, R.SYS, R.REV}
        assert Track.REPORT not in row.tracks or not staff or staff & parts, row.event
