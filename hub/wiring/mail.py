"""Bulk mail: who refuses it, and what becomes of one that comes back."""

from __future__ import annotations

from hub.actions.deliveries.apply_bounce import ApplyBounce, BounceRule
from hub.actions.deliveries.apply_receipt import ApplyReceipt
from hub.actions.deliveries.refuse_mail import RefuseMail
from hub.actions.intake.own_addresses import OwnAddresses
from hub.settings.channels import MailChannel
from hub.wiring.channels import signed_ids_of
from hub.wiring.foundation import Foundation


def refuse_mail_of(base: Foundation) -> RefuseMail:
    """The action behind the unsubscribe address, on the page and by mail."""
    stores = base.stores
    return RefuseMail(base.documents, stores.outbox, stores.suppressions, signed_ids_of(base), base.clock)


def own_addresses_of(base: Foundation, apply_receipt: ApplyReceipt, refuse_mail: RefuseMail) -> OwnAddresses:
    """What letters to the addresses of our own mails do."""
    stores = base.stores
    rules = {
        name: BounceRule(channel.soft_bounces, channel.soft_bounce_days)
        for name, channel in base.settings.channels.items()
        if isinstance(channel, MailChannel)
    }
    apply_bounce = ApplyBounce(
        base.documents, stores.outbox, stores.suppressions, stores.publicity.bounces, apply_receipt, rules
    )
    return OwnAddresses(
        base.documents,
        stores.conversations,
        stores.deliveries.parts,
        signed_ids_of(base),
        apply_bounce,
        refuse_mail,
    )
