"""What the commands print for people."""

from __future__ import annotations

from hub.model.agent import Role
from hub.runtime.console import ROLES


def test_every_role_has_a_name_so_that_the_demo_can_list_its_accounts() -> None:
    assert set(ROLES) == {str(role) for role in Role}
