"""Campaigns by name, text, tag, department and state, and those of this time last year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from campaigns.campaign import CampaignState
from hub.model.campaigns.sensitive_word import folded
from hub.repositories.campaigns import CampaignPage
from hub.repositories.composer.writings import WritingRepository
from hub.runtime.clock import Clock
from hub.store.documents import Body, Undeclared

YEAR_MS = 365 * 86_400_000
AROUND_MS = 45 * 86_400_000
"""So far before and after this day last year: a season's campaigns are written some weeks ahead."""
MAX_WORDS = 60
_LABELLED = 1_000
"""Campaigns whose tags are offered: those of some years."""
_FRESH_MS = 10_000
_MORE = ("title", "web_text", "mail_subject", "mail_text")
"""Words of a campaign that earlier releases did not store, or that few have."""

Labels = tuple[Mapping[str, int], Mapping[str, int]]
"""Tags and departments, with how many campaigns have each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; "" and empty: everything."""

    words: str = ""
    tag: str = ""
    department: str = ""
    states: AbstractSet[CampaignState] = frozenset()
    last_year: bool = False


class FindCampaigns:
    """Finds."""

    def __init__(self, writings: WritingRepository, clock: Clock) -> None:
        self._writings = writings
        self._clock = clock
        self._labels: Labels | None = None
        self._labels_at = 0

    async def __call__(self, wanted: Wanted, *, limit: int, after: str | None = None) -> CampaignPage:
        """One page, the newest first. Every word has to be in name, title, text or a tag.

        after: as the page before gave it; what is no such mark gives the first page.
        """
        words = [folded(word) for word in wanted.words[:MAX_WORDS].split()]

        def fits(body: Body) -> bool:
            tags = body.get("tags", ())
            if (wanted.tag and wanted.tag not in tags) or (
                wanted.department and body.get("department", "") != wanted.department
            ):
                return False
            if wanted.states and body["state"] not in wanted.states:
                return False
            texts = (body["name"], body["template"], *(body.get(field, "") for field in _MORE), *tags)
            return not words or all(word in folded("\n".join(texts)) for word in words)

        try:
            return await self._writings.find(self._where(wanted), fits, limit=limit, after=after)
        except Undeclared:  # an address somebody shortened
            return await self._writings.find(self._where(wanted), fits, limit=limit)

    async def labels(self) -> Labels:
        """Tags and departments of the newest campaigns, with how many have each; some seconds old at most."""
        now = self._clock.now_ms()
        if self._labels is not None and now - self._labels_at < _FRESH_MS:
            return self._labels
        tags: Counter[str] = Counter()
        departments: Counter[str] = Counter()

        def count(body: Body) -> bool:
            tags.update(body.get("tags", ()))
            if body.get("department"):
                departments[body["department"]] += 1
            return False

        await self._writings.find({}, count, limit=1, most=_LABELLED)
        self._labels = (dict(tags.most_common(30)), dict(sorted(departments.items())))
        self._labels_at = now
        return self._labels

    def _where(self, wanted: Wanted) -> Mapping[str, object]:
        if wanted.last_year:
            day = self._clock.now_ms() - YEAR_MS
            return {"created_at": {"$gte": day - AROUND_MS, "$lte": day + AROUND_MS}}
        return {"state": {"$in": sorted(wanted.states)}} if wanted.states else {}
