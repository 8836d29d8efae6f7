"""Departments as the configuration knows them."""

from __future__ import annotations

from hub.model.campaigns.departments import Departments
from hub.settings.settings import Settings


def departments_of(settings: Settings) -> Departments:
    """The configured ones."""
    return Departments({id: table.department(id) for id, table in settings.departments.items()})
