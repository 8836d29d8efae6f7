"""Sends what waits in the outbox: claim → gate → durable intent → post → settle.

The rules it protects: nothing is posted whose intent is not durable; every outcome is written, a
lost answer as `ambiguous`; a row this worker no longer holds is left alone (each change names the
version it read). A crash at any instruction leaves rows a sweeper brings to a known end.

Each sender has an independent line of work for each lane, so that a stuck bulk call never stands before a
warning, and a reply never behind one. In a line the next rows are claimed and paid for (`pace.py`) while the
last ones are in flight. A row becomes `sending` in the commit right before its post: however many wait,
no more rows are in doubt than may be posted at once. What was claimed and paid for and not posted yet is
given back when lane 0 has rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from channels.adapter import Sends
from channels.clock import Clock, Random
from channels.contract import Accepted, OutboundMessage
from channels.errors import Ambiguous, Misconfigured, SendError, Temporary
from channels.outbox.batch_queue import BatchQueue
from channels.outbox.delivery import DeliveryState
from channels.outbox.gate import Gate, message_of
from channels.outbox.outcome import Outcome, after, not_sent, suppressions_after
from channels.outbox.pace import BUSY_SECONDS, GRANT_SECONDS, LANES, SHRINK_SECONDS, Grant, Pace
from channels.outbox.ports import OUTBOX, Bell, Change, Leased, Outbox, OutboxUnavailable, Suppressions
from channels.outbox.retry import settled
from channels.outbox.routes import NoRoutes, Routes, leaves_by
from channels.outbox.sender import (
    URGENT_LANES,
    DispatchSettings,
    SenderHealth,
    SenderSettings,
    SenderState,
)
from channels.outbox.turns import Shares, equal_shares
from channels.points import Point, point

log = logging.getLogger(__name__)

_STORE_PAUSE_SECONDS = 1.0
_TOGETHER_SECONDS = 0.01
"""An outcome waits so long for others to be written with: a transaction each would cost double."""
_TELL_SECONDS = 0.5
_AHEAD = 8
"""So many times what is posted at once is claimed ahead, where no rate says less."""
_CLAIM_SECONDS = 45.0
"""Nothing was sent under a claim yet, so a slow channel needs its long lease only from the intent on."""


@dataclass(frozen=True, slots=True)
class _Intent:
    """A row in `sending`, not yet posted. written_at: ms UTC; until: the loop's seconds, which never jump."""

    row: Leased
    message: OutboundMessage
    written_at: int
    until: float


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
        shares: Shares = equal_shares,
        routes: Routes | None = None,
    ) -> None:
        """shares: the share of a department by its id, among those who send in the same lane. routes: which
        senders a row may leave by."""
        self._outbox = outbox
        self._suppressions = suppressions
        self._clock = clock
        self._random = random
        self._bell = bell
        self._routes = routes or NoRoutes()
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
            name: SenderState(name, sends, self._sender_settings(name), shares)
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
        number = 0
        for lane in LANES:
            if number == self._settings.batch:
                break
            rows = await self._claim(at, lane, self._settings.batch - number)
            number += len(rows)
            grant = await self._pay(at, lane, rows)
            await self._give_back(at, rows[grant.rows :], paid=0)
            for chunk in self._chunks(rows[: grant.rows], self._settings.intent_batch):
                intents = await self._intend(at, chunk)
                finished = await asyncio.gather(*(self._post(at, intent) for intent in intents))
                await self._settle(finished)
        return number

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then finishes what is in flight and gives back the rest."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring_at(stop), name="dispatch-stop")
            for at in self._senders.values():
                tasks.create_task(self._tell(at, stop), name=f"dispatch-{at.name}-moves")
                for lane in LANES:
                    tasks.create_task(self._line(at, lane, stop), name=f"dispatch-{at.name}-{lane}")

    # -- one line of work --------------------------------------------------------------------

    async def _line(self, at: SenderState, lane: int, stop: asyncio.Event) -> None:
        width = at.width(lane)
        claimed: BatchQueue[Leased] = BatchQueue(self._ahead(at, lane))
        intents: BatchQueue[_Intent] = BatchQueue(width)
        finished: BatchQueue[_Finished] = BatchQueue(width)
        async with asyncio.TaskGroup() as all_of_it:
            all_of_it.create_task(self._settle_all(finished), name=f"settle-{at.name}")
            async with asyncio.TaskGroup() as posting:
                posting.create_task(self._claim_all(at, lane, claimed, stop), name=f"claim-{at.name}")
                posting.create_task(self._intend_all(at, lane, claimed, intents, stop), name=f"at-{at.name}")
                for number in range(width):
                    posting.create_task(
                        self._post_all(at, intents, finished), name=f"post-{at.name}-{number}"
                    )
            finished.close()

    async def _claim_all(
        self, at: SenderState, lane: int, claimed: BatchQueue[Leased], stop: asyncio.Event
    ) -> None:
        least = max(1, self._ahead(at, lane) // 2)
        with self._bell.listen(OUTBOX) as ear:
            while not stop.is_set():
                free = await claimed.room(least)
                rows: list[Leased] = []
                try:
                    if not await self._is_closed(at, lane):
                        rows = await self._claim(at, lane, free)
                except OutboxUnavailable:
                    log.warning("outbox_unavailable", extra={"sender": at.name})
                if rows:
                    claimed.add(rows)
                elif not stop.is_set():
                    await ear.wait(at_most_seconds=self._settings.poll_seconds)
        claimed.close()

    async def _intend_all(
        self,
        at: SenderState,
        lane: int,
        claimed: BatchQueue[Leased],
        intents: BatchQueue[_Intent],
        stop: asyncio.Event,
    ) -> None:
        while rows := await claimed.all():
            try:
                while rows:
                    grant = Grant(0, overtaken=True) if stop.is_set() else await self._pay(at, lane, rows)
                    if not grant.rows and (grant.overtaken or at.paused_reason):
                        await self._give_back(at, rows, paid=0)
                        claimed.done(len(rows))
                        break
                    paid, rows = rows[: grant.rows], rows[grant.rows :]
                    await self._intend_paid(at, lane, paid, claimed, intents, stop)
                    if rows:
                        await _rest(stop, grant.wait_seconds)
            except OutboxUnavailable:  # nothing was posted: the leases end by themselves
                log.warning("outbox_unavailable", extra={"sender": at.name})
                claimed.done(len(rows))
        intents.close()

    async def _intend_paid(
        self,
        at: SenderState,
        lane: int,
        rows: Sequence[Leased],
        claimed: BatchQueue[Leased],
        intents: BatchQueue[_Intent],
        stop: asyncio.Event,
    ) -> None:
        """As many at once as can be posted at once; what lane 0 overtakes meanwhile is given back."""
        try:
            while rows:
                free = await intents.room(min(len(rows), max(1, at.width(lane) // 2)))
                if stop.is_set() or self._is_taken_back(at, lane):
                    await self._give_back(at, rows, paid=sum(row.delivery.parts for row in rows))
                    return
                free = min(free, len(rows), self._settings.intent_batch)
                intents.add(await self._intend(at, rows[:free]))
                rows = rows[free:]
                claimed.done(free)  # the next are claimed meanwhile
        except OutboxUnavailable:  # nothing of it was posted: the leases end by themselves
            log.warning("outbox_unavailable", extra={"sender": at.name})
        finally:
            claimed.done(len(rows))

    async def _post_all(
        self, at: SenderState, intents: BatchQueue[_Intent], finished: BatchQueue[_Finished]
    ) -> None:
        while intent := await intents.one():
            outcome = await self._post(at, intent)
            if finished.is_full:  # answers that are not written are in doubt too
                await finished.room()
            finished.add((outcome,))
            intents.done(1)

    async def _settle_all(self, finished: BatchQueue[_Finished]) -> None:
        while outcomes := await finished.all(after_seconds=_TOGETHER_SECONDS):
            while True:
                try:
                    await self._settle(outcomes)
                    break
                except OutboxUnavailable:  # the answers are known: keep them until the store is back
                    log.warning("outcomes_waiting", extra={"count": len(outcomes)})
                    await asyncio.sleep(_STORE_PAUSE_SECONDS)
            finished.done(len(outcomes))

    async def _tell(self, at: SenderState, stop: asyncio.Event) -> None:
        """What passed the provider, to the processes that wait for it; and how fast it may be asked now."""
        contract = at.settings.parts_per_second
        while contract and not stop.is_set():
            await _rest(stop, _TELL_SECONDS)
            with suppress(OutboxUnavailable):  # it is told along with the next
                await self._outbox.tell_moves(at.name)
                if at.rate < contract:
                    at.rate = await self._outbox.pace(
                        at.name, lambda pace, now: (pace, pace.rate(now, contract))
                    )

    # -- the steps ---------------------------------------------------------------------------

    async def _claim(self, at: SenderState, lane: int, limit: int) -> list[Leased]:
        """Up to `limit` rows of a lane, each department and broadcast in its turn."""
        now = self._clock.now_ms()
        probing = bool(at.paused_reason) and now >= at.probe_at
        if probing:
            limit = 1
        elif at.paused_reason and not any(map(self._can_send, self._routes.others(at.name))):
            limit = 0
        if not limit:
            return []
        lease_seconds = min(at.settings.lease_seconds, _CLAIM_SECONDS)
        turns = at.turns[lane]
        rows = await turns.claim(self._outbox, at.name, lane, limit=limit, lease_seconds=lease_seconds)
        if rows and probing:
            at.probe_at = now + int(self._settings.probe_seconds * 1000)
        at.more[lane] = len(rows) >= limit
        if not probing:
            rows = await self._direct(at, rows)
        if rows and lane == 0:
            at.urgent_until = asyncio.get_running_loop().time() + BUSY_SECONDS
        return rows

    async def _direct(self, at: SenderState, rows: list[Leased]) -> list[Leased]:
        """Those that leave by this sender. The others are handed to theirs; what nobody can send while this
        one is paused waits for its next probe."""
        if not self._routes.others(at.name):
            return rows
        stay, moved = [], []
        for row in rows:
            sender = leaves_by(row.delivery, self._routes, self._can_send)
            if sender != at.name:
                back = settled(row.delivery, DeliveryState.READY, row.delivery.reason)
                moved.append(Change(row, back.moved(sender=sender)))
            elif at.paused_reason:
                back = settled(row.delivery, DeliveryState.READY, row.delivery.reason)
                moved.append(Change(row, back.moved(not_before=at.probe_at)))
            else:
                stay.append(row)
        if moved:
            await self._outbox.settle(moved)
            self._bell.ring(OUTBOX)
        return stay

    def _can_send(self, sender: str) -> bool:
        at = self._senders.get(sender)
        return at is not None and not at.paused_reason and not self._routes.is_down(sender)

    async def _pay(self, at: SenderState, lane: int, rows: Sequence[Leased]) -> Grant:
        """Tokens for the first of `rows`, from the pace that all processes share."""
        if not rows:
            return Grant(0)
        contract = at.settings.parts_per_second
        costs = [row.delivery.parts for row in rows]

        def ask(pace: Pace, now: int) -> tuple[Pace, tuple[Grant, float]]:
            after, grant = pace.ask(lane, costs, now, contract=contract, more=at.more[lane])
            return after, (grant, after.rate(now, contract))

        grant, at.rate = await self._outbox.pace(at.name, ask)
        return grant

    async def _is_closed(self, at: SenderState, lane: int) -> bool:
        """Whether a lane before it leaves nothing to this one: then nothing is claimed."""
        if self._is_taken_back(at, lane):
            return True
        contract = at.settings.parts_per_second
        return lane > 1 and await self._outbox.pace(
            at.name, lambda pace, now: (pace, pace.is_closed(lane, now, contract=contract))
        )

    async def _intend(self, at: SenderState, rows: Sequence[Leased]) -> list[_Intent]:
        """Gate, then durable intent. Only what is returned may be posted."""
        probing = at.paused_reason and len(rows) == 1
        if at.paused_reason and not probing:
            await self._give_back(at, rows, paid=sum(row.delivery.parts for row in rows))
            return []
        gated = await self._gate.look(rows, now=self._clock.now_ms())
        if gated.stopped:
            await self._outbox.settle(gated.stopped)
            await self._return(at, sum(change.after.parts for change in gated.stopped))
        if not gated.passed:
            return []
        sending = await self._outbox.mark_sending(
            gated.passed, lease_seconds=at.settings.lease_seconds, lately=gated.lately
        )
        now = self._clock.now_ms()
        until = asyncio.get_running_loop().time() + self._settings.stale_intent_seconds
        return [_Intent(row, message_of(row.delivery, gated.bodies), now, until) for row in sending]

    async def _post(self, at: SenderState, intent: _Intent) -> _Finished:
        now = self._clock.now_ms()
        delivery = intent.row.delivery
        late = now - intent.written_at > self._settings.stale_intent_seconds * 1000
        stale = late or asyncio.get_running_loop().time() > intent.until
        if stale or at.stopped_since(intent.written_at):
            reason = "stale_intent" if stale else at.paused_reason
            return _Finished(Change(intent.row, not_sent(delivery, reason=reason, now=now)))
        at.in_flight += 1
        try:
            outcome = await self._outcome(at, intent.message)
        finally:
            at.in_flight -= 1
        now = self._clock.now_ms()
        await self._learn(at, outcome, now)
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

    async def _learn(self, at: SenderState, outcome: Outcome, now: int) -> None:
        match outcome:
            case Accepted():
                if at.paused_reason:
                    at.go_on()
            case Temporary(slow_down=True):
                await self._slow_down(at)
            case Misconfigured():
                at.pause(outcome.code, now=now, probe_seconds=self._settings.probe_seconds)
            case _:
                pass

    async def _slow_down(self, at: SenderState) -> None:
        now = asyncio.get_running_loop().time()
        if now < at.slowed_until:
            return  # all that is in flight is told the same
        at.slowed_until = now + SHRINK_SECONDS
        contract = at.settings.parts_per_second

        def slower(pace: Pace, now: int) -> tuple[Pace, float]:
            after = pace.slowed(now)
            return after, after.rate(now, contract)

        with suppress(OutboxUnavailable):  # the provider will say it again
            at.rate = await self._outbox.pace(at.name, slower)

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

    async def _give_back(self, at: SenderState, rows: Sequence[Leased], *, paid: int) -> None:
        """Leased rows that were never posted: at once ready for somebody else. paid: parts to return."""
        if rows:
            await self._return(at, paid)
            await self._outbox.settle(
                [Change(r, settled(r.delivery, DeliveryState.READY, r.delivery.reason)) for r in rows]
            )

    async def _return(self, at: SenderState, parts: int) -> None:
        if parts and at.settings.parts_per_second:
            await self._outbox.pace(at.name, lambda pace, now: (pace.returned(parts), None))

    # -- small things ------------------------------------------------------------------------

    def _ahead(self, at: SenderState, lane: int) -> int:
        """Rows a line holds that are not in doubt: half a second's worth, or a few times its width."""
        contract = at.settings.parts_per_second
        most = round(contract * GRANT_SECONDS) if contract else at.width(lane) * _AHEAD
        return max(1, min(self._settings.batch, most))

    def _is_taken_back(self, at: SenderState, lane: int) -> bool:
        """Whether lane 0 has rows in this process: lanes 2 and 3 give way at once."""
        return lane not in URGENT_LANES and asyncio.get_running_loop().time() < at.urgent_until

    def _chunks(self, rows: Sequence[Leased], size: int) -> list[Sequence[Leased]]:
        return [rows[start : start + size] for start in range(0, len(rows), size)]

    def _sender_settings(self, name: str) -> SenderSettings:
        return self._settings.senders.get(name, self._settings.default_sender)

    async def _ring_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._bell.ring(OUTBOX)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but not longer than until the stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
