"""Letters to the addresses that stand for a mail of ours: bounces, and readers who refuse it.

Rules protected: what a person wrote reaches a person, whatever address it came to; what only a machine
says about a mail of ours makes no case. A reply has no return path of its own, because many relays send
under one address only: a report of it comes to the mailbox and names it by its Message-ID, which is signed.
One that names none of ours is not believed but listed, with the receipts that found no message; one of a
mail whose receiver has written since blocks no address.
"""

from __future__ import annotations

import contextlib
import logging

from channels.contract import DeliveryReport, InboundMessage, Receipt, ReceiptState
from channels.outbox.suppression import parse_opt_out
from channels.signed_id import BOUNCE, MESSAGE, UNSUBSCRIBE, SignedIds
from hub.actions.deliveries.apply_bounce import ApplyBounce
from hub.actions.deliveries.refuse_mail import RefuseMail
from hub.actions.dialogue.quote import split_quote
from hub.model.conversation import Direction
from hub.repositories.conversations import ConversationRepository
from hub.repositories.deliveries.parts import DeliveryParts
from hub.store.documents import Documents, Duplicate

log = logging.getLogger(__name__)


class OwnAddresses:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        conversations: ConversationRepository,
        parts: DeliveryParts,
        signed_ids: SignedIds,
        apply_bounce: ApplyBounce,
        refuse_mail: RefuseMail,
    ) -> None:
        self._documents = documents
        self._conversations = conversations
        self._parts = parts
        self._signed_ids = signed_ids
        self._apply_bounce = apply_bounce
        self._refuse_mail = refuse_mail

    async def take(self, message: InboundMessage) -> bool:
        """Does what the address it came to asks for; whether nothing is left for the desk. Harmless when
        repeated."""
        delivery_id = self._signed_ids.delivery_at(BOUNCE, message.recipient)
        if delivery_id is not None and message.report is not None:
            await self._apply_bounce(delivery_id, message.report, at=message.received_at)
            return True
        if delivery_id is None and message.report is not None:
            await self._reported(message, message.report)
            return False  # of a reply: it is kept beside what it says
        if self._signed_ids.delivery_at(UNSUBSCRIBE, message.recipient) is None:
            return False
        await self._refuse_mail(message.recipient.partition("+")[2].rpartition("@")[0])
        said = split_quote(message.text)[0]
        return message.automatic or not parse_opt_out(said).rest

    async def _reported(self, message: InboundMessage, report: DeliveryReport) -> None:
        delivery_id = self._signed_ids.delivery_of(MESSAGE, report.named)
        if delivery_id is not None:
            lives = await self._heard_since(delivery_id)
            await self._apply_bounce(delivery_id, report, at=message.received_at, stops=not lives)
        elif report.failed:
            await self._list(message, report)

    async def _heard_since(self, delivery_id: str) -> bool:
        """Whether its receiver wrote after it: then the address lives, whatever a report says. Our Message-ID
        stands in that letter, and in what others were sent a copy of."""
        sent = await self._conversations.by_delivery(delivery_id)
        if sent is None:
            return False
        later = await self._conversations.messages(sent.conversation_id, after_seq=sent.seq)
        return any(one.direction is Direction.IN for one in later)

    async def _list(self, message: InboundMessage, report: DeliveryReport) -> None:
        receipt = Receipt(
            channel=message.channel,
            delivery_id="",
            attempt=0,
            provider_id=f"<{report.named}>" if report.named else message.provider_id,
            state=ReceiptState.UNDELIVERED,
            code=report.status,
            received_at=message.received_at,
        )
        log.warning("mail.report_not_believed", extra={"channel": message.channel})
        with contextlib.suppress(Duplicate):  # it came before
            await self._documents.commit([self._parts.insert(self._parts.parked(receipt))])
