"""Campaigns: the desk of those who write them, and what their senders are called."""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.settings.channels import MailChannel, TwilioSmsChannel
from hub.settings.settings import Settings
from hub.wiring.foundation import Foundation


def campaign_desk(base: Foundation) -> CampaignDesk:
    """Everything about campaigns."""
    stores = base.stores
    return CampaignDesk(
        base.documents,
        stores.campaigns,
        stores.memberships,
        stores.schedules,
        stores.outbox,
        stores.suppressions,
        stores.notices,
        base.clock,
        campaign_settings(base.settings),
        stores.notifications,
    )


def campaign_settings(settings: Settings) -> CampaignSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if channel.enabled and isinstance(channel, TwilioSmsChannel):
            senders[name] = Sender(
                name, ChannelKind.SMS, settings.organisation.signature, channel.rate_parts_per_second
            )
        elif channel.enabled and isinstance(channel, MailChannel):
            senders[name] = Sender(name, ChannelKind.MAIL, parts_per_second=channel.rate_parts_per_second)
    return CampaignSettings(
        senders=senders,
        publisher=settings.organisation.publisher,
        page_size=settings.broadcast.page,
        grace_seconds=settings.broadcast.grace_seconds,
        windows=settings.sending_hours.windows(),
    )
