"""What the pages of the writers call, one of each."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.campaigns.composing.audience_values import AudienceValues
from hub.actions.campaigns.composing.check_campaign import CheckCampaign
from hub.actions.campaigns.composing.copy_campaign import CopyCampaign
from hub.actions.campaigns.composing.edit_templates import EditTemplates
from hub.actions.campaigns.composing.find_campaigns import FindCampaigns
from hub.actions.campaigns.composing.send_trial import SendTrial
from hub.actions.campaigns.composing.watch_words import WatchWords
from hub.actions.campaigns.composing.write_campaign import WriteCampaign
from hub.actions.campaigns.settings import CampaignSettings


@dataclass(frozen=True, slots=True)
class Composer:
    """checks: for who writes and who approves. settings: senders with price and signature."""

    audience: AudienceValues
    checks: CheckCampaign
    copy: CopyCampaign
    find: FindCampaigns
    settings: CampaignSettings
    templates: EditTemplates
    trials: SendTrial
    words: WatchWords
    write: WriteCampaign
