"""Sends what waits in the outbox: claim → gate → durable intent → post → settle.

The rules it protects: nothing is posted whose intent is not durable; every outcome is written, a
lost answer as `ambiguous`; a row this worker no longer holds is left alone (each change names the
version it read). A crash at any instruction leaves rows a sweeper brings to a known end.

Each sender has two independent lines of work: one for lanes 0–1 and one for the rest, so that a
stuck bulk call never stands before a warning. Inside a line the next rows are claimed and their
intent made durable while the last ones are in flight, and outcomes are written together: all that
came in while the last write was on its way. At most two intent batches and what is in flight are
in `sending` per line, whatever holds up the outcomes; this bounds what a crash leaves ambiguous.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.adapter import Sends
from channels.clock import Clock, Random
from channels.contract import Accepted, OutboundMessage
from channels.errors import Ambiguous, Misconfigured, SendError, Temporary
from channels.outbox.batch_queue import BatchQueue
from channels.outbox.delivery import DeliveryState
from channels.outbox.gate import Gate, message_of
from channels.outbox.outcome import Outcome, after, not_sent, suppressions_after
from channels.outbox.ports import OUTBOX, Bell, Change, Leased, Outbox, OutboxUnavailable, Suppressions
from channels.outbox.retry import settled
from channels.outbox.sender import DispatchSettings, SenderHealth, SenderSettings, SenderState
from channels.points import Point, point

log = logging.getLogger(__name__)

URGENT_LANES = (0, 1)
BULK_LANES = (2, 3)
_STORE_PAUSE_SECONDS = 1.0
_TOGETHER_SECONDS = 0.01
"""An outcome waits so long for others to be written with: a transaction each would cost double."""
_CLAIM_SECONDS = 45.0
"""Nothing was sent under a claim yet, so a slow channel needs its long lease only from the intent on."""


@dataclass(frozen=True, slots=True)
class _Intent:
    """A row in `sending`, not yet posted."""

    row: Leased
    message: OutboundMessage
    written_at: int


@dataclass(frozen=True, slots=True)
class _Finished:
    """The outcome of one post, not yet written."""

    change: Change
    suppress: tuple[tuple[str, str], ...] = ()


class Dispatcher:
    """Drives every sender. `senders` maps configured names to adapters that send."""

    def __init__(
        self,
        outbox: Outbox,
        suppressions: Suppressions,
        senders: Mapping[str, Sends],
        clock: Clock,
        random: Random,
        bell: Bell,
        settings: DispatchSettings | None = None,
    ) -> None:
        self._outbox = outbox
        self._suppressions = suppressions
        self._clock = clock
        self._random = random
        self._bell = bell
        self._settings = settings or DispatchSettings()
        self._gate = Gate(
            outbox,
            suppressions,
            random,
            zone=self._settings.zone,
            windows=self._settings.windows,
            limits=self._settings.limits,
        )
        self._senders = {
            name: SenderState(name, sends, self._sender_settings(name), clock)
            for name, sends in senders.items()
        }

    def health(self) -> tuple[SenderHealth, ...]:
        """Every sender as it stands."""
        return tuple(sender.health() for sender in self._senders.values())

    def resume(self, sender: str) -> None:
        """The operator mended the configuration: try again at once."""
        self._senders[sender].go_on()
        self._bell.ring(OUTBOX)

    async def run_once(self, sender: str) -> int:
        """One batch of one sender, lane 0 first, to its end; how many rows were claimed."""
        at = self._senders[sender]
        rows = await self._claim(at, (*URGENT_LANES, *BULK_LANES))
        for chunk in self._chunks(rows):
            intents = await self._intend(at, chunk)
            finished = await asyncio.gather(*(self._post(at, intent) for intent in intents))
            await self._settle(finished)
        return len(rows)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then finishes what is in flight and gives back the rest."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring_at(stop), name="dispatch-stop")
            for at in self._senders.values():
                for lanes, width in (
                    (URGENT_LANES, at.settings.urgent_in_flight),
                    (BULK_LANES, at.settings.in_flight),
                ):
                    line = self._line(at, lanes, width, stop)
                    tasks.create_task(line, name=f"dispatch-{at.name}-{lanes[0]}")

    # -- one line of work --------------------------------------------------------------------

    async def _line(self, at: SenderState, lanes: Sequence[int], width: int, stop: asyncio.Event) -> None:
        claimed: BatchQueue[Leased] = BatchQueue(self._settings.batch // 2)
        intents: BatchQueue[_Intent] = BatchQueue(self._settings.intent_batch + width)
        finished: BatchQueue[_Finished] = BatchQueue(0)  # bounded by the intents: each is one of them
        async with asyncio.TaskGroup() as all_of_it:
            all_of_it.create_task(self._settle_all(intents, finished), name=f"settle-{at.name}")
            async with asyncio.TaskGroup() as posting:
                posting.create_task(self._claim_all(at, lanes, claimed, stop), name=f"claim-{at.name}")
                posting.create_task(self._intend_all(at, claimed, intents, stop), name=f"intend-{at.name}")
                for number in range(width):
                    posting.create_task(
                        self._post_all(at, intents, finished), name=f"post-{at.name}-{number}"
                    )
            finished.close()

    async def _claim_all(
        self, at: SenderState, lanes: Sequence[int], claimed: BatchQueue[Leased], stop: asyncio.Event
    ) -> None:
        with self._bell.listen(OUTBOX) as ear:
            while not stop.is_set():
                await claimed.room()
                rows: list[Leased] = []
                try:
                    rows = await self._claim(at, lanes)
                except OutboxUnavailable:
                    log.warning("outbox_unavailable", extra={"sender": at.name})
                if rows:
                    claimed.add(rows)
                elif not stop.is_set():
                    pause = self._settings.poll_seconds
                    await ear.wait(at_most_seconds=min(pause, at.bucket.wait_seconds() or pause))
        claimed.close()

    async def _intend_all(
        self, at: SenderState, claimed: BatchQueue[Leased], intents: BatchQueue[_Intent], stop: asyncio.Event
    ) -> None:
        while rows := await claimed.all():
            for chunk in self._chunks(rows):
                await intents.room()  # before the intent is written: few rows are ever in `sending`
                try:
                    if stop.is_set():
                        await self._give_back(at, chunk)
                    else:
                        intents.add(await self._intend(at, chunk))
                except OutboxUnavailable:  # nothing was posted: the leases end by themselves
                    log.warning("outbox_unavailable", extra={"sender": at.name})
                claimed.done(len(chunk))
        intents.close()

    async def _post_all(
        self, at: SenderState, intents: BatchQueue[_Intent], finished: BatchQueue[_Finished]
    ) -> None:
        while intent := await intents.one():
            finished.add((await self._post(at, intent),))

    async def _settle_all(self, intents: BatchQueue[_Intent], finished: BatchQueue[_Finished]) -> None:
        while outcomes := await finished.all(after_seconds=_TOGETHER_SECONDS):
            while True:
                try:
                    await self._settle(outcomes)
                    break
                except OutboxUnavailable:  # the answers are known: keep them until the store is back
                    log.warning("outcomes_waiting", extra={"count": len(outcomes)})
                    await asyncio.sleep(_STORE_PAUSE_SECONDS)
            intents.done(len(outcomes))

    # -- the steps ---------------------------------------------------------------------------

    async def _claim(self, at: SenderState, lanes: Sequence[int]) -> list[Leased]:
        urgent = lanes[0] in URGENT_LANES
        limit = at.bucket.grant(self._settings.batch, urgent=urgent)
        if at.paused_reason:
            now = self._clock.now_ms()
            limit = 1 if now >= at.probe_at else 0
            if limit:
                at.probe_at = now + int(self._settings.probe_seconds * 1000)
        if limit == 0:
            return []
        rows = await self._outbox.claim(
            at.name, lanes=lanes, limit=limit, lease_seconds=min(at.settings.lease_seconds, _CLAIM_SECONDS)
        )
        at.bucket.spend(len(rows))  # one part each for now, so that the next claim knows
        return rows

    async def _intend(self, at: SenderState, rows: Sequence[Leased]) -> list[_Intent]:
        """Gate, then durable intent. Only what is returned may be posted."""
        probing = at.paused_reason and len(rows) == 1
        if at.paused_reason and not probing:
            await self._give_back(at, rows)
            return []
        gated = await self._gate.look(rows, now=self._clock.now_ms())
        if gated.stopped:
            await self._outbox.settle(gated.stopped)
            at.bucket.give_back(len(gated.stopped))
        if not gated.passed:
            return []
        sending = await self._outbox.mark_sending(
            gated.passed, lease_seconds=at.settings.lease_seconds, lately=gated.lately
        )
        at.bucket.spend(sum(row.delivery.parts for row in sending) - len(sending))
        now = self._clock.now_ms()
        return [_Intent(row, message_of(row.delivery, gated.bodies), now) for row in sending]

    async def _post(self, at: SenderState, intent: _Intent) -> _Finished:
        now = self._clock.now_ms()
        delivery = intent.row.delivery
        stale = now - intent.written_at > self._settings.stale_intent_seconds * 1000
        if stale or at.stopped_since(intent.written_at):
            at.bucket.give_back(delivery.parts)
            reason = "stale_intent" if stale else at.paused_reason
            return _Finished(Change(intent.row, not_sent(delivery, reason=reason, now=now)))
        at.in_flight += 1
        try:
            outcome = await self._outcome(at, intent.message)
        finally:
            at.in_flight -= 1
        now = self._clock.now_ms()
        self._learn(at, outcome, now)
        changed = after(
            delivery,
            outcome,
            now=now,
            random=self._random,
            receipts=at.settings.receipts,
            rules=self._settings.retry,
        )
        return _Finished(Change(intent.row, changed), suppressions_after(delivery, outcome))

    async def _outcome(self, at: SenderState, message: OutboundMessage) -> Outcome:
        try:
            point(Point.BEFORE_POST)
            accepted = await at.time_limit.keep(at.sends.send(message))
            point(Point.AFTER_POST)
            return accepted
        except SendError as error:
            return error
        except TimeoutError:
            return Ambiguous("timeout", "no answer in time")
        except Exception as error:  # an adapter's bug must not stop the others; it may have sent
            log.exception("adapter_failed", extra={"sender": at.name, "delivery": message.delivery_id})
            return Ambiguous("adapter_failed", type(error).__name__)

    def _learn(self, at: SenderState, outcome: Outcome, now: int) -> None:
        match outcome:
            case Accepted():
                if at.paused_reason:
                    at.go_on()
            case Temporary(slow_down=True):
                at.bucket.slow_down()
            case Misconfigured():
                at.pause(outcome.code, now=now, probe_seconds=self._settings.probe_seconds)
            case _:
                pass

    async def _settle(self, finished: Sequence[_Finished]) -> None:
        now = self._clock.now_ms()
        for item in finished:
            for key in item.suppress:
                reason = item.change.after.reason
                await self._suppressions.suppress(key, reason=reason, by="provider", at=now)
        late = await self._outbox.settle([item.change for item in finished])
        taken = {c.before.delivery.id: c.after for c in late if c.after.state is DeliveryState.ACCEPTED}
        if not taken:
            return
        # A sweeper called it ambiguous before the slow answer came: the answer is the truth.
        # Everything else that came too late was decided by a receipt, which knows better.
        present = await self._outbox.reread(list(taken))
        await self._outbox.settle(
            [
                Change(row, taken[id])
                for id, row in present.items()
                if row.delivery.state is DeliveryState.AMBIGUOUS and row.delivery.attempt == taken[id].attempt
            ]
        )

    async def _give_back(self, at: SenderState, rows: Sequence[Leased]) -> None:
        """Leased rows that were never posted: at once ready for somebody else."""
        at.bucket.give_back(len(rows))
        await self._outbox.settle(
            [Change(r, settled(r.delivery, DeliveryState.READY, r.delivery.reason)) for r in rows]
        )

    # -- small things ------------------------------------------------------------------------

    def _chunks(self, rows: Sequence[Leased]) -> list[Sequence[Leased]]:
        size = self._settings.intent_batch
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    def _sender_settings(self, name: str) -> SenderSettings:
        return self._settings.senders.get(name, self._settings.default_sender)

    async def _ring_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.ring(OUTBOX)
