"""Accounts of the staff, and what is done round the compartment."""

from __future__ import annotations

from hub.actions.cases.read_cases import ReadCases
from hub.actions.evidence.compartment import CompartmentDesk
from hub.actions.evidence.export_case import ExportCase
from hub.actions.evidence.quarterly_report import QuarterlyReport
from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.change_units import ChangeUnits
from hub.actions.staff.read_audit import ReadAudit
from hub.actions.staff.reveal_identity import RevealIdentity
from hub.repositories.vault.identity_requests import IdentityRequestRepository
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
        stores.audit,
        base.clock,
    )


def change_units_of(base: Foundation) -> ChangeUnits:
    """What changes the tree of units."""
    stores = base.stores
    return ChangeUnits(
        base.documents, stores.agents, stores.units, stores.notifications, stores.audit, base.clock
    )


def compartment_desk_of(base: Foundation, read_cases: ReadCases) -> CompartmentDesk:
    """Who reported, who read what, and a report as one file."""
    requests = IdentityRequestRepository(base.documents, base.vault)
    reveal = RevealIdentity(base.stores, requests, base.identities, base.clock)
    export = ExportCase(base.stores, read_cases, base.files, base.recordings, base.clock)
    quarterly = QuarterlyReport(base.documents, base.clock)
    return CompartmentDesk(export, quarterly, ReadAudit(base.stores), reveal)
