"""What is done while a broadcast is sent and after it, gathered for pages and jobs."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.campaigns.correct_broadcast import CorrectBroadcast
from hub.actions.campaigns.decide_ambiguous import DecideAmbiguous
from hub.actions.campaigns.monitor_campaign import MonitorCampaign
from hub.actions.campaigns.note_responses import NoteResponses
from hub.actions.campaigns.note_restart import NoteRestart
from hub.actions.campaigns.read_lanes import ReadLanes
from hub.actions.campaigns.report_campaign import ReportCampaign


@dataclass(frozen=True, slots=True)
class Sending:
    """One of each."""

    correct: CorrectBroadcast
    decide_ambiguous: DecideAmbiguous
    monitor: MonitorCampaign
    note_responses: NoteResponses
    note_restart: NoteRestart
    read_lanes: ReadLanes
    report: ReportCampaign
