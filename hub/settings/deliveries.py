"""How fast what leaves may leave."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Dispatch(Table):
    batch: int = Field(default=512, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=500)
    urgent_in_flight: int = Field(default=16, ge=1, le=100)
    poll_seconds: float = Field(default=0.5, gt=0, le=5)


class Broadcast(Table):
    page: int = Field(default=1000, ge=1, le=5000)
    grace_seconds: int = Field(default=3600, ge=0)
