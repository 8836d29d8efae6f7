"""A red or orange warning that did not arrive by text goes once by the person's next known channel.

Rules protected: at once when the text failed for good, else when nothing confirmed it within some minutes;
once for each person, whatever becomes of it; never when anything has confirmed, and what has not left by then
is taken back; never for another class, never of a warning that is over or was stopped. The new row is linked
by `fallback_of` and counts by itself (`FALLBACK`), so that the broadcast still says what became of its texts.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.broadcast import Broadcast, BroadcastState
from channels.address import Address, AddressKind
from channels.contract import ChannelKind
from channels.outbox.delivery import Delivery, DeliveryState, MessageClass
from channels.outbox.overdue import is_final
from channels.outbox.ports import Change, Leased
from channels.outbox.retry import settled
from channels.outbox.suppression import INVALID
from hub.model.people.contact import Side
from hub.repositories.deliveries.fallbacks import Fallback, FallbackOutcome
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

log = logging.getLogger(__name__)

S = DeliveryState
FALLBACK = ":fallback"
"""Behind a broadcast's id: the origin of its rows on other channels."""
CONFIRMED = "confirmed"
"""Why a row was taken back: the text arrived after all."""
_LOST = (S.UNDELIVERED, S.FAILED, S.DEAD, S.SUPPRESSED, S.UNKNOWN)
_OPEN = (S.ACCEPTED, S.SENT, S.AMBIGUOUS)
_WAITING = frozenset({S.PLANNED, S.READY, S.HELD})
_RUNS = (BroadcastState.PLANNING, BroadcastState.RUNNING, BroadcastState.FINISHED)
_LOOK_BACK_MS = 3 * 24 * 3600 * 1000
_PAGE = 200
_TRIES = 6


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """after_seconds: how long a text may go without word. senders: where to go on, the first that fits."""

    after_seconds: int
    senders: tuple[tuple[AddressKind, str], ...]


class FallBack:
    """For the jobs."""

    def __init__(
        self, documents: Documents, repositories: Repositories, clock: Clock, settings: FallbackSettings
    ) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock
        self._settings = settings

    async def step(self) -> bool:
        """One round over the warnings that are of use. Never more to do at once."""
        await self._stop_confirmed()
        now = self._clock.now_ms()
        campaigns = self._repositories.campaigns
        for read in await campaigns.fired_since(now - _LOOK_BACK_MS, states=_RUNS):
            run = read.value
            by_text = run.channel_kind is ChannelKind.SMS
            if by_text and run.message_class is MessageClass.E0 and run.expires_at > now:
                await self._look_at(run, now)
        return False

    async def _look_at(self, run: Broadcast, now: int) -> None:
        late = now - self._settings.after_seconds * 1000
        for state in (*_LOST, *(_OPEN if run.fire_at <= late else ())):
            after: str | None = None
            while True:
                page = await self._repositories.outbox.standing(run.id, state, limit=_PAGE, after=after)
                known = await self._repositories.deliveries.fallbacks.known(list(page.words))
                for id, word_at in page.words.items():
                    # Without a time of its own no receipts come: acceptance was the last word.
                    silent = state in _LOST or 0 < word_at <= late
                    if id not in known and silent:
                        await self._try(run, id, now)
                after = page.next
                if after is None:
                    break

    async def _try(self, run: Broadcast, id: str, now: int) -> None:
        stores = self._repositories

        async def decide() -> tuple[Sequence[Write], FallbackOutcome | None]:
            row = (await stores.outbox.reread([id])).get(id)
            if row is None or not _may_fall_back(row.delivery):
                return [], None
            found = await self._next_address(row.delivery)
            if found is None:
                none = Fallback(id, run.id, now, FallbackOutcome.NO_CHANNEL)
                return [stores.deliveries.fallbacks.insert(none)], none.outcome
            new = _other(row.delivery, run, found[0], sender=found[1], key=found[2], now=now)
            trying = Fallback(id, run.id, now, FallbackOutcome.TRYING, new.id)
            return [
                # Names the version that was read: a receipt that came meanwhile is looked at first.
                *stores.outbox.writes(Change(row, row.delivery)),
                stores.outbox.insert(new),
                stores.deliveries.fallbacks.insert(trying),
            ], trying.outcome

        try:
            outcome = await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):  # another process did it, or the next round does
            return
        if outcome is not None:
            log.info("outbox.fallback", extra={"delivery_id": id, "outcome": outcome.value})

    async def _next_address(self, row: Delivery) -> tuple[Address, str, str] | None:
        """Another address of the same person, the sender for it, and its blind index."""
        contacts = self._repositories.contacts
        contact_id = await contacts.contact_id(row.recipient_key)
        if contact_id is None:
            return None
        people = (await contacts.together(Side.ORDINARY, [contact_id]))[contact_id]
        others = [
            one for one in await contacts.addresses(people) if one.id != row.recipient_key and one.value
        ]
        dead = await self._repositories.suppressions.blocked([(one.id, INVALID) for one in others])
        for kind, sender in self._settings.senders:
            fit = [one for one in others if one.kind == kind and (one.id, INVALID) not in dead]
            if fit and sender != row.sender:
                best = min(fit, key=lambda one: (not one.verified, one.created_at))
                return Address(kind, best.value), sender, best.id
        return None

    async def _stop_confirmed(self) -> None:
        after: str | None = None
        while True:
            trying, more = await self._repositories.deliveries.fallbacks.trying(limit=_PAGE, after=after)
            ids = [id for one in trying for id in (one.value.id, one.value.delivery_id)]
            rows = await self._repositories.outbox.reread(ids) if ids else {}
            for one in trying:
                await self._end(one, rows.get(one.value.id), rows.get(one.value.delivery_id))
            if not more:
                return
            after = more

    async def _end(self, tried: Versioned[Fallback], text: Leased | None, other: Leased | None) -> None:
        """Closes what is done, and takes back what has not left although the text arrived."""
        stores = self._repositories
        writes: list[Write] = [stores.deliveries.fallbacks.ended(tried)]
        if other is not None and not _is_done(other.delivery):
            arrived = text is not None and text.delivery.state is S.DELIVERED
            if not arrived or other.delivery.state not in _WAITING:
                return
            back = settled(other.delivery, S.CANCELED, CONFIRMED)
            writes += stores.outbox.writes(Change(other, back))
        try:
            await self._documents.commit(writes)
        except Conflict:  # it leaves just now: the next round
            return


def _may_fall_back(row: Delivery) -> bool:
    """Whether nothing has confirmed it and nothing else stands for it."""
    lost = row.state in _LOST or row.state in _OPEN
    return lost and row.message_class is MessageClass.E0 and not row.redriven_as and not row.fallback_of


def _is_done(row: Delivery) -> bool:
    return is_final(row.state) or (row.state is S.ACCEPTED and not row.receipt_at)


def _other(row: Delivery, run: Broadcast, address: Address, *, sender: str, key: str, now: int) -> Delivery:
    return replace(
        row.untried(now),
        id=f"{row.id}~f",
        dedup=f"{row.dedup}~f",
        origin_id=f"{run.id}{FALLBACK}",
        sender=sender,
        recipient=address,
        recipient_key=key,
        text=row.text or run.text,
        title=row.title or run.title,
        parts=1,
        fallback_of=row.id,
    )
