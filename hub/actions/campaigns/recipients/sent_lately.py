"""What else the same people were sent: before a department writes to them, it sees who has.

How it is reckoned, and what it costs: every run of the last seven days kept the segment it went to. How many
people two segments share is read off the counts the store keeps of every combination of properties
(`MembershipRepository.cells`), not off people: some thousand numbers for each group. People who are in two
different groups are not seen to be the same, so the number is a lower bound; opt-outs are not taken off it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaigns.broadcast import Broadcast
from campaigns.segment import EVERYBODY, Segment
from channels.outbox.delivery import MessageClass
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import Cell, MembershipRepository, fits
from hub.runtime.clock import Clock

WEEK_MS = 7 * 86_400_000
_RUNS = 300
"""Of a week that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class SentLine:
    """A run that went to some of the same people. people: how many at least, of those it was written to."""

    campaign_id: str
    name: str
    department: str
    message_class: MessageClass
    at: int
    people: int
    is_ours: bool


class SentLately:
    """Looks at the last seven days."""

    def __init__(
        self, campaigns: CampaignRepository, memberships: MembershipRepository, clock: Clock
    ) -> None:
        self._campaigns = campaigns
        self._memberships = memberships
        self._clock = clock

    async def __call__(self, segment: Segment, *, department: str, but: str = "") -> list[SentLine]:
        """The runs, the newest first. department: whose own runs are told apart. but: a campaign left out."""
        runs = await self._campaigns.recent_broadcasts(since=self._clock.now_ms() - WEEK_MS, limit=_RUNS)
        cells: dict[str, list[Cell]] = {}
        found: list[tuple[Broadcast, int]] = []
        for run in runs:
            if run.campaign_id == but or not run.planned:
                continue
            for group in {*segment.groups, *run.segment.groups} - cells.keys():
                cells[group] = await self._memberships.cells([group])
            people = min(shared(segment, run.segment, cells), run.planned)
            if people:
                found.append((run, people))
        names = await self._campaigns.named([run.campaign_id for run, _ in found])
        return [
            SentLine(
                run.campaign_id,
                names.get(run.campaign_id, run.title),
                run.department,
                run.message_class,
                run.fire_at,
                people,
                is_ours=run.department == department,
            )
            for run, people in found
        ]


def shared(one: Segment, other: Segment, cells: Mapping[str, Sequence[Cell]]) -> int:
    """How many rows are in both segments at least, by the cells of their groups."""
    if EVERYBODY in one.groups:
        groups: Sequence[str] = other.groups
    elif EVERYBODY in other.groups:
        groups = one.groups
    else:
        groups = [group for group in one.groups if group in other.groups]
    return sum(
        cell.count
        for group in dict.fromkeys(groups)
        for cell in cells[group]
        if fits(one, cell) and fits(other, cell)
    )
