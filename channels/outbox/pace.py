"""The pace of one sender, shared by all processes: SMS parts per second, by lane, learning from the provider.

A provider that accepts faster than it delivers holds a queue in which a later emergency waits, whatever our
own priority is. So tokens are handed out at the contract rate; fewer when the provider says slow down; none
while it holds more than two seconds' worth that it has not passed on. The value is pure: it is read, asked,
and stored again if nobody else changed it meanwhile (`Outbox.pace`), which makes refill and take one step.

Lanes are strict: while a lane before it left rows waiting, a lane gets nothing of the common tokens. Two
exceptions keep the others alive: a tenth is always kept for lane 1 (replies), and another for lanes 2 and 3
once lane 0 has been busy for ten minutes (docs/adr/0028).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

LANES = (0, 1, 2, 3)
GRANT_SECONDS = 0.5
"""No more than this is saved up or granted at once, so that a lane before it never waits longer."""
LEAST_SECONDS = 0.25
"""Whoever needs more waits for this much: a few steps of the store a second, however many processes."""
SHRINK = 0.7
"""Factor on the rate when the provider says slow down (429, SMPP 0x58, CMPP 8)."""
SHRINK_SECONDS = 1.0
"""All that was in flight is refused together: within this it is one word of the provider."""
GROWTH = 0.05
"""Recovery per `GROWTH_SECONDS`, as a share of the contract rate."""
GROWTH_SECONDS = 10.0
FLOOR = 0.05
"""The rate never falls below this share of the contract rate, or it could not recover."""
KEPT = 0.1
"""The share kept for lane 1, and later for the lanes behind it."""
BULK_AFTER_SECONDS = 600.0
"""How long lane 0 is busy before lanes 2 and 3 get their share."""
BUSY_SECONDS = 1.0
"""A lane that left rows waiting within this is busy."""
BACKLOG_SECONDS = 2.0
"""The provider may hold what it passes on in this time."""
FORGOTTEN_SECONDS = 20.0
"""What was accepted so long ago and never reported as sent: its report was lost."""
SILENT_SECONDS = 5.0
"""A provider that has reported nothing for so long is not waited for."""
_SLOT_MS = 1000
_SKEW_MS = 10_000
"""Receipts are timed by the clock of a host, which may be so far ahead of the store's."""
_NOTHING = 1e-6
"""Sums of fractions are compared with this much grace."""


def slot_of(accepted_at: int) -> int:
    """The second in which something was accepted (ms UTC): what is on the way is counted by it."""
    return accepted_at // _SLOT_MS * _SLOT_MS


@dataclass(slots=True)
class Moves:
    """What this process has seen pass the provider since it last said so; parts by `slot_of`."""

    on_the_way: dict[int, int] = field(default_factory=dict)
    sent_at: int = 0

    def accepted(self, parts: int, at: int) -> None:
        """The provider took it."""
        self.on_the_way[slot_of(at)] = self.on_the_way.get(slot_of(at), 0) + parts

    def passed_on(self, parts: int, accepted_at: int, at: int) -> None:
        """The provider says that it is through with it."""
        self.accepted(-parts, accepted_at)
        self.sent_at = max(self.sent_at, at)

    def add(self, other: Moves) -> None:
        """What could not be told goes along with the next."""
        for slot, parts in other.on_the_way.items():
            self.accepted(parts, slot)
        self.sent_at = max(self.sent_at, other.sent_at)

    def __bool__(self) -> bool:
        return bool(self.on_the_way)


@dataclass(frozen=True, slots=True)
class Grant:
    """rows: so many of those asked for may leave. wait_seconds: when to ask for the rest.

    overtaken: a lane before it is busy; what waits here should be given back.
    """

    rows: int
    wait_seconds: float = 0.0
    overtaken: bool = False


@dataclass(frozen=True)
class Pace:
    """The stored state. Times are ms UTC of the store's clock, 0 = never; tokens are parts.

    factor: the present rate as a share of the contract rate. tokens: for all lanes; below zero after a
    message longer than what may be saved up. kept: for lane 1, and for lanes 2 and 3. busy_at: by lane, when
    it last left rows waiting. busy_since: since when lane 0 does. on_the_way: parts accepted and not
    reported as sent, by the second of acceptance. sent_at: when the provider last reported one.
    """

    filled_at: int = 0
    grown_at: int = 0
    slowed_at: int = 0
    factor: float = 1.0
    tokens: float = 0.0
    kept: tuple[float, float] = (0.0, 0.0)
    busy_at: tuple[int, int, int, int] = (0, 0, 0, 0)
    busy_since: int = 0
    on_the_way: tuple[tuple[int, int], ...] = ()
    sent_at: int = 0

    # -- what it is asked --------------------------------------------------------------------

    def ask(
        self, lane: int, costs: Sequence[int], now: int, *, contract: float, more: bool = False
    ) -> tuple[Pace, Grant]:
        """Tokens for rows that are at hand, in their order. The pace itself comes back when nothing changed.

        costs: the parts of each row. contract: parts per second, 0 = no limit. more: rows of the lane are
        waiting behind these.
        """
        overtaken = self._is_overtaken(lane, now)
        if not contract:
            open_to_it = not self.is_closed(lane, now, contract=contract)
            grant = Grant(len(costs)) if open_to_it else Grant(0, LEAST_SECONDS, overtaken=True)
            return self._marked(lane, now, busy=more or not open_to_it), grant
        full = self._filled(now, contract)
        common = 0.0 if overtaken else full.tokens
        kept = max(0.0, full._kept_for(lane, now, overtaken=overtaken))
        speed = contract * full.factor * (KEPT if overtaken else 1.0)
        saved = max(1.0, speed * GRANT_SECONDS)
        least = min(float(sum(costs)), max(1.0, speed * LEAST_SECONDS))
        wait = (least - common - kept) / speed
        rows = _affordable(costs, common + kept, saved) if wait <= _NOTHING else 0
        room = full.room(now, contract)
        if room is not None:
            rows = _affordable(costs[:rows], room, full.rate(now, contract) * BACKLOG_SECONDS)
        busy = more or rows < len(costs)
        if not rows:
            closed = self.is_closed(lane, now, contract=contract)
            wait = min(GRANT_SECONDS, wait) if wait > _NOTHING else LEAST_SECONDS
            return self._marked(lane, now, busy=busy), Grant(0, max(0.02, wait), overtaken=closed)
        taken = full._less(lane, float(sum(costs[:rows])), kept, all_of_kept=overtaken)
        return taken._marked(lane, now, busy=busy), Grant(rows, LEAST_SECONDS if rows < len(costs) else 0.0)

    def is_closed(self, lane: int, now: int, *, contract: float) -> bool:
        """Whether a lane before it leaves nothing at all to `lane` now."""
        if not self._is_overtaken(lane, now):
            return False
        if contract:
            return not self._keeps_for(lane, now)
        # Without a limit there is no tenth of it: lanes 2 and 3 get every tenth half second.
        return lane > 1 and not (self._keeps_for(lane, now) and now // 500 % 10 == 0)

    def room(self, now: int, contract: float) -> float | None:
        """How many parts more the provider may hold; None while it is not known to report."""
        if not _is_within(SILENT_SECONDS, self.sent_at, now):
            return None
        held = sum(parts for slot, parts in self.on_the_way if _is_within(FORGOTTEN_SECONDS, slot, now))
        return max(0.0, self.rate(now, contract) * BACKLOG_SECONDS - max(0, held))

    def rate(self, now: int, contract: float) -> float:
        """Parts per second at the moment."""
        return contract * self._grown(now).factor

    # -- what it is told ---------------------------------------------------------------------

    def slowed(self, now: int) -> Pace:
        """The provider asked for less."""
        grown = self._grown(now)
        if _is_within(SHRINK_SECONDS, grown.slowed_at, now):
            return grown
        return replace(grown, factor=max(FLOOR, grown.factor * SHRINK), grown_at=now, slowed_at=now)

    def noted(self, moves: Mapping[int, int], sent_at: int, now: int) -> Pace:
        """What passed the provider; see `Moves`."""
        held = dict(self.on_the_way)
        for slot, parts in moves.items():
            held[slot] = held.get(slot, 0) + parts
        kept = sorted((s, n) for s, n in held.items() if n and _is_within(FORGOTTEN_SECONDS, s, now))
        return replace(self, on_the_way=tuple(kept), sent_at=sent_at or self.sent_at)

    def returned(self, parts: int) -> Pace:
        """What was paid for and did not leave after all."""
        return replace(self, tokens=self.tokens + parts)

    # -- inside ------------------------------------------------------------------------------

    def _filled(self, now: int, contract: float) -> Pace:
        grown = self._grown(now)
        rate = contract * grown.factor
        saved = max(1.0, rate * GRANT_SECONDS)
        if not self.filled_at:
            return replace(grown, filled_at=now, tokens=saved, kept=(max(1.0, saved * KEPT), 0.0))
        new = max(0, now - self.filled_at) / 1000 * rate
        most = max(1.0, saved * KEPT)
        for_replies = min(new * KEPT, max(0.0, most - self.kept[0]))
        late = self._keeps_for(2, now)
        for_bulk = min(new * KEPT, max(0.0, most - self.kept[1])) if late else 0.0
        return replace(
            grown,
            filled_at=now,
            tokens=min(saved, self.tokens + new - for_replies - for_bulk),
            kept=(self.kept[0] + for_replies, self.kept[1] + for_bulk),
        )

    def _grown(self, now: int) -> Pace:
        if self.factor >= 1.0:
            return self
        if self.grown_at > now:
            return replace(self, grown_at=now)
        steps = int((now - self.grown_at) / 1000 / GROWTH_SECONDS)
        if steps <= 0:
            return self
        grown_at = self.grown_at + int(steps * GROWTH_SECONDS * 1000)
        return replace(self, factor=min(1.0, self.factor + steps * GROWTH), grown_at=grown_at)

    def _kept_for(self, lane: int, now: int, *, overtaken: bool) -> float:
        if not lane or (overtaken and not self._keeps_for(lane, now)):
            return 0.0
        return self.kept[min(lane, 2) - 1]

    def _less(self, lane: int, parts: float, kept: float, *, all_of_kept: bool) -> Pace:
        of_kept = parts if all_of_kept else min(kept, parts)
        first, rest = self.kept
        left = (first - of_kept, rest) if lane == 1 else (first, rest - of_kept)
        return replace(self, kept=left, tokens=self.tokens - parts + of_kept)

    def _marked(self, lane: int, now: int, *, busy: bool) -> Pace:
        if not busy or lane == LANES[-1] or _is_within(BUSY_SECONDS / 4, self.busy_at[lane], now):
            return self
        busy_at = (*self.busy_at[:lane], now, *self.busy_at[lane + 1 :])
        if lane:
            return replace(self, busy_at=busy_at)  # type: ignore[arg-type]
        since = self.busy_since if self._is_busy(0, now) else now
        return replace(self, busy_at=busy_at, busy_since=since)  # type: ignore[arg-type]

    def _is_busy(self, lane: int, now: int) -> bool:
        return _is_within(BUSY_SECONDS, self.busy_at[lane], now)

    def _is_overtaken(self, lane: int, now: int) -> bool:
        return any(self._is_busy(before, now) for before in LANES[:lane])

    def _keeps_for(self, lane: int, now: int) -> bool:
        """Whether a share is kept for the lane although another is busy."""
        long = now - self.busy_since > BULK_AFTER_SECONDS * 1000
        return lane == 1 or (lane > 1 and self._is_busy(0, now) and long)


def _is_within(seconds: float, at: int, now: int) -> bool:
    """Whether `at` is not longer ago. What is far ahead was written before a clock was put back."""
    return -_SKEW_MS <= now - at <= seconds * 1000


def _affordable(costs: Sequence[int], free: float, most: float) -> int:
    """How many of the rows `free` pays for; one that costs more than there can ever be leaves a debt."""
    rows = 0
    for cost in costs:
        if free + _NOTHING < min(float(cost), most):
            break
        free -= cost
        rows += 1
    return rows
