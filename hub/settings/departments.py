"""Departments that send under this roof. The id is part of stored rows: never rename one that was in use."""

from __future__ import annotations

from typing import Annotated

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


class DepartmentApi(Table):
    """The API for the departments' own systems; see docs/departments.md."""

    callback_hosts: list[Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]] = []
    callback_timeout_seconds: float = Field(default=10.0, gt=0, le=30)
    key_overlap_hours: int = Field(default=168, ge=0, le=2160)
    contract_alarm_days: int = Field(default=30, ge=0, le=366)
    shadow_days: int = Field(default=7, ge=1, le=31)
    parallel_hours: int = Field(default=24, ge=1, le=168)
