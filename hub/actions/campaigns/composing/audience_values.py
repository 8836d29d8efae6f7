"""How many a campaign may reach, and the values that make its text longest, while it is being written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from campaigns import template
from campaigns.measure import UNKNOWN, Longest, longest_of
from campaigns.ports import Recipients
from campaigns.segment import Segment
from hub.runtime.clock import Clock

_REMEMBERED = 32
_FRESH_MS = 30_000
"""A count stands so long: a writer types on, the audience does not change with every key."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Audience:
    """recipients: in the segment, before anybody is left out. longest: see `campaigns.measure`."""

    recipients: int
    longest: Longest


class AudienceValues:
    """Looks, and remembers for a moment. One per process.

    cities: every value that `{city}` may have. most: recipients that are looked at one by one.
    """

    def __init__(
        self, recipients: Recipients, clock: Clock, *, cities: Collection[str], most: int = 2_000
    ) -> None:
        self._recipients = recipients
        self._clock = clock
        self._bound = Longest({"name": (UNKNOWN,), "city": longest_of(tuple(cities)) or (UNKNOWN,)})
        self._most = most
        self._known: OrderedDict[Segment, tuple[int, Audience]] = OrderedDict()

    async def __call__(self, segment: Segment) -> Audience:
        """The audience of a segment, some seconds old at most."""
        now = self._clock.now_ms()
        known = self._known.get(segment)
        if known and now - known[0] < _FRESH_MS:
            return known[1]
        audience = await self._look(segment, now)
        self._known[segment] = (now, audience)
        self._known.move_to_end(segment)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return audience

    async def _look(self, segment: Segment, now: int) -> Audience:
        if not segment.groups:
            return Audience(0, self._bound)
        total = await self._recipients.count(segment, snapshot_at=now)
        if total > self._most:
            return Audience(total, self._bound)
        values: dict[str, set[str]] = {name: set() for name in template.PLACEHOLDERS}
        after = ""
        while page := await self._recipients.page(segment, after=after, limit=_PAGE, snapshot_at=now):
            for one in page:
                values["name"].add(one.name)
                values["city"].add(one.city)
            after = page[-1].id
            if len(page) < _PAGE:
                break
        found = {name: longest_of(tuple(some)) for name, some in values.items()}
        return Audience(total, Longest(found, exact=True))
