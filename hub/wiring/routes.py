"""By which gateway texts to a number leave."""

from __future__ import annotations

from collections.abc import Mapping

from channels.adapter import Connects
from hub.actions.deliveries.number_routes import NumberRoutes
from hub.actions.rules.in_force import RulesInForce
from hub.settings.channels import SmsChannel
from hub.wiring.foundation import Foundation


def routes_of(base: Foundation, rules: RulesInForce, connects: Mapping[str, Connects]) -> NumberRoutes:
    """By which of the enabled senders texts to a number may leave. connects: the gateways to look at."""
    texts = [
        name
        for name, channel in base.settings.channels.items()
        if isinstance(channel, SmsChannel) and channel.enabled
    ]
    return NumberRoutes(rules, texts, connects, base.clock)
