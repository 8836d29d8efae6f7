"""What publicity officers and those who approve do, gathered from the parts it is wired in."""

from __future__ import annotations

from hub.hub import PublicityActions
from hub.wiring.departments.handover import takers_of
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import CampaignActions, composer_of, publish_notice_of
from hub.wiring.publicity.recipients import recipients_of
from hub.wiring.publicity.sending import sending_of
from hub.wiring.publicity.series import series_actions
from hub.wiring.rules import RuleActions


def publicity_of(base: Foundation, rules: RuleActions, campaigns: CampaignActions) -> PublicityActions:
    """One of each."""
    takers = takers_of(base.stores, rules.rules, rules.revise_rules)
    return PublicityActions(
        composer=composer_of(base, campaigns.desk),
        planning=campaigns.planning,
        publish_notice=publish_notice_of(base),
        recipients=recipients_of(base, takers),
        sending=sending_of(base, campaigns.desk),
        series=series_actions(base, rules.rules, campaigns.planning.submit),
    )
