"""Accounts of the staff."""

from __future__ import annotations

from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.change_units import ChangeUnits
from hub.wiring.foundation import Foundation


def change_accounts_of(base: Foundation) -> ChangeAccounts:
    """What makes and changes accounts."""
    stores = base.stores
    return ChangeAccounts(
        base.documents,
        stores.agents,
        stores.sessions,
        stores.account_changes,
        stores.notifications,
        base.clock,
    )


def change_units_of(base: Foundation) -> ChangeUnits:
    """What changes the tree of units."""
    stores = base.stores
    return ChangeUnits(base.documents, stores.agents, stores.units, stores.notifications, base.clock)
