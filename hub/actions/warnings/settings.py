"""What the actions of warnings know of configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.actions.campaigns.settings import CampaignSettings
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.model.cases.rule_book import Row
from hub.model.warnings.events import EventTable
from hub.model.warnings.exchange.profile import Profile
from hub.model.warnings.leaving import LeavingRules
from hub.model.warnings.warning import IssuingUnit


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who may be called to release. phone: in E.164."""

    login: str
    phone: str


@dataclass(frozen=True, slots=True)
class WarningSettings:
    """units: those that issue. signatures: the matrix in force now. text: by which on-call staff are called,
    None = no channel for it. deputy_ms: how long the first has before the next is called. papers_ms: until
    when the papers of an emergency are due. host: stands for a unit without a code in CAP. root: of the
    public pages. hands_out: what is released is also written for the 12379 platform."""

    units: Sequence[IssuingUnit]
    events: EventTable
    rules: LeavingRules
    profile: Profile
    signatures: Callable[[], Sequence[Row]]
    campaigns: CampaignSettings
    on_call: Sequence[OnCall] = ()
    text: ChannelProfile | None = None
    deputy_ms: int = 180_000
    papers_ms: int = 86_400_000
    host: str = "localhost"
    root: str = ""
    hands_out: bool = False

    def unit(self, name: str) -> IssuingUnit | None:
        """A configured unit by its name."""
        return next((one for one in self.units if one.name == name), None)
