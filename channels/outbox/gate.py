"""The last look before anything leaves: is it still wanted, allowed, and in time?

Asked right before the durable intent, so that a pause, an opt-out or closing time counts up to
the moment of sending. What may not leave is written with its reason; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from channels.clock import Random
from channels.contract import OutboundMessage
from channels.outbox.delivery import Delivery, DeliveryState, Origin
from channels.outbox.limits import Counting, Limits, SentLately, Stop, is_counted
from channels.outbox.overdue import FAR
from channels.outbox.ports import Change, Flow, Leased, OriginBody, Outbox, Suppressions
from channels.outbox.quiet_hours import (
    JITTER_SECONDS,
    WINDOWS,
    Window,
    Windows,
    held_until,
    next_allowed,
    window_of,
)
from channels.outbox.retry import settled
from channels.outbox.suppression import is_bulk, rules_against, silence_against
from channels.points import Point, point

S = DeliveryState

_WRITTEN_FOR_MANY = (Origin.BROADCAST, Origin.TRIAL)

PAUSED = "paused"
"""Reason of a row held by a pause; only a resume gives it back."""


@dataclass(frozen=True, slots=True)
class Gated:
    """The rows that may leave, the shared bodies they need, and what became of the others.

    lately: what the addresses of those that leave have been sent with them, for `mark_sending`.
    """

    passed: list[Leased]
    bodies: Mapping[str, OriginBody]
    stopped: list[Change]
    lately: Sequence[SentLately] = ()


class Gate:
    """Looks at batches of leased rows."""

    def __init__(
        self,
        outbox: Outbox,
        suppressions: Suppressions,
        random: Random,
        *,
        zone: ZoneInfo,
        windows: Windows = WINDOWS,
        limits: Limits | None = None,
    ) -> None:
        self._outbox = outbox
        self._suppressions = suppressions
        self._random = random
        self._zone = zone
        self._windows = windows
        self._limits = limits or Limits()

    async def look(self, rows: Sequence[Leased], *, now: int) -> Gated:
        """Sorts `rows`; three or four reads of the store for the whole batch."""
        origin_ids = {r.delivery.origin_id for r in rows if r.delivery.origin is Origin.BROADCAST}
        bodies = await self._outbox.origins(sorted(origin_ids)) if origin_ids else {}
        rules = [rules_against(row.delivery) + silence_against(row.delivery) for row in rows]
        blocked = await self._suppressions.blocked(list({key for keys in rules for key in keys}))
        counting = await self._counting(rows, now)
        words = _Words(self._outbox, bodies)
        gated = Gated([], bodies, [])
        for row, keys in zip(rows, rules, strict=True):
            rule = next((key for key in keys if key in blocked), None) if blocked else None
            delivery = row.delivery
            verdict = self._verdict(delivery, bodies.get(delivery.origin_id), rule, now)
            fingerprint = words.fingerprint(delivery) if verdict is None and is_counted(delivery) else ""
            if verdict is None and (stop := counting.stop(delivery, fingerprint)) is not None:
                verdict = self._stopped(delivery, stop)
            if verdict is None:
                gated.passed.append(row)
                counting.add(delivery, fingerprint)
            else:
                gated.stopped.append(Change(row, verdict))
        point(Point.AFTER_GATE)
        return replace(gated, lately=counting.changed())

    async def _counting(self, rows: Sequence[Leased], now: int) -> Counting:
        keys = list({row.delivery.recipient_key for row in rows if is_counted(row.delivery)})
        lately = await self._outbox.sent_lately(keys) if keys else {}
        limited = sorted({row.delivery.department for row in rows} & self._limits.quotas.keys())
        spent = await self._outbox.spent(limited, now) if limited else {}
        return Counting(self._limits, lately, spent, now=now, zone=self._zone)

    def _stopped(self, delivery: Delivery, stop: Stop) -> Delivery:
        """Held until it may leave; where that would be too late it ends now, and its reason says why."""
        if stop.until:
            opens = next_allowed(self._window(delivery), stop.until, zone=self._zone)
            opens += int(self._random.random() * JITTER_SECONDS * 1000)
            if opens < delivery.expires_at:
                return settled(delivery, S.HELD, stop.reason).moved(not_before=opens)
        return settled(delivery, S.SUPPRESSED, stop.reason)

    def _window(self, delivery: Delivery) -> Window | None:
        return window_of(
            delivery.message_class,
            delivery.level,
            night=delivery.night,
            origin=delivery.origin,
            windows=self._windows,
        )

    def _verdict(
        self, delivery: Delivery, body: OriginBody | None, rule: tuple[str, str] | None, now: int
    ) -> Delivery | None:
        if body is not None and body.flow is Flow.PAUSED:
            return settled(delivery, S.HELD, PAUSED).moved(not_before=FAR)
        if body is not None and body.flow is Flow.CANCELED:
            return settled(delivery, S.CANCELED, "canceled")
        if delivery.expires_at <= now:
            return settled(delivery, S.EXPIRED, "expired")
        if rule is not None:
            return settled(delivery, S.SUPPRESSED, rule[1])
        if delivery.origin is Origin.TRIAL:  # our own number, and somebody waits for it
            return None
        opens = held_until(self._window(delivery), now, zone=self._zone, random=self._random)
        if opens is not None:
            if opens >= delivery.expires_at:
                return settled(delivery, S.EXPIRED, "window")
            return settled(delivery, S.HELD, "window").moved(not_before=opens)
        if not delivery.text and (body is None or not body.text):
            return settled(delivery, S.FAILED, "no_text")
        return None


class _Words:
    """Fingerprints of what rows say; a text kept once for a broadcast is read once."""

    def __init__(self, outbox: Outbox, bodies: Mapping[str, OriginBody]) -> None:
        self._outbox = outbox
        self._bodies = bodies
        self._shared: dict[str, str] = {}

    def fingerprint(self, delivery: Delivery) -> str:
        if delivery.text:
            return self._outbox.fingerprint(f"{delivery.title}\x1f{delivery.text}")
        found = self._shared.get(delivery.origin_id)
        if found is None:
            body = self._bodies[delivery.origin_id]
            found = self._outbox.fingerprint(f"{delivery.title or body.title}\x1f{body.text}")
            self._shared[delivery.origin_id] = found
        return found


def message_of(delivery: Delivery, bodies: Mapping[str, OriginBody]) -> OutboundMessage:
    """What the adapter gets; a text kept once for the broadcast comes from `bodies`."""
    text, title = delivery.text, delivery.title
    if not text:
        body = bodies[delivery.origin_id]
        text, title = body.text, title or body.title
    return OutboundMessage(
        delivery_id=delivery.id,
        attempt=delivery.attempt,
        channel=delivery.sender,
        recipient=delivery.recipient,
        text=text,
        subject=title,
        reply_to=delivery.reply_to,
        references=delivery.references,
        files=delivery.files,
        bulk=is_bulk(delivery),
        page=delivery.origin in _WRITTEN_FOR_MANY,
        extension=delivery.extension,
    )
