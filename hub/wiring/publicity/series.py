"""Series of law education."""

from __future__ import annotations

from hub.actions.campaigns.planning.submit_campaign import SubmitCampaign
from hub.actions.campaigns.publicity.edit_series import EditSeries
from hub.actions.campaigns.publicity.item_campaign import ItemCampaigns
from hub.actions.campaigns.publicity.plan_series import PlanSeries
from hub.actions.campaigns.publicity.run_series import RunSeries
from hub.actions.campaigns.publicity.series_actions import SeriesActions
from hub.actions.rules.in_force import RulesInForce
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import campaign_settings


def series_actions(base: Foundation, rules: RulesInForce, submit: SubmitCampaign) -> SeriesActions:
    """Everything about series. submit: what brings an item to those who approve."""
    documents, stores, clock = base.documents, base.stores, base.clock
    settings = campaign_settings(base.settings)
    item_campaigns = ItemCampaigns(stores.campaigns, stores.schedules)
    return SeriesActions(
        plan=PlanSeries(
            documents,
            stores.publicity.series,
            stores.memberships,
            lambda day: rules.calendar().is_workday(day),
            clock,
            settings,
        ),
        edit=EditSeries(documents, stores.publicity.series, item_campaigns, clock, settings),
        run=RunSeries(
            documents,
            stores.publicity.series,
            stores.campaigns,
            item_campaigns,
            stores.memberships,
            stores.notices,
            submit,
            clock,
            settings,
        ),
    )
