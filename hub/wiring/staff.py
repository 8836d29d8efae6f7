"""Accounts of the staff."""

from __future__ import annotations

from hub.actions.staff.change_accounts import ChangeAccounts
from hub.wiring.foundation import Foundation


def change_accounts_of(base: Foundation) -> ChangeAccounts:
    """What makes and changes accounts."""
    stores = base.stores
    return ChangeAccounts(base.documents, stores.agents, stores.sessions, stores.account_changes, base.clock)
