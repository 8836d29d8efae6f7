"""What is done while broadcasts are sent and after them."""

from __future__ import annotations

from hub.actions.campaigns.correct_broadcast import CorrectBroadcast
from hub.actions.campaigns.decide_ambiguous import DecideAmbiguous
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.monitor_campaign import MonitorCampaign
from hub.actions.campaigns.note_responses import NoteResponses
from hub.actions.campaigns.note_restart import NoteRestart
from hub.actions.campaigns.read_lanes import ReadLanes
from hub.actions.campaigns.report_campaign import ReportCampaign
from hub.actions.campaigns.sending import Sending
from hub.actions.campaigns.watch_campaign import WatchCampaign
from hub.repositories.sending.reached import Reached
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import campaign_settings


def sending_of(base: Foundation, desk: CampaignDesk) -> Sending:
    """One of each."""
    stores, clock, settings = base.stores, base.clock, campaign_settings(base.settings)
    watch = WatchCampaign(stores.campaigns, stores.schedules, stores.outbox, clock, settings)
    reached = Reached(base.documents, base.vault)
    return Sending(
        correct=CorrectBroadcast(base.documents, stores.campaigns, desk, reached, clock),
        decide_ambiguous=DecideAmbiguous(stores.campaigns, stores.outbox, clock),
        monitor=MonitorCampaign(watch, stores.publicity.sending_counts, clock, settings),
        note_responses=NoteResponses(base.documents, stores, clock),
        note_restart=NoteRestart(base.documents, stores.campaigns, watch, clock),
        read_lanes=ReadLanes(
            stores.campaigns, stores.outbox, stores.publicity.sending_counts, watch, clock, settings
        ),
        report=ReportCampaign(stores, watch, clock, settings),
    )
