"""What the campaign actions know of configuration: senders, sizes, hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from channels.contract import ChannelKind
from channels.outbox.quiet_hours import WINDOWS, Windows
from hub.runtime.clock import CHINA


@dataclass(frozen=True, slots=True)
class Sender:
    """A channel campaigns may leave by. parts_per_second: contract rate, SMS parts (messages elsewhere).

    price: yuan a part, 0 = unknown. parts_limit: parts one text may have, 0 = no limit.
    """

    name: str
    kind: ChannelKind
    signature: str = ""
    parts_per_second: float = 10.0
    price: Decimal = Decimal(0)
    parts_limit: int = 0


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """senders: by channel name. publisher: named on published notices.

    preview_recipients: how many recipients the preview looks at one by one; more are extrapolated.
    brake_share, brake_after: a broadcast pauses itself at this share of permanent failures once so
    many were decided (decisions 3); red and orange warnings go on. windows: the office's hours by class.
    link_hosts, known_numbers: what texts may point to without a warning. trials_per_hour: trial sends in all.
    """

    senders: Mapping[str, Sender]
    publisher: str = ""
    page_size: int = 100
    grace_seconds: int = 3600
    preview_recipients: int = 5000
    brake_share: float = 0.05
    brake_after: int = 200
    link_hosts: tuple[str, ...] = ()
    known_numbers: tuple[str, ...] = ()
    trials_per_hour: int = 30
    zone: ZoneInfo = CHINA
    windows: Windows = field(default_factory=lambda: WINDOWS)
