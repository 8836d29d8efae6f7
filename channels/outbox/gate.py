"""The last look before anything leaves: is it still wanted, allowed, and in time?

Asked right before the durable intent, so that a pause, an opt-out or closing time counts up to
the moment of sending. What may not leave is written with its reason; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from channels.clock import Random
from channels.contract import OutboundMessage
from channels.outbox.delivery import Delivery, DeliveryState, Origin
from channels.outbox.overdue import FAR
from channels.outbox.ports import Change, Flow, Leased, OriginBody, Outbox, Suppressions
from channels.outbox.quiet_hours import WINDOWS, Windows, held_until, window_of
from channels.outbox.retry import settled
from channels.outbox.suppression import rules_against

S = DeliveryState

PAUSED = "paused"
"""Reason of a row held by a pause; only a resume gives it back."""


@dataclass(frozen=True, slots=True)
class Gated:
    """The rows that may leave, the shared bodies they need, and what became of the others."""

    passed: list[Leased]
    bodies: Mapping[str, OriginBody]
    stopped: list[Change]


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
    ) -> None:
        self._outbox = outbox
        self._suppressions = suppressions
        self._random = random
        self._zone = zone
        self._windows = windows

    async def look(self, rows: Sequence[Leased], *, now: int) -> Gated:
        """Sorts `rows`; two reads of the store for the whole batch."""
        origin_ids = {r.delivery.origin_id for r in rows if r.delivery.origin is Origin.BROADCAST}
        bodies = await self._outbox.origins(sorted(origin_ids)) if origin_ids else {}
        rules = [rules_against(row.delivery) for row in rows]
        blocked = await self._suppressions.blocked(list({key for keys in rules for key in keys}))
        gated = Gated([], bodies, [])
        for row, keys in zip(rows, rules, strict=True):
            rule = next((key for key in keys if key in blocked), None) if blocked else None
            verdict = self._verdict(row.delivery, bodies.get(row.delivery.origin_id), rule, now)
            if verdict is None:
                gated.passed.append(row)
            else:
                gated.stopped.append(Change(row, verdict))
        return gated

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
        window = window_of(
            delivery.message_class,
            delivery.level,
            night=delivery.night,
            origin=delivery.origin,
            windows=self._windows,
        )
        opens = held_until(window, now, zone=self._zone, random=self._random)
        if opens is not None:
            if opens >= delivery.expires_at:
                return settled(delivery, S.EXPIRED, "window")
            return settled(delivery, S.HELD, "window").moved(not_before=opens)
        if not delivery.text and (body is None or not body.text):
            return settled(delivery, S.FAILED, "no_text")
        return None


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
    )
