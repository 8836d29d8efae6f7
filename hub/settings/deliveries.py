"""How fast what leaves may leave."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hub.settings.table import Table


class Dispatch(Table):
    batch: int = Field(default=512, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=500)
    urgent_in_flight: int = Field(default=16, ge=1, le=100)
    poll_seconds: float = Field(default=0.5, gt=0, le=5)


class Broadcast(Table):
    page: int = Field(default=100, ge=1, le=5000)
    grace_seconds: int = Field(default=3600, ge=0)
    link_hosts: list[Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]] = []
    known_numbers: list[Annotated[str, Field(pattern=r"^\d[\d-]{2,15}$")]] = []
    trials_per_hour: int = Field(default=30, ge=0, le=900)


class Fallback(Table):
    minutes: int = Field(default=10, ge=0, le=1440)
    channels: list[str] = ["mail"]
