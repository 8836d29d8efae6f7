"""The outbox as the campaign actions need it; `hub/repositories/outbox.py` provides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from campaigns.ports import Planner


class CampaignOutbox(Planner, Protocol):
    """Plans rows and tells what became of them."""

    async def counts(self, origin_id: str) -> Mapping[str, int]:
        """Rows of an origin by state, from its counters; rows still on the way may be missing."""
