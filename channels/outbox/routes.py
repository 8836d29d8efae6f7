"""By which sender a row leaves: the first of those listed for its number that can send now.

Rule protected: only what was certainly never handed over changes its sender. What a provider took or may
have taken stays with it, whatever became of it: its receipt comes from there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from channels.outbox.delivery import Delivery, Origin
from channels.outbox.retry import was_resent


class Routes(Protocol):
    """What is known of the ways to a number."""

    def listed(self, row: Delivery) -> Sequence[str]:
        """The senders for its number, best first; none when its own is the only way."""

    def others(self, sender: str) -> Collection[str]:
        """The senders that rows of this one may leave by instead."""

    def is_down(self, sender: str) -> bool:
        """Whether it has had no connection for a while."""


class NoRoutes:
    """Every row leaves by its own sender."""

    def listed(self, row: Delivery) -> Sequence[str]:
        return ()

    def others(self, sender: str) -> Collection[str]:
        return ()

    def is_down(self, sender: str) -> bool:
        return False


def leaves_by(row: Delivery, routes: Routes, can_send: Callable[[str], bool]) -> str:
    """The sender of a row that is claimed.

    A reply goes first where the citizen wrote to: that gateway is his carrier's, whatever the list says.
    """
    if was_handed_over(row):
        return row.sender
    listed = routes.listed(row)
    own = (row.sender,) if listed and row.origin is Origin.REPLY else ()
    return next((name for name in (*own, *listed) if can_send(name)), row.sender)


def was_handed_over(row: Delivery) -> bool:
    """Whether a provider took it once, or may have."""
    return was_resent(row) or bool(row.accepted_at or row.part_ids or row.provider_id)
