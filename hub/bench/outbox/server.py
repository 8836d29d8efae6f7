"""The hub of the outbox bench as a process: all of it but its web pages, with a store in a folder.

Commands: `join` puts recipients into a group, `open` opens the hub with a sender of some rate, `plan`
releases a broadcast to a group, `expand` writes its rows, `insert` puts as many sealed rows into another
store, `start` and `stop` run and end the jobs, `accepted` says how far a broadcast is, `reply` sends one,
`used` says how many seconds of a processor the event loop's thread has used.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from campaigns.broadcast import Broadcast
from campaigns.segment import Segment
from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, Delivery, DeliveryState, MessageClass, Origin
from hub.app import open_hub
from hub.bench.child import commands, tell
from hub.bench.dispatch_worker import TEXT
from hub.bench.site import settings_in
from hub.bench.texts import CHANNEL, citizen_number
from hub.hub import Hub
from hub.model.people.contact import Contact
from hub.repositories.outbox_rows import OutboxRows
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.bell import delivery_topic
from hub.runtime.clock import CHINA, SystemClock, to_local, to_ms
from hub.runtime.gc_tuning import spare_the_collector
from hub.runtime.ids import derived_id, new_id
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.sqlite import open_sqlite

_PAGE = 1000
_LIFE_MS = 8 * 3_600_000
_LOOK_SECONDS = 0.02
_UNLIMITED = 1_000_000.0
_WARNING = "【公安】台风红色预警：请立即转移到安全处。"


@dataclass
class _TenInTheMorning(SystemClock):
    """The machine's clock from ten in the morning on: lessons keep hours, and a bench may run at night."""

    def __post_init__(self) -> None:
        now = SystemClock.now_ms(self)
        morning = datetime.combine(to_local(now).date(), datetime.min.time(), CHINA).replace(hour=10)
        self._shift = to_ms(morning) - now

    def now_ms(self) -> int:
        """Milliseconds UTC."""
        return super().now_ms() + self._shift


class _Server:
    def __init__(self, folder: Path, api_base: str) -> None:
        self._folder = folder
        self._api_base = api_base
        self._clock = _TenInTheMorning()
        self._hub: Hub | None = None
        self._bare: tuple[Documents, OutboxRows] | None = None
        self._jobs: asyncio.Task[None] | None = None
        self._runs: dict[str, str] = {}
        self._expanding = ""

    async def do(self, *, step: str, **given: Any) -> dict[str, Any]:
        """One command of the bench."""
        match step:
            case "open":
                await self._open(given["rate"])
            case "join":
                await self._join(given["group"], given["first"], given["count"])
            case "plan":
                await self._plan(given["group"], warning=given["warning"])
            case "expand":
                return await self._expand(given["rows"])
            case "insert":
                return await self._insert(given["first"], given["count"])
            case "start":
                await self._close_bare()
                spare_the_collector()  # as `hub serve` does, of all that is loaded by then
                self._jobs = asyncio.create_task(self._up.run_jobs())
            case "stop":
                await self.stop()
            case "accepted":
                counts = await self._up.repositories.outbox.counts(self._runs[given["group"]])
                return {"accepted": counts.get(DeliveryState.ACCEPTED, 0)}
            case "reply":
                return await self._reply()
            case "used":
                return {"loop": time.thread_time()}
        return {}

    @property
    def _up(self) -> Hub:
        if self._hub is None:
            raise ValueError("open it first")
        return self._hub

    async def _open(self, rate: float) -> None:
        if self._hub is not None:
            await self._hub.close()
        settings = settings_in(self._folder, api_base=self._api_base, encoder="none", rate=rate or _UNLIMITED)
        self._hub = await open_hub(settings, self._clock)

    async def stop(self) -> None:
        """Ends the jobs."""
        if self._jobs is not None:
            self._jobs.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._jobs
            self._jobs = None

    async def close(self) -> None:
        """Ends everything."""
        await self.stop()
        await self._close_bare()
        if self._hub is not None:
            await self._hub.close()

    async def _join(self, group: str, first: int, count: int) -> None:
        if self._hub is None:
            await self._open(0)
        memberships, now = self._up.repositories.memberships, self._clock.now_ms() - 1
        for start in range(first, first + count, _PAGE):
            page = range(start, min(start + _PAGE, first + count))
            writes = [
                memberships.join(
                    Contact(f"{number:012d}", now),
                    Address(AddressKind.PHONE, citizen_number(number)),
                    group,
                    at=now,
                )
                for number in page
            ]
            await self._up.documents.commit(writes)

    async def _plan(self, group: str, *, warning: bool) -> None:
        now = self._clock.now_ms()
        run = Broadcast(
            id=f"{derived_id('bench', group)}:{now}",
            campaign_id=derived_id("bench", group),
            fire_at=now,
            snapshot_at=now,
            expires_at=now + _LIFE_MS,
            channel=CHANNEL,
            channel_kind=ChannelKind.SMS,
            message_class=MessageClass.E0 if warning else MessageClass.L,
            text=_WARNING if warning else TEXT,
            segment=Segment((group,)),
            personal=False,
        )
        await self._up.documents.commit([self._up.repositories.campaigns.insert_broadcast(run)])
        self._runs[group], self._expanding = run.id, run.id

    async def _expand(self, rows: int) -> dict[str, Any]:
        desk, pages = self._up.actions.campaigns, -(-rows // self._up.settings.broadcast.page)
        began = perf_counter()
        run = await desk.expand_some(self._expanding, pages=pages + 1)
        seconds = perf_counter() - began
        return {
            "seconds": seconds,
            "rows": run.planned if run else 0,
            "more": bool(run and run.wants_expansion),
        }

    async def _insert(self, first: int, count: int) -> dict[str, Any]:
        if self._bare is None:
            path = self._folder / "bare.db"
            bare = await open_sqlite(path, COLLECTIONS, clock=self._clock)
            self._bare = bare, OutboxRows(Vault(KeyRing.fresh()))
        documents, rows = self._bare
        seconds = 0.0
        for start in range(first, first + count, _PAGE):
            page = [self._row(number) for number in range(start, min(start + _PAGE, first + count))]
            bodies = [(row.id, body) for row, body in zip(page, rows.bodies(page), strict=True)]
            began = perf_counter()
            await documents.insert_many("outbox", bodies)
            seconds += perf_counter() - began
        return {"seconds": seconds}

    async def _close_bare(self) -> None:
        if self._bare is not None:
            await self._bare[0].close()
            self._bare = None
            for path in self._folder.glob("bare.db*"):
                path.unlink()

    def _row(self, number: int) -> Delivery:
        now = self._clock.now_ms()
        id = derived_id("bare", str(number))
        return Delivery(
            id=id,
            origin=Origin.BROADCAST,
            origin_id=next(iter(self._runs.values())),
            sender=CHANNEL,
            recipient=Address(AddressKind.PHONE, citizen_number(number)),
            recipient_key=id * 2,
            message_class=MessageClass.L,
            dedup=id,
            created_at=0,
            expires_at=_LIFE_MS,
            campaign_id="bench",
            lane=POLICY[MessageClass.L].lane,
            parts=2,
            not_before=now,
        )

    async def _reply(self) -> dict[str, Any]:
        now, stores = self._clock.now_ms(), self._up.repositories
        address = Address(AddressKind.PHONE, "+8613700000000")
        id = new_id(now)
        row = Delivery(
            id=id,
            origin=Origin.REPLY,
            origin_id=id,
            sender=CHANNEL,
            recipient=address,
            recipient_key=stores.contacts.key(address),
            message_class=MessageClass.E1,
            dedup=id,
            created_at=now,
            expires_at=now + _LIFE_MS,
            text="您的来信已收到，我们会尽快答复。",
            not_before=now,
        )
        began = perf_counter()
        await self._up.documents.commit([stores.outbox.insert(row)])
        with self._up.bell.listen(delivery_topic(id)) as ear:
            while (await stores.outbox.states([id]))[id] is not DeliveryState.ACCEPTED:
                await ear.wait(at_most_seconds=_LOOK_SECONDS)
        return {"seconds": perf_counter() - began}


async def main(folder: Path, api_base: str) -> None:
    """Answers commands until the pipe is closed."""
    server = _Server(folder, api_base)
    tell(ready=True)
    async for command in commands():
        tell(**await server.do(**command))
    await server.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
