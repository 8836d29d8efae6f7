"""Campaigns: the desk of those who write them, and what their senders are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.schedule import WorkDays
from channels.contract import ChannelKind
from hub.actions.campaigns.approve_campaign import ApproveCampaign
from hub.actions.campaigns.count_campaign import CountCampaign
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.move_campaign import MoveCampaign
from hub.actions.campaigns.preview_campaign import PreviewCampaign
from hub.actions.campaigns.read_calendar import ReadCalendar
from hub.actions.campaigns.release_campaign import ReleaseCampaign
from hub.actions.campaigns.settings import CampaignSettings, Sender
from hub.actions.campaigns.start_broadcast import StartBroadcast
from hub.actions.campaigns.submit_campaign import SubmitCampaign
from hub.actions.campaigns.subscribe_calendar import SubscribeCalendar
from hub.actions.rules.in_force import RulesInForce
from hub.hub import CampaignPlanning
from hub.settings.channels import MailChannel, TwilioSmsChannel
from hub.settings.settings import Settings
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class CampaignActions:
    """One of each."""

    desk: CampaignDesk
    planning: CampaignPlanning


def campaign_actions(base: Foundation, rules: RulesInForce) -> CampaignActions:
    """Everything about campaigns."""
    stores, documents, clock = base.stores, base.documents, base.clock
    settings = campaign_settings(base.settings, rules.calendar)
    preview = PreviewCampaign(stores.memberships, stores.suppressions, clock, settings)
    count = CountCampaign(stores.memberships, preview, clock, settings)
    start = StartBroadcast(stores.campaigns, stores.notices, settings)
    history = stores.campaign_history
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
        stores.outbox,
        stores.suppressions,
        history,
        preview,
        start,
        release,
        clock,
        settings,
    )
    calendar = ReadCalendar(stores.campaigns, stores.memberships, clock, settings)
    planning = CampaignPlanning(
        approve=ApproveCampaign(
            documents, stores.campaigns, history, stores.notifications, count, clock, settings
        ),
        calendar=calendar,
        count=count,
        feed=SubscribeCalendar(documents, stores.calendar_feeds, stores.agents, calendar, clock),
        move=MoveCampaign(documents, stores.campaigns, stores.schedules, history, clock, settings),
        release=release,
        submit=SubmitCampaign(
            documents, stores.campaigns, history, stores.notifications, stores.agents, count, clock
        ),
    )
    return CampaignActions(desk, planning)


def campaign_settings(settings: Settings, workdays: Callable[[], WorkDays] | None = None) -> CampaignSettings:
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
        fen_per_part=settings.broadcast.yuan_per_part * 100,
        growth_percent=settings.broadcast.growth_percent,
        two_approvers_above=settings.broadcast.two_approvers_above,
        bad_numbers_percent=settings.broadcast.bad_numbers_percent,
        budget_yuan=settings.broadcast.budget_yuan,
        department_budgets=settings.broadcast.department_budgets,
        workdays=workdays,
    )
