"""Telephone calls: when one is over, and speech recognition."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Speech(Table):
    model: str = ""


class Calls(Table):
    silent_seconds: int = Field(default=900, ge=660, le=86_400)
    transferred_seconds: int = Field(default=14_400, ge=660, le=86_400)
