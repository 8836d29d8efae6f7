"""Departments: who they are, and what each may still send."""

from __future__ import annotations

from hub.actions.campaigns.quotas import Quotas
from hub.model.campaigns.departments import Departments
from hub.settings.settings import Settings
from hub.wiring.foundation import Foundation


def departments_of(settings: Settings) -> Departments:
    """The configured ones."""
    return Departments({id: table.department(id) for id, table in settings.departments.items()})


def quotas(base: Foundation) -> Quotas:
    """What each may still send."""
    return Quotas(departments_of(base.settings), base.stores.outbox)
