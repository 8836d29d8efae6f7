"""Departments that send under this roof. The id is part of stored rows: never rename one that was in use."""

from __future__ import annotations

from pydantic import Field

from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Quota
from hub.model.campaigns.departments import Department
from hub.settings.table import Table


class DepartmentTable(Table):
    name: str = Field(min_length=1, max_length=40)
    share: int = Field(default=1, ge=1, le=100)
    daily_parts: int = Field(default=0, ge=0)
    monthly_parts: int = Field(default=0, ge=0)
    classes: list[MessageClass] = list(MessageClass)

    def department(self, id: str) -> Department:
        """As the rest of the hub knows it."""
        quota = Quota(self.daily_parts, self.monthly_parts)
        return Department(id, self.name, self.share, quota, frozenset(self.classes))
