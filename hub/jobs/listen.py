"""Runs an adapter that listens: what it brings is accepted before its sender is told so."""

from __future__ import annotations

from channels.adapter import Listens
from channels.contract import InboundEvent, InboundMessage
from hub.actions.accept_event import AcceptEvent


async def listen(adapter: Listens, accept_event: AcceptEvent) -> None:
    """For the supervisor."""

    async def accept(event: InboundEvent) -> None:
        if not isinstance(event, InboundMessage):
            raise TypeError(type(event).__name__)
        await accept_event(event)

    await adapter.listen(accept)
