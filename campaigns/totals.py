"""What is counted of a broadcast while it is sent: reasons, delays, carriers, minutes.

Rule protected: everything a page shows of a million rows comes from counters that moved in the same unit of
work as the rows; nothing is ever counted by reading them. Delays are a histogram of fixed bounds, so that a
percentile costs twenty numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from channels.address import Address, AddressKind
from channels.outbox.delivery import DeliveryState

S = DeliveryState

LAG_BOUNDS: tuple[int, ...] = (
    *(1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800),
    *(3600, 7200, 21_600, 86_400, 259_200),
)
"""Seconds between acceptance and delivery; what took longer than the last belongs to it all the same."""

_MINUTE_MS = 60_000
_SHORTEST_SECONDS = 5.0
"""Less time says nothing about a rate."""

TAKEN: frozenset[DeliveryState] = frozenset({S.ACCEPTED, S.SENT, S.DELIVERED, S.UNKNOWN})
FAILED: frozenset[DeliveryState] = frozenset({S.FAILED, S.DEAD, S.UNDELIVERED})
MAY_HAVE_ARRIVED: tuple[DeliveryState, ...] = (
    *(S.SENDING, S.AMBIGUOUS, S.ACCEPTED, S.SENT, S.UNKNOWN, S.DELIVERED),
)
"""In the order in which a row passes them: who reads the states in it meets every row at least once."""


class Carrier(StrEnum):
    """Whose number it was when it was given out. A number that was carried over keeps its prefix."""

    MOBILE = "mobile"  # 移动
    UNICOM = "unicom"  # 联通
    TELECOM = "telecom"  # 电信
    BROADNET = "broadnet"  # 广电
    OTHER = "other"


_PREFIXES: Mapping[Carrier, str] = {
    Carrier.MOBILE: "134 135 136 137 138 139 144 147 148 150 151 152 157 158 159 165 172 178 182 183 184 187 "
    "188 195 197 198 1703 1705 1706",
    Carrier.UNICOM: "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    Carrier.TELECOM: "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 1700 1701 1702",
    Carrier.BROADNET: "192",
}
"""Number ranges of the mainland by the 工信部 numbering plan (电信网编号计划, 2017, with later grants)."""
_CARRIERS = {prefix: carrier for carrier, prefixes in _PREFIXES.items() for prefix in prefixes.split()}


def carrier_of(address: Address) -> Carrier | None:
    """The carrier of a telephone number; None for what is no telephone number."""
    if address.kind is not AddressKind.PHONE:
        return None
    number = address.value
    if not number.startswith("+86"):
        return Carrier.OTHER
    return _CARRIERS.get(number[3:7]) or _CARRIERS.get(number[3:6]) or Carrier.OTHER


def lag_bucket(milliseconds: int) -> int:
    """The place in `LAG_BOUNDS` of a delay."""
    seconds = milliseconds / 1000
    return next((n for n, bound in enumerate(LAG_BOUNDS) if seconds <= bound), len(LAG_BOUNDS) - 1)


def lag_within(lags: Mapping[int, int], share: float) -> int:
    """Seconds within which `share` of the deliveries arrived, as a bound of the histogram; 0 = none did.

    lags: numbers by place in `LAG_BOUNDS`.
    """
    wanted, seen = sum(lags.values()) * share, 0
    for place in sorted(lags):
        seen += lags[place]
        if seen and seen >= wanted:
            return LAG_BOUNDS[place]
    return 0


@dataclass(frozen=True, slots=True)
class Minute:
    """What happened in one minute. at: its begin, ms UTC. parts: of what was taken, as they are billed."""

    at: int
    taken: int = 0
    parts: int = 0
    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class CarrierCount:
    """Of one carrier: accepted, delivered (a part of it), failed."""

    taken: int = 0
    delivered: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """The counters of one broadcast, without its minutes.

    reasons: (state, code) → rows that stand there now for it. lags: see `lag_within`.
    """

    reasons: Mapping[tuple[DeliveryState, str], int] = field(default_factory=dict)
    lags: Mapping[int, int] = field(default_factory=dict)
    carriers: Mapping[Carrier, CarrierCount] = field(default_factory=dict)

    def of(self, *states: DeliveryState) -> tuple[tuple[str, int], ...]:
        """Codes of these states with their numbers, the most first (a Pareto order)."""
        summed: dict[str, int] = {}
        for (state, code), number in self.reasons.items():
            if state in states and number > 0:
                summed[code] = summed.get(code, 0) + number
        return tuple(sorted(summed.items(), key=lambda one: (-one[1], one[0])))

    @property
    def failures(self) -> tuple[tuple[str, int], ...]:
        """Why deliveries failed, the most frequent first."""
        return self.of(*FAILED)

    @property
    def held(self) -> tuple[tuple[str, int], ...]:
        """Why rows wait that might leave by their time."""
        return self.of(S.HELD)


def added(several: Sequence[Totals]) -> Totals:
    """The totals of several broadcasts as one."""
    reasons: dict[tuple[DeliveryState, str], int] = {}
    lags: dict[int, int] = {}
    carriers: dict[Carrier, CarrierCount] = {}
    for one in several:
        for reason, number in one.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + number
        for place, number in one.lags.items():
            lags[place] = lags.get(place, 0) + number
        for carrier, count in one.carriers.items():
            known = carriers.get(carrier, CarrierCount())
            carriers[carrier] = CarrierCount(
                known.taken + count.taken, known.delivered + count.delivered, known.failed + count.failed
            )
    return Totals(reasons, lags, carriers)


def per_second(minutes: Sequence[Minute], now: int, *, since: int = 0) -> float:
    """Parts that left per second in the last minute: the running one and its share of the one before.

    since: when it began to leave; what began less than a minute ago is measured by its own time.
    """
    begun = now - now % _MINUTE_MS
    running = sum(minute.parts for minute in minutes if minute.at == begun)
    before = sum(minute.parts for minute in minutes if minute.at == begun - _MINUTE_MS)
    if now - since < _MINUTE_MS:
        return (running + before) / max((now - since) / 1000, _SHORTEST_SECONDS)
    return (running + before * (1 - (now - begun) / _MINUTE_MS)) / 60
