"""How often one person may be written to, and how many parts a department may send.

Rules protected: what nobody asked for comes at most so often, whatever campaigns overlap; the same words
come once in a day; a department does not send more than its quota. Each is counted in the very commit that
makes the intent to send durable, so a crash never lets a second lesson through. A try that is repeated, or
a row that a person sends again, belongs to the origin that was counted and is not counted twice.

Replies and E0 are neither counted nor stopped: the citizen asked, or silence is worse than too much
(docs/adr/0029).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from channels.address import AddressKind
from channels.outbox.delivery import Delivery, MessageClass, Origin, class_of

FREQUENCY = "frequency"
"""Reason of a row that came too soon after others."""
DUPLICATE = "duplicate_body"
"""Reason of a row whose words this address was sent already."""
QUOTA = "quota"
"""Reason of a row for which its department has no parts left."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Quota:
    """SMS parts (messages elsewhere) of a department by local day and month; 0 = no limit."""

    daily_parts: int = 0
    monthly_parts: int = 0


NO_QUOTA = Quota()


@dataclass(frozen=True, slots=True)
class Limits:
    """By local days; a week is today and the six days before. 0 = no limit.

    quotas: by department id.
    """

    lessons_a_day: int = 1
    lessons_a_week: int = 2
    messages_a_day: int = 10
    same_body_seconds: int = 86_400
    quotas: Mapping[str, Quota] = field(default_factory=dict)


NO_LIMITS = Limits(0, 0, 0, 0)
"""Of a bench, which writes to the same numbers again and again."""


class Sent(NamedTuple):
    """What one origin sent to one address: when (ms UTC), of which class, and its words as a fingerprint."""

    at: int
    message_class: str
    body: str


@dataclass(frozen=True, slots=True)
class SentLately:
    """What one address was sent in the last days, by origin. version: as it was read, 0 = nothing yet."""

    key: str
    version: int
    by_origin: Mapping[str, Sent]


class Spent(NamedTuple):
    """Parts a department sent on the local day and in its month."""

    day: int
    month: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a row may not leave now. until: ms UTC, when it may; 0 = never."""

    reason: str
    until: int = 0


def is_counted(delivery: Delivery) -> bool:
    """Whether the row counts for its address: it comes unasked, and to a telephone or a mailbox.

    A correction goes to those who got what was wrong, and at once (`Delivery.uncounted`).
    """
    return (
        delivery.origin not in (Origin.REPLY, Origin.TRIAL)
        and class_of(delivery.message_class, delivery.level) is not MessageClass.E0
        and not delivery.uncounted
        and delivery.recipient.kind is not AddressKind.CHAT
    )


def midnight(at: int, zone: ZoneInfo, *, days: int = 0) -> int:
    """The beginning (ms UTC) of the local day of `at`, or of one so many days later."""
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).replace(hour=0, minute=0, second=0)
    return round((day.replace(microsecond=0) + timedelta(days=days)).timestamp() * 1000)


def next_month(at: int, zone: ZoneInfo) -> int:
    """The beginning (ms UTC) of the local month after that of `at`."""
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone)
    year, month = divmod(day.year * 12 + day.month, 12)
    return round(datetime(year, month + 1, 1, tzinfo=zone).timestamp() * 1000)


class Counting:
    """One look at a batch: what is there already and what the batch adds to it."""

    def __init__(
        self,
        limits: Limits,
        lately: Mapping[str, SentLately],
        spent: Mapping[str, Spent],
        *,
        now: int,
        zone: ZoneInfo,
    ) -> None:
        self._limits = limits
        self._lately = lately
        self._spent = dict(spent)
        self._now = now
        self._zone = zone
        self._today = midnight(now, zone)
        self._week = midnight(now, zone, days=-6)
        self._added: dict[str, dict[str, Sent]] = {}

    def stop(self, delivery: Delivery, body: str) -> Stop | None:
        """Why the row may not leave, or None. body: fingerprint of its words, "" where it is not counted."""
        if body:
            sent = self._sent(delivery.recipient_key)
            if delivery.origin_id not in sent:
                stop = self._too_often(delivery, body, sent)
                if stop is not None:
                    return stop
        return self._beyond_quota(delivery)

    def add(self, delivery: Delivery, body: str) -> None:
        """The row leaves."""
        if body and delivery.origin_id not in self._sent(delivery.recipient_key):
            new = Sent(self._now, delivery.message_class.value, body)
            self._added.setdefault(delivery.recipient_key, {})[delivery.origin_id] = new
        if delivery.department in self._spent:
            day, month = self._spent[delivery.department]
            parts = parts_spent(delivery, attempt=delivery.attempt + 1)
            self._spent[delivery.department] = Spent(day + parts, month + parts)

    def changed(self) -> list[SentLately]:
        """What addresses were sent, with this batch and without what is over."""
        return [
            SentLately(key, self._lately[key].version if key in self._lately else 0, self._kept(key))
            for key in self._added
        ]

    def _sent(self, key: str) -> Mapping[str, Sent]:
        before = self._lately[key].by_origin if key in self._lately else {}
        added = self._added.get(key)
        return {**before, **added} if added else before

    def _kept(self, key: str) -> Mapping[str, Sent]:
        since = min(self._today, self._now - self._limits.same_body_seconds * 1000)
        lesson = MessageClass.L.value
        return {
            origin: sent
            for origin, sent in self._sent(key).items()
            if sent.at >= (min(since, self._week) if sent.message_class == lesson else since)
        }

    def _too_often(self, delivery: Delivery, body: str, sent: Mapping[str, Sent]) -> Stop | None:
        if not sent:
            return None
        limits, today = self._limits, self._today
        same_since = self._now - limits.same_body_seconds * 1000
        if any(one.body == body and one.at > same_since for one in sent.values()):
            return Stop(DUPLICATE)
        if 0 < limits.messages_a_day <= sum(one.at >= today for one in sent.values()):
            return Stop(FREQUENCY, midnight(self._now, self._zone, days=1))
        if delivery.message_class is MessageClass.L:
            lesson = MessageClass.L.value
            lessons = sorted(
                one.at for one in sent.values() if one.message_class == lesson and one.at >= self._week
            )
            if 0 < limits.lessons_a_week <= len(lessons):
                oldest = lessons[-limits.lessons_a_week]
                return Stop(FREQUENCY, midnight(oldest, self._zone, days=7))
            if 0 < limits.lessons_a_day <= sum(at >= today for at in lessons):
                return Stop(FREQUENCY, midnight(self._now, self._zone, days=1))
        return None

    def _beyond_quota(self, delivery: Delivery) -> Stop | None:
        quota = self._limits.quotas.get(delivery.department)
        urgent = class_of(delivery.message_class, delivery.level) is MessageClass.E0
        if quota is None or urgent or delivery.origin is Origin.REPLY:
            return None
        day, month = self._spent.get(delivery.department, Spent(0, 0))
        parts = parts_spent(delivery, attempt=delivery.attempt + 1)
        if quota.monthly_parts and parts and month + parts > quota.monthly_parts:
            return Stop(QUOTA, next_month(self._now, self._zone))
        if quota.daily_parts and parts and day + parts > quota.daily_parts:
            return Stop(QUOTA, midnight(self._now, self._zone, days=1))
        return None


def parts_spent(delivery: Delivery, *, attempt: int) -> int:
    """What the step to `attempt` adds to the parts of its department: the first try pays for all of them."""
    return delivery.parts * ((attempt > 0) - (delivery.attempt > 0))
