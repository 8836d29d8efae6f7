"""The history of a campaign: who did what to it and when. A row is written once and never changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CampaignEventKind(StrEnum):
    """What was done."""

    CREATED = "created"
    EDITED = "edited"  # what leaves has changed, so it is a draft again
    SUBMITTED = "submitted"
    APPROVED = "approved"  # by one person; a large one needs two
    RETURNED = "returned"  # by an approver to its writer, with a reason
    WITHDRAWN = "withdrawn"  # by its writers, back to draft
    RELEASED = "released"  # after approval: its plan holds from now on
    GREW = "grew"  # what was to leave is more than was approved: back to the approver
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELED = "canceled"
    MISSED = "missed"  # its time passed without anything leaving; the reason says why
    MOVED = "moved"  # to another time, on the calendar
    MOVED_BACK = "moved_back"


@dataclass(frozen=True, slots=True)
class CampaignEvent:
    """One row. at: ms UTC. agent_id: "" = the hub itself.

    reason: what a person wrote, or for the hub what it found. digest: of the content it was done to.
    deliveries, parts, cost_fen: the numbers it was done with; before: the approved number it grew from.
    """

    id: str
    campaign_id: str
    at: int
    kind: CampaignEventKind
    agent_id: str = ""
    reason: str = ""
    digest: str = ""
    deliveries: int = 0
    parts: int = 0
    cost_fen: int = 0
    before: int = 0
