"""The numbers of the channels for texts."""

from __future__ import annotations

from channels.contract import ChannelKind
from hub.actions.deliveries.channel_profile import Profiles
from hub.settings.settings import Settings


def text_numbers(settings: Settings, profiles: Profiles) -> dict[str, str]:
    """By channel, "" for one without."""
    texts = [name for name, one in profiles.items() if one.kind is ChannelKind.SMS]
    return {name: str(getattr(settings.channels[name], "number", "")) for name in texts}
