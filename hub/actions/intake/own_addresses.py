"""Letters to the addresses that stand for a mail of ours: bounces, and readers who refuse it.

Rules protected: what a person wrote reaches a person, whatever address it came to; what only a machine says
about a mail of ours makes no case. A reply has no return path of its own: a report of it comes to the mailbox
and names it by its Message-ID, which only its receiver and the mail servers between know.
"""

from __future__ import annotations

from channels.contract import InboundMessage
from channels.outbox.suppression import parse_opt_out
from channels.signed_id import BOUNCE, UNSUBSCRIBE, SignedIds
from hub.actions.deliveries.apply_bounce import ApplyBounce
from hub.actions.deliveries.refuse_mail import RefuseMail
from hub.actions.dialogue.quote import split_quote


class OwnAddresses:
    """Made once by the composition root."""

    def __init__(self, signed_ids: SignedIds, apply_bounce: ApplyBounce, refuse_mail: RefuseMail) -> None:
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
        if delivery_id is None and message.report is not None and message.report.delivery_id:
            await self._apply_bounce(message.report.delivery_id, message.report, at=message.received_at)
            return False  # of a reply: it is kept beside what it says
        if self._signed_ids.delivery_at(UNSUBSCRIBE, message.recipient) is None:
            return False
        await self._refuse_mail(message.recipient.partition("+")[2].rpartition("@")[0])
        said = split_quote(message.text)[0]
        return message.automatic or not parse_opt_out(said).rest
