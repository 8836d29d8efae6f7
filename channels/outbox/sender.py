"""One sender as it is driven: its settings, its pace, and whether it is paused and why."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from channels.adapter import Sends
from channels.clock import Clock
from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Limits
from channels.outbox.pace import TokenBucket
from channels.outbox.quiet_hours import WINDOWS, Windows
from channels.outbox.retry import RETRY, RetryRule
from channels.outbox.time_limit import TimeLimit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """How one sender is driven.

    parts_per_second: contract rate, 0 = no limit. in_flight: calls at once on the bulk line;
    urgent_in_flight: on the line of lanes 0 and 1. timeout_seconds: longest wait for an answer;
    lease_seconds must be longer (e-mail: the final dot may take 10 minutes).
    receipts: whether the provider reports later; without it acceptance is the last word.
    """

    parts_per_second: float = 0.0
    in_flight: int = 64
    urgent_in_flight: int = 16
    timeout_seconds: float = 30.0
    lease_seconds: float = 45.0
    receipts: bool = True


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """How the dispatcher works.

    batch: rows per claim. intent_batch: rows whose intent is made durable at once.
    poll_seconds: pause when there was nothing. stale_intent_seconds: an intent older than this is
    not posted any more (the machine was stopped in between). probe_seconds: how often a sender
    paused for bad configuration is tried with one message.
    """

    senders: Mapping[str, SenderSettings] = field(default_factory=dict)
    default_sender: SenderSettings = SenderSettings()
    windows: Windows = field(default_factory=lambda: WINDOWS)
    limits: Limits = field(default_factory=Limits)
    retry: Mapping[MessageClass, RetryRule] = field(default_factory=lambda: RETRY)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    batch: int = 512
    intent_batch: int = 128
    poll_seconds: float = 0.5
    stale_intent_seconds: float = 10.0
    probe_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """One sender for the health page. `paused_reason` is "" while it works."""

    sender: str
    paused_reason: str
    paused_at: int
    parts_per_second: float
    in_flight: int


class SenderState:
    """What the dispatcher remembers of one sender."""

    def __init__(self, name: str, sends: Sends, settings: SenderSettings, clock: Clock) -> None:
        self.name = name
        self.sends = sends
        self.settings = settings
        self.bucket = TokenBucket(settings.parts_per_second, clock)
        self.time_limit = TimeLimit(settings.timeout_seconds)
        self.in_flight = 0
        self.paused_reason = ""
        self.paused_at = 0
        self.failed_at = 0
        self.probe_at = 0

    def health(self) -> SenderHealth:
        """What the health page shows."""
        return SenderHealth(self.name, self.paused_reason, self.paused_at, self.bucket.rate, self.in_flight)

    def pause(self, reason: str, *, now: int, probe_seconds: float) -> None:
        """Every further send would fail the same way: stop, and probe with one message later."""
        if not self.paused_reason:
            self.paused_at = now
            log.error("sender_paused", extra={"sender": self.name, "code": reason})
        self.paused_reason = reason
        self.failed_at = now
        self.probe_at = now + int(probe_seconds * 1000)

    def stopped_since(self, at: int) -> bool:
        """Whether the sender was found misconfigured at or after `at`."""
        return bool(self.paused_reason) and self.failed_at >= at

    def go_on(self) -> None:
        """It works again, or somebody says so."""
        if self.paused_reason:
            log.info("sender_resumed", extra={"sender": self.name})
        self.paused_reason, self.paused_at, self.probe_at = "", 0, 0
