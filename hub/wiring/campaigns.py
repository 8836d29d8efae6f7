"""Campaigns: the desk of those who write them, and what their senders are called."""

from __future__ import annotations

from decimal import Decimal

from channels.contract import ChannelKind
from hub.actions.campaigns.composing.audience_values import AudienceValues
from hub.actions.campaigns.composing.check_campaign import CheckCampaign
from hub.actions.campaigns.composing.composer import Composer
from hub.actions.campaigns.composing.copy_campaign import CopyCampaign
from hub.actions.campaigns.composing.edit_templates import EditTemplates
from hub.actions.campaigns.composing.find_campaigns import FindCampaigns
from hub.actions.campaigns.composing.send_trial import SendTrial
from hub.actions.campaigns.composing.watch_words import WatchWords
from hub.actions.campaigns.composing.write_campaign import WriteCampaign
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.publicity.publish_notice import PublishNotice
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


def composer_of(base: Foundation, desk: CampaignDesk) -> Composer:
    """What writers do round a campaign."""
    documents, stores, clock = base.documents, base.stores, base.clock
    settings, kept = campaign_settings(base.settings), base.stores.composer
    return Composer(
        audience=AudienceValues(
            stores.memberships, clock, cities=[region.name for region in base.settings.regions]
        ),
        checks=CheckCampaign(kept.words, settings, clock),
        copy=CopyCampaign(documents, stores.campaigns, kept.writings, clock),
        find=FindCampaigns(kept.writings, clock),
        settings=settings,
        templates=EditTemplates(documents, kept.templates, clock),
        trials=SendTrial(documents, stores.campaigns, kept.trials, stores.outbox, clock, settings),
        words=WatchWords(documents, kept.words, clock),
        write=WriteCampaign(documents, desk, kept, clock),
    )


def publish_notice_of(base: Foundation) -> PublishNotice:
    """What officers put on the web by hand."""
    publisher = base.settings.organisation.publisher
    return PublishNotice(base.documents, base.stores.notices, base.clock, publisher)


def campaign_settings(settings: Settings) -> CampaignSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if channel.enabled and isinstance(channel, TwilioSmsChannel):
            senders[name] = Sender(
                name,
                ChannelKind.SMS,
                settings.organisation.signature,
                channel.rate_parts_per_second,
                price=Decimal(str(channel.price_per_part)),
                parts_limit=channel.parts_limit,
            )
        elif channel.enabled and isinstance(channel, MailChannel):
            senders[name] = Sender(name, ChannelKind.MAIL, parts_per_second=channel.rate_parts_per_second)
    return CampaignSettings(
        senders=senders,
        publisher=settings.organisation.publisher,
        page_size=settings.broadcast.page,
        grace_seconds=settings.broadcast.grace_seconds,
        link_hosts=tuple(settings.broadcast.link_hosts),
        known_numbers=tuple(settings.broadcast.known_numbers),
        trials_per_hour=settings.broadcast.trials_per_hour,
        windows=settings.sending_hours.windows(),
    )
