"""What the campaign actions know of configuration: senders, sizes, hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from campaigns.campaign import Campaign
from campaigns.schedule import ScheduleSpec, WorkDays, next_fire
from campaigns.selection import SenderFor
from campaigns.window import Estimate, estimate
from channels.contract import ChannelKind
from channels.outbox.quiet_hours import WINDOWS, Window, Windows, window_of
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
    growth_percent: how much more than approved may leave.
    two_approvers_above: from more recipients on a second approver is needed. bad_numbers_percent: a segment
    with more addresses of the wrong kind is refused. budget_yuan, department_budgets: what one broadcast may
    cost, 0 = no limit; of a department by its id. workdays: the calendar in force.
    sender_for: by which sender a row leaves, instead of the broadcast's channel for all.
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
    growth_percent: int = 10
    two_approvers_above: int = 10_000
    bad_numbers_percent: int = 10
    budget_yuan: int = 0
    department_budgets: Mapping[str, int] = field(default_factory=dict)
    workdays: Callable[[], WorkDays] | None = None
    sender_for: SenderFor | None = None

    def hours(self, campaign: Campaign) -> tuple[int, int] | None:
        """Minutes after midnight between which it may leave, None = always."""
        window = self._window(campaign)
        return None if window is None else (window.opens_at, window.closes_at)

    def estimate(self, campaign: Campaign, at: int, seconds: float) -> Estimate:
        """Where `seconds` of sending end when they begin at `at` (ms UTC), with its hours."""
        return estimate(self._window(campaign), at, seconds, self.zone)

    def _window(self, campaign: Campaign) -> Window | None:
        return window_of(campaign.message_class, campaign.level, night=campaign.night, windows=self.windows)

    def next_time(self, spec: ScheduleSpec, after: int) -> int:
        """The next time of a plan later than `after` (ms UTC), 0 = none. Raises `BadSchedule`."""
        return next_fire(spec, after, self.zone, self.worked_days()) or 0

    def worked_days(self) -> WorkDays | None:
        """The calendar of working days as it is now."""
        return self.workdays() if self.workdays else None
