"""Notes again and again how far every case and the recordings have come: the chain of heads.

Cases are found by when they changed. That instant may lie before the last look (a letter that waited, a clock
that was set), so each look begins an hour earlier, the first one of a day a week earlier.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from pathlib import Path

from hub.actions.alarms.ways import Recipients
from hub.actions.deliveries.outgoing import Addressee, Leaving, Outgoing
from hub.actions.evidence.heads_file import append
from hub.model.head import CaseHead, Head
from hub.model.track import Compartment
from hub.repositories.cases import CaseChain
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock, day_of
from hub.runtime.ids import derived_id
from hub.store.documents import Documents, Duplicate

log = logging.getLogger(__name__)

_HOUR_MS = 3_600_000
_WEEK_MS = 7 * 24 * _HOUR_MS
_MOST = 500
"""Cases in a link."""
_KNOWN = 100_000
"""So many cases are remembered, so that none is noted twice for nothing."""


class SealHeads:
    """folder: where heads are written out. told: who gets the newest one once a day, None = nobody.

    most: cases in a link; a look that finds more goes on with the next.
    """

    def __init__(
        self,
        documents: Documents,
        repositories: Repositories,
        outgoing: Outgoing,
        folder: Path,
        told: Recipients | None,
        clock: Clock,
        *,
        most: int = _MOST,
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._outgoing = outgoing
        self._folder = folder
        self._told = told
        self._clock = clock
        self._known: dict[str, tuple[int, str]] = {}
        self._most = most
        self._week_of: date | None = None
        self._reached: int | None = None

    async def step(self) -> bool:
        """One link, if anything went on; whether there is more."""
        now = self._clock.now_ms()
        last = await self._repositories.heads.newest()
        link, reached = await self._link(last, now)
        if link is None:
            self._looked(None, now)
            return False
        try:
            await self._documents.commit([self._repositories.heads.insert(link)])
        except Duplicate:
            return True  # another process was quicker
        if len(self._known) > _KNOWN:
            self._known.clear()
        self._known.update({one.case_id: (one.length, one.hash) for one in link.cases})
        self._looked(reached, now)
        marked = self._repositories.heads.marked(link)
        try:
            await asyncio.to_thread(append, self._folder, day_of(now), marked)
        except OSError as problem:  # a full disk must not stop what is noted in the store
            log.error("head.not_written", extra={"seq": marked.seq, "problem": type(problem).__name__})
        await self._tell(marked)
        return reached is not None

    def _looked(self, reached: int | None, now: int) -> None:
        """Where the next look begins: behind `reached`, or anew."""
        self._reached = reached
        if reached is None:
            self._week_of = day_of(now)

    async def _link(self, last: Head | None, now: int) -> tuple[Head | None, int | None]:
        """The next link, None when nothing went on, and how far it goes when there is more."""
        cases, until, reached = await self._gone_on(last, now)
        recordings = await self._repositories.recordings.head()
        rows = await self._repositories.audit.newest(limit=1)
        link = Head(
            seq=last.seq + 1 if last else 1,
            at=now,
            previous=last.mark if last else "",
            cases=tuple(cases),
            until=until,
            recordings=recordings.seq if recordings else 0,
            recordings_hash=recordings.hash if recordings else "",
            audit=rows[0].seq if rows else 0,
            audit_hash=rows[0].hash if rows else "",
        )
        same = last is not None and (link.recordings, link.audit) == (last.recordings, last.audit)
        return (None if same and not cases else link), reached

    async def _gone_on(self, last: Head | None, now: int) -> tuple[list[CaseHead], int, int | None]:
        """Cases that went on since, the latest change looked at, and that change where there is more."""
        until = last.until if last else 0
        since = self._since(last, now) if self._reached is None else self._reached
        cases: list[CaseHead] = []
        async for changed_at, chain in self._repositories.cases.chains_since(since):
            until = max(until, min(changed_at, now))
            one = chain.chain
            if one.length and self._known.get(chain.case_id) != (one.length, one.head):
                cases.append(_head(chain))
            if len(cases) == self._most:
                return cases, until, changed_at
        return cases, until, None

    def _since(self, last: Head | None, now: int) -> int:
        """Where a look begins."""
        if last is None:
            return 0
        seen_today = day_of(now) in (day_of(last.at), self._week_of)
        return last.until - (_HOUR_MS if seen_today else _WEEK_MS)

    async def _tell(self, head: Head) -> None:
        """The newest head to a mailbox outside, once a day."""
        if self._told is None:
            return
        day = day_of(head.at)
        text = (
            f"{day:%Y-%m-%d} 证据链头 {head.seq}：{head.mark}\n"
            f"录音链 {head.recordings}：{head.recordings_hash or '-'}\n"
            f"请保存本邮件。核对：hub evidence verify --head {head.seq}:{head.mark}"
        )
        for address in self._told.addresses:
            row = self._outgoing.delivery(
                Addressee(self._told.profile.name, address, self._repositories.contacts.key(address)),
                Leaving(text, f"证据链头 {day:%Y-%m-%d}"),
                at=head.at,
                dedup=derived_id("heads", str(day), address.value),
            )
            try:
                await self._documents.commit([self._repositories.outbox.insert(row)])
            except Duplicate:
                continue  # today's is told


def _head(chain: CaseChain) -> CaseHead:
    shown = chain.reference if chain.compartment is Compartment.NONE else ""
    return CaseHead(chain.case_id, shown, chain.chain.length, chain.chain.head)
