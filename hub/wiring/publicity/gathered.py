"""What publicity officers and those who approve do, gathered from the parts it is wired in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns.importing.columns import FileKind
from hub.actions.campaigns.recipients.taker import Taker
from hub.actions.rules.in_force import RulesInForce
from hub.hub import PublicityActions
from hub.wiring.foundation import Foundation
from hub.wiring.publicity.campaigns import CampaignActions, composer_of, publish_notice_of
from hub.wiring.publicity.recipients import recipients_of
from hub.wiring.publicity.sending import sending_of
from hub.wiring.publicity.series import series_actions


def publicity_of(
    base: Foundation,
    rules: RulesInForce,
    campaigns: CampaignActions,
    takers: Mapping[FileKind, Taker[Any]],
) -> PublicityActions:
    """One of each. takers: of the files that departments hand over."""
    return PublicityActions(
        composer=composer_of(base, campaigns.desk),
        planning=campaigns.planning,
        publish_notice=publish_notice_of(base),
        recipients=recipients_of(base, takers),
        sending=sending_of(base, campaigns.desk),
        series=series_actions(base, rules, campaigns.planning.submit),
    )
