"""How many people a filter reaches, and why the others are not reached.

Two ways. The counts the store keeps answer at once, whatever the number of people, how many rows fit each
step of the filter and by what they can be written to; somebody in two groups is two rows there. Everybody
looked at one by one says exactly who comes twice, who opted out and whose address is dead; nothing is
unsealed for it. It is done at once up to `AT_ONCE` rows, else step by step in the job, for the moment it
began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from campaigns.segment import Segment
from channels.outbox.suppression import EDUCATION, INVALID, NOTICE, SAFETY, WARNING
from hub.model.recipients.saved_segment import ExactCount
from hub.repositories.memberships import MembershipRepository, fits
from hub.repositories.suppressions import SuppressionRepository
from hub.runtime.clock import Clock

AT_ONCE = 5000
PAGE = 1000
SUBJECTS = (EDUCATION, NOTICE, WARNING, SAFETY)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many rows are left when this part of the filter is applied too. name: a field of `Segment`."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """steps: in the order they are applied, `groups` first. by_reach: what is left, by `Reach`."""

    steps: tuple[FunnelStep, ...]
    by_reach: Mapping[str, int]

    @property
    def left(self) -> int:
        """Rows that fit the whole filter."""
        return self.steps[-1].count


class CountPeople:
    """Counts."""

    def __init__(
        self, memberships: MembershipRepository, suppressions: SuppressionRepository, clock: Clock
    ) -> None:
        self._memberships = memberships
        self._suppressions = suppressions
        self._clock = clock

    async def funnel(self, segment: Segment) -> Funnel:
        """Step by step, from the counts that are kept."""
        cells = await self._memberships.cells(segment.groups)
        partial = Segment(segment.groups)
        steps = [FunnelStep("groups", sum(cell.count for cell in cells))]
        for name in ("regions", "language", "tags", "sources", "consent"):
            if getattr(segment, name):
                partial = replace(partial, **{name: getattr(segment, name)})
                cells = [cell for cell in cells if fits(partial, cell)]
                steps.append(FunnelStep(name, sum(cell.count for cell in cells)))
        by_reach: Counter[str] = Counter()
        for cell in cells:
            by_reach[cell.reach] += cell.count
        return Funnel(tuple(steps), dict(by_reach))

    async def lefts(self, segments: Sequence[Segment]) -> list[int]:
        """The rows that fit each of these; the counts of a group are read once."""
        groups = dict.fromkeys(group for segment in segments for group in segment.groups)
        cells = {group: await self._memberships.cells([group]) for group in groups}
        return [
            sum(cell.count for group in segment.groups for cell in cells[group] if fits(segment, cell))
            for segment in segments
        ]

    async def whole(self, segment: Segment) -> ExactCount:
        """Everybody looked at now; for segments of at most `AT_ONCE` rows."""
        count = self.begun(segment)
        while not count.finished:
            count = await self.onward(count)
        return count

    def begun(self, segment: Segment) -> ExactCount:
        """A count that begins now."""
        return ExactCount(at=self._clock.now_ms(), filter=segment, finished=not segment.groups)

    async def onward(self, count: ExactCount) -> ExactCount:
        """The count with one page more."""
        page, repeated, cursor = await self._memberships.keys_page(
            count.filter, after=count.cursor, limit=PAGE, snapshot_at=count.at
        )
        rules = [(key, subject) for key, _ in page for subject in (INVALID, *SUBJECTS)]
        blocked = await self._suppressions.blocked(rules) if rules else frozenset()
        out = Counter(subject for _, subject in blocked)
        dead = out.pop(INVALID, 0)
        return replace(
            count,
            cursor=cursor,
            finished=not cursor,
            people=count.people + len(page),
            repeated=count.repeated + repeated,
            dead=count.dead + dead,
            by_reach=_plus(count.by_reach, Counter(reach for _, reach in page)),
            out=_plus(count.out, out),
        )


def _plus(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    names: Sequence[str] = sorted({*counts, *more})
    return {name: counts.get(name, 0) + more.get(name, 0) for name in names}
