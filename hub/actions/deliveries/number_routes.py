"""The senders for a number, from the book of number ranges in force and from the gateways as they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from channels.adapter import Connects
from channels.address import Address
from channels.clock import Clock
from channels.outbox.delivery import Delivery
from hub.actions.rules.in_force import RulesInForce
from hub.model.cases.rule_book import BookKind
from hub.model.sending.number_ranges import Ranges

PATIENCE_MS = 10_000
"""A gateway that was gone for less comes back before others take over."""
_MAINLAND = "+86"


class NumberRoutes:
    """Implements `channels.outbox.routes.Routes`. senders: of texts, enabled."""

    def __init__(
        self,
        rules: RulesInForce,
        senders: Collection[str],
        connects: Mapping[str, Connects],
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._senders = frozenset(senders)
        self._connects = connects
        self._clock = clock
        self._gone_at: dict[str, int] = {}
        self._known: tuple[int, Ranges] | None = None

    def listed(self, row: Delivery) -> Sequence[str]:
        """See the port. A sender that the book does not speak of keeps its rows."""
        return self._of(row.sender, row.recipient)

    def first(self, sender: str, address: Address) -> str:
        """The sender for an address, of texts that are to leave by this one."""
        return next(iter(self._of(sender, address)), sender)

    def others(self, sender: str) -> Collection[str]:
        """See the port."""
        senders = self._ranges().senders
        return senders - {sender} if sender in senders else ()

    def is_down(self, sender: str) -> bool:
        """See the port."""
        gateway = self._connects.get(sender)
        if gateway is None or not gateway.problem:
            self._gone_at.pop(sender, None)
            return False
        now = self._clock.now_ms()
        return now - self._gone_at.setdefault(sender, now) >= PATIENCE_MS

    def _of(self, sender: str, address: Address) -> Sequence[str]:
        ranges = self._ranges()
        if sender not in ranges.senders or not address.value.startswith(_MAINLAND):
            return ()
        return ranges.of(address.value.removeprefix(_MAINLAND))

    def _ranges(self) -> Ranges:
        number = self._rules.number(BookKind.NUMBERS)
        if self._known is None or self._known[0] != number:
            self._known = number, Ranges(self._rules.rows(BookKind.NUMBERS), self._senders)
        return self._known[1]
