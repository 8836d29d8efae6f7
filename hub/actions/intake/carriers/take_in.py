"""What a carrier brings, whichever way: texts, parts of texts, receipts. Durable when it returns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from channels.adapter import Event
from channels.contract import InboundMessage, Receipt, ReceiptState, TextPart
from hub.actions.cases.citizen.deliver_electronically import DeliverElectronically
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.intake.accept_event import AcceptEvent
from hub.actions.intake.carriers.join_parts import JoinParts

_REACHED = frozenset({ReceiptState.DELIVERED, ReceiptState.READ})
"""Words of a carrier that may deliver a document."""


TakenOver = Callable[[InboundMessage], Awaitable[bool]]
"""Whether a text is the answer of a command centre that took an alarm over: the alarm keeps it."""


class TakeIn:
    """One event after the other; each may come again."""

    def __init__(
        self,
        accept_event: AcceptEvent,
        join_parts: JoinParts,
        apply_receipt: ApplyReceipt,
        deliver_electronically: DeliverElectronically,
        taken_over: TakenOver,
    ) -> None:
        self._accept_event = accept_event
        self._join_parts = join_parts
        self._apply_receipt = apply_receipt
        self._deliver_electronically = deliver_electronically
        self._taken_over = taken_over

    async def __call__(self, event: Event) -> None:
        """Raises `Busy`, `Conflict`, `Duplicate` or `StoreUnavailable`: it has to come again."""
        match event:
            case InboundMessage():
                if not await self._taken_over(event):
                    await self._accept_event(event)
            case TextPart():
                await self._join_parts(event)
            case Receipt():
                delivery_id = await self._apply_receipt(event)
                if event.state in _REACHED and delivery_id:
                    await self._deliver_electronically.received(delivery_id)
