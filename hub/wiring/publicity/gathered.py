"""What publicity officers and those who approve do, gathered from the parts it is wired in."""

from __future__ import annotations

from hub.actions.rules.in_force import RulesInForce
from hub.hub import PublicityActions
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import CampaignActions, composer_of, publish_notice_of
from hub.wiring.publicity.recipients import recipients_of
from hub.wiring.publicity.sending import sending_of
from hub.wiring.publicity.series import series_actions


def publicity_of(base: Foundation, rules: RulesInForce, campaigns: CampaignActions) -> PublicityActions:
    """One of each."""
    return PublicityActions(
        composer=composer_of(base, campaigns.desk),
        planning=campaigns.planning,
        publish_notice=publish_notice_of(base),
        recipients=recipients_of(base),
        sending=sending_of(base, campaigns.desk),
        series=series_actions(base, rules, campaigns.planning.submit),
    )
