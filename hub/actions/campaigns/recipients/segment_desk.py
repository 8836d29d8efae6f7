"""Saved segments: named filters that campaigns are made with.

Rule protected: a campaign holds a copy of the filter, taken when the campaign is saved. Who changes a segment
changes no campaign that somebody looked at or approved; its page says that the segment has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from campaigns import segment as segments
from campaigns.campaign import Campaign
from campaigns.segment import Segment
from channels.address import masked
from hub.actions.campaigns.recipients.count_people import AT_ONCE, CountPeople, Funnel
from hub.actions.campaigns.recipients.sent_lately import SentLately, SentLine
from hub.model.recipients.saved_segment import ExactCount, SavedSegment, SegmentDay
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.recipients.saved_segments import MOST, SavedSegmentRepository
from hub.runtime.clock import Clock, to_local
from hub.runtime.errors import Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate

MAX_NAME = 40
_SAMPLES = 10
_PAGES_A_STEP = 10
_DAYS = 60


@dataclass(frozen=True, slots=True)
class SegmentLook:
    """What a filter reaches. count: everybody looked at, None when that takes longer and was not asked for.
    samples: (masked address, region code). sent: what the same people were sent in seven days."""

    funnel: Funnel
    count: ExactCount | None
    samples: tuple[tuple[str, str], ...]
    sent: tuple[SentLine, ...]


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A saved segment with what it reaches, its numbers day by day and the campaigns made with it."""

    segment: SavedSegment
    version: int
    look: SegmentLook
    days: tuple[SegmentDay, ...]
    campaigns: tuple[Campaign, ...]


class SegmentDesk:
    """Segments: what pages ask for, and the step of the job."""

    def __init__(
        self,
        documents: Documents,
        saved: SavedSegmentRepository,
        memberships: MembershipRepository,
        campaigns: CampaignRepository,
        count: CountPeople,
        sent_lately: SentLately,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._saved = saved
        self._memberships = memberships
        self._campaigns = campaigns
        self._count = count
        self._sent_lately = sent_lately
        self._clock = clock
        self._noted = ""  # the day whose numbers stand

    async def listed(self) -> list[tuple[SavedSegment, int]]:
        """Those in use with their rows, and behind them the retired ones."""
        found = await self._saved.all()
        counted = await self._count.lefts([one.filter for one in found])
        return sorted(zip(found, counted, strict=True), key=lambda pair: pair[0].retired)

    async def offered(self) -> list[SavedSegment]:
        """Those a campaign may be made with, by name."""
        return sorted((one for one in await self._saved.all() if not one.retired), key=lambda one: one.name)

    async def read(self, segment_id: str) -> Versioned[SavedSegment]:
        """A segment with its version. Raises `NotFound`."""
        found = await self._saved.get(segment_id)
        if found is None:
            raise NotFound("segment")
        return found

    async def view(self, segment_id: str) -> SegmentView:
        """Everything its page shows. Raises `NotFound`."""
        found = await self.read(segment_id)
        segment = found.value
        look = await self.look(segment.filter, counted=segment.count)
        days = await self._saved.days(segment_id, limit=_DAYS)
        made = await self._campaigns.using(segment_id)
        return SegmentView(segment, found.version, look, tuple(days), tuple(made))

    async def look(self, filter: Segment, *, counted: ExactCount | None = None) -> SegmentLook:
        """What a filter reaches. counted: a count that was made before; it is shown while it describes this
        filter."""
        funnel = await self._count.funnel(filter)
        count = counted if counted and counted.at and counted.filter == filter else None
        if funnel.steps[0].count <= AT_ONCE:
            count = await self._count.whole(filter)
        now = self._clock.now_ms()
        page = (
            await self._memberships.page(filter, after="", limit=_SAMPLES, snapshot_at=now)
            if filter.groups
            else []
        )
        samples = tuple((masked(one.address), one.city) for one in page if one.address.value)
        sent = await self._sent_lately(filter, department="")
        return SegmentLook(funnel, count, samples, tuple(sent))

    async def sent(self, campaign: Campaign) -> list[SentLine]:
        """What those a campaign is for were sent in seven days by others, and by its department."""
        return await self._sent_lately(campaign.segment, department=campaign.department, but=campaign.id)

    async def save(
        self,
        agent_id: str,
        name: str,
        note: str,
        filter: Segment,
        *,
        segment_id: str = "",
        version: int = 0,
    ) -> SavedSegment:
        """A new segment, or the one read at `version` changed. Raises `Invalid`, `NotFound`, `Stale`."""
        name = " ".join(name.split())
        problems: dict[str, str] = {}
        if not name or len(name) > MAX_NAME:
            problems["name"] = f"请填写名称，最多 {MAX_NAME} 个字"
        if len(note) > 200:
            problems["note"] = "说明最多 200 个字"
        problems |= segments.problems(filter, groups=await self._memberships.groups())
        if problems:
            raise Invalid(problems)
        now = self._clock.now_ms()
        found = await self.read(segment_id) if segment_id else None
        if found is None:
            if len(await self._saved.all()) >= MOST:
                raise Invalid({"name": f"最多保存 {MOST} 个人群，请先停用不用的"})
            segment = SavedSegment(new_id(now), name, agent_id, filter, now, now, note)
            write = self._saved.insert(segment)
        elif found.version != version:
            raise Stale("segment")
        else:
            segment = replace(found.value, name=name, note=note, filter=filter, changed_at=now)
            return await self._keep(found, segment)
        try:
            await self._documents.commit([write])
        except Duplicate:
            raise Invalid({"name": "已经有同名的人群"}) from None
        self._noted = ""
        return segment

    async def retire(self, segment_id: str, *, retired: bool) -> None:
        """Takes it out of what is offered, or back; campaigns made with it stay. Raises `NotFound`,
        `Stale`."""
        found = await self.read(segment_id)
        await self._keep(found, replace(found.value, retired=retired, changed_at=self._clock.now_ms()))

    async def ask_count(self, segment_id: str) -> None:
        """Has everybody looked at, for this moment. Raises `NotFound`, `Stale`."""
        found = await self.read(segment_id)
        begun = self._count.begun(found.value.filter)
        await self._keep(found, replace(found.value, counting=not begun.finished, count=begun))

    async def step(self) -> bool:
        """Goes on counting, and notes the numbers of the day; whether there may be more to do at once."""
        found = await self._saved.counting()
        if found is None:
            return await self._note_day()
        count = found.value.count
        if count.filter != found.value.filter:  # changed meanwhile: of the new one nobody asked
            count = replace(count, finished=True)
        for _ in range(_PAGES_A_STEP):
            if not count.finished:
                count = await self._count.onward(count)
        try:
            await self._keep(found, replace(found.value, count=count, counting=not count.finished))
        except Stale:  # asked for again, or renamed: goes on from what is stored
            return True
        return True

    async def _note_day(self) -> bool:
        """One number for each segment and day, from the counts that are kept."""
        day = f"{to_local(self._clock.now_ms()):%Y-%m-%d}"
        if day == self._noted:
            return False
        due = {f"{one.id}:{day}": one for one in await self.offered()}
        for id in await self._saved.noted(list(due)):
            del due[id]
        counted = await self._count.lefts([one.filter for one in due.values()])
        for (id, one), rows in zip(due.items(), counted, strict=True):
            try:
                await self._documents.commit([self._saved.insert_day(SegmentDay(id, one.id, day, rows))])
            except Duplicate:
                continue
        self._noted = day
        return False

    async def _keep(self, found: Versioned[SavedSegment], after: SavedSegment) -> SavedSegment:
        try:
            await self._documents.commit([self._saved.update(after, found.version)])
        except Duplicate:
            raise Invalid({"name": "已经有同名的人群"}) from None
        except Conflict:
            raise Stale("segment") from None
        return after
