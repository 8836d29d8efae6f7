"""Campaigns: the desk of those who write them, and what their senders are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.campaign import Campaign
from campaigns.finding import Level
from campaigns.said import Said
from campaigns.schedule import WorkDays
from campaigns.selection import SenderFor
from channels.contract import ChannelKind
from channels.outbox.delivery import class_of
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
from hub.actions.campaigns.planning.approve_campaign import ApproveCampaign
from hub.actions.campaigns.planning.count_campaign import Check, CountCampaign, Finding
from hub.actions.campaigns.planning.move_campaign import MoveCampaign
from hub.actions.campaigns.planning.read_calendar import ReadCalendar
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.planning.submit_campaign import SubmitCampaign
from hub.actions.campaigns.planning.subscribe_calendar import SubscribeCalendar
from hub.actions.campaigns.preview_campaign import Preview, PreviewCampaign
from hub.actions.campaigns.publicity.publish_notice import PublishNotice
from hub.actions.campaigns.quotas import Quotas
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.actions.rules.in_force import RulesInForce
from hub.hub import CampaignPlanning
from hub.repositories.outbox import OutboxRepository
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.settings.channels import MailChannel, SmsChannel
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.departments import quotas
from hub.wiring.routes import routes_of


@dataclass(frozen=True, slots=True)
class CampaignActions:
    """One of each."""

    desk: CampaignDesk
    planning: CampaignPlanning


def campaign_actions(base: Foundation, rules: RulesInForce) -> CampaignActions:
    """Everything about campaigns."""
    sender_for = routes_of(base, rules, {}).first
    settings, clock = campaign_settings(base.settings, rules.calendar, sender_for), base.clock
    checks = _checks(CheckCampaign(base.stores.composer.words, settings, clock), quotas(base), clock)
    return campaigns_on(base.documents, base.stores, base.stores.outbox, clock, settings, checks)


def campaigns_on(
    documents: Documents,
    stores: Repositories,
    outbox: OutboxRepository,
    clock: Clock,
    settings: CampaignSettings,
    checks: Sequence[Check] = (),
) -> CampaignActions:
    """The same over what is given."""
    preview = PreviewCampaign(stores.memberships, stores.suppressions, clock, settings)
    count = CountCampaign(stores.memberships, preview, clock, settings, checks)
    start = StartBroadcast(stores.campaigns, stores.notices, settings)
    history = stores.publicity.campaign_history
    release = ReleaseCampaign(
        documents,
        stores.campaigns,
        stores.schedules,
        history,
        stores.notifications,
        count,
        start,
        clock,
        settings,
    )
    desk = CampaignDesk(
        documents,
        stores.campaigns,
        stores.memberships,
        stores.schedules,
        outbox,
        stores.suppressions,
        history,
        preview,
        start,
        release,
        clock,
        settings,
        stores.notifications,
    )
    calendar = ReadCalendar(stores.campaigns, stores.memberships, clock, settings)
    planning = CampaignPlanning(
        approve=ApproveCampaign(
            documents, stores.campaigns, history, stores.notifications, count, clock, settings
        ),
        calendar=calendar,
        count=count,
        feed=SubscribeCalendar(documents, stores.publicity.calendar_feeds, stores.agents, calendar, clock),
        move=MoveCampaign(documents, stores.campaigns, stores.schedules, history, clock, settings),
        release=release,
        submit=SubmitCampaign(
            documents, stores.campaigns, history, stores.notifications, stores.agents, count, clock
        ),
    )
    return CampaignActions(desk, planning)


def _checks(texts: CheckCampaign, quotas: Quotas, clock: Clock) -> Sequence[Check]:
    """What is asked at submit, approval and release beside what the campaign itself says."""

    async def of_texts(campaign: Campaign, _: Preview) -> Sequence[Finding]:
        return [
            Finding(one.field, Said(one.text, **one.values), blocks=one.level is Level.BLOCK)
            for one in await texts(campaign)
            if one.level is not Level.HINT
        ]

    async def of_quota(campaign: Campaign, preview: Preview) -> Sequence[Finding]:
        leaves_as = class_of(campaign.message_class, campaign.level)
        trouble = await quotas.problem(campaign.department, leaves_as, preview.total_parts, clock.now_ms())
        return [Finding("department", trouble, blocks=True)] if trouble else []

    return of_texts, of_quota


def composer_of(base: Foundation, desk: CampaignDesk) -> Composer:
    """What writers do round a campaign."""
    documents, stores, clock = base.documents, base.stores, base.clock
    settings, kept = campaign_settings(base.settings), base.stores.composer
    return Composer(
        audience=AudienceValues(
            stores.memberships, clock, cities=[region.name for region in base.settings.regions]
        ),
        checks=CheckCampaign(kept.words, settings, clock),
        copy=CopyCampaign(
            documents, stores.campaigns, kept.writings, stores.publicity.campaign_history, clock
        ),
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


def campaign_settings(
    settings: Settings,
    workdays: Callable[[], WorkDays] | None = None,
    sender_for: SenderFor | None = None,
) -> CampaignSettings:
    senders = {}
    for name, channel in settings.channels.items():
        if channel.enabled and isinstance(channel, SmsChannel):
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
        growth_percent=settings.broadcast.growth_percent,
        two_approvers_above=settings.broadcast.two_approvers_above,
        bad_numbers_percent=settings.broadcast.bad_numbers_percent,
        budget_yuan=settings.broadcast.budget_yuan,
        department_budgets=settings.broadcast.department_budgets,
        workdays=workdays,
        sender_for=sender_for,
    )
