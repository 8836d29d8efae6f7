"""A broadcast: one run of a campaign, with everything that decides what leaves frozen into it.

Rule protected: expansion can be killed anywhere and go on. The cursor and the counts move together in
one versioned write *after* the rows are in the outbox, so a repeated page inserts nothing new and is
counted once. `epoch` grows with every pause and cancel, so that a sender notices a click it missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from campaigns import template, wording
from campaigns.campaign import Campaign
from campaigns.errors import MoveRefused
from campaigns.segment import Segment
from channels.contract import ChannelKind
from channels.outbox.delivery import POLICY, MessageClass, WarningLevel, class_of
from channels.outbox.quiet_hours import WINDOWS, Window, Windows, window_of


class BroadcastState(StrEnum):
    """Where a run stands."""

    PLANNING = "planning"  # recipients are being written into the outbox; the first may already leave
    RUNNING = "running"  # every recipient is in the outbox
    WAITING_WINDOW = "waiting_window"  # its hours are over, goes on by itself
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELED = "canceled"
    EXPIRED = "expired"


B = BroadcastState
MOVES: Mapping[BroadcastState, frozenset[BroadcastState]] = {
    B.PLANNING: frozenset({B.RUNNING, B.PAUSED, B.CANCELED, B.EXPIRED}),
    B.RUNNING: frozenset({B.WAITING_WINDOW, B.PAUSED, B.FINISHED, B.CANCELED, B.EXPIRED}),
    B.WAITING_WINDOW: frozenset({B.RUNNING, B.PAUSED, B.FINISHED, B.CANCELED, B.EXPIRED}),
    B.PAUSED: frozenset({B.PLANNING, B.RUNNING, B.CANCELED, B.EXPIRED}),
    B.FINISHED: frozenset(),
    B.CANCELED: frozenset(),
    B.EXPIRED: frozenset(),
}
ACTIVE = frozenset(state for state, moves in MOVES.items() if moves)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One run. Times are ms UTC, 0 = never.

    id: `campaign:fire_at`. text: the whole template as it leaves, signature and all. personal:
    whether it holds placeholders; if not, `text` is the body of every delivery. snapshot_at: who
    joined the segment later is not in it; that of a plan for one time is its release. cursor: the last
    recipient written, "" = none yet.
    sweeps: how often the recipients have been gone through again because rows were missing.
    considered, planned, excluded: recipients seen, written, and left out by reason. parts: sum of
    the parts of what was written. braked: it stopped itself once for too many
    failures; whoever resumes it has seen them. paused_at, taken_at_pause: the last pause, and how many the
    provider had taken at the click. resumed_at, resumed_from: when it last went on after a pause or a
    restart, and with which delivery, counted from 1. corrected_by: the campaign that corrects it.
    forgotten_at: when its recipients were erased; counters stay. uncounted: see `Delivery`.
    """

    id: str
    campaign_id: str
    fire_at: int
    snapshot_at: int
    expires_at: int
    channel: str
    channel_kind: ChannelKind
    message_class: MessageClass
    text: str
    segment: Segment
    personal: bool
    title: str = ""
    subject: str = ""
    department: str = ""
    level: WarningLevel = WarningLevel.NONE
    night: bool = False
    uncounted: bool = False
    state: BroadcastState = BroadcastState.PLANNING
    epoch: int = 0
    cursor: str = ""
    expanded: bool = False
    sweeps: int = 0
    considered: int = 0
    planned: int = 0
    parts: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    braked: bool = False
    ended_at: int = 0
    reason: str = ""
    paused_at: int = 0
    taken_at_pause: int = 0
    resumed_at: int = 0
    resumed_from: int = 0
    corrected_by: str = ""
    forgotten_at: int = 0

    @property
    def begun_at(self) -> int:
        """When its rows begin to exist, the same at every repetition."""
        return max(self.snapshot_at, self.fire_at)

    @property
    def is_active(self) -> bool:
        """Whether anything may still happen to it."""
        return self.state in ACTIVE

    @property
    def wants_expansion(self) -> bool:
        """Whether recipients may be written now: not while paused, never twice."""
        return self.state is BroadcastState.PLANNING

    def window(self, windows: Windows = WINDOWS) -> Window | None:
        """The hours in which it leaves, of an office with these `windows`; None = always."""
        return window_of(self.message_class, self.level, night=self.night, windows=windows)

    def moved(self, state: BroadcastState, at: int, *, reason: str = "") -> Broadcast:
        """The broadcast in its new state. Raises `MoveRefused`."""
        if state not in MOVES[self.state]:
            raise MoveRefused(self.state, state)
        stops = state in (BroadcastState.PAUSED, BroadcastState.CANCELED, BroadcastState.EXPIRED)
        return replace(
            self,
            state=state,
            epoch=self.epoch + (1 if stops else 0),
            ended_at=0 if MOVES[state] else at,
            reason=reason,
        )

    def paused(self, at: int, *, taken: int, reason: str = "") -> Broadcast:
        """Nothing leaves any more but what is in flight. taken: by the provider so far.

        Raises `MoveRefused`.
        """
        stopped = self.moved(BroadcastState.PAUSED, at, reason=reason)
        return replace(stopped, paused_at=at, taken_at_pause=taken)

    def resumed(self, at: int) -> Broadcast:
        """After a pause it goes on where it was. Raises `MoveRefused`."""
        return self.moved(BroadcastState.RUNNING if self.expanded else BroadcastState.PLANNING, at)

    def going_on(self, at: int, *, done: int) -> Broadcast:
        """Noted that it went on at `at` when `done` deliveries had left or never will."""
        return replace(self, resumed_at=at, resumed_from=done + 1)


def broadcast_id(campaign_id: str, fire_at: int) -> str:
    """The id that makes a run of one campaign at one time exist once."""
    return f"{campaign_id}:{fire_at}"


def expires_at(campaign: Campaign, fire_at: int) -> int:
    """When the run for the time `fire_at` is too old to be of use (ms UTC).

    Counted from that time, not from now: lateness does not make a message useful longer.
    """
    message_class = class_of(campaign.message_class, campaign.level)
    return fire_at + (campaign.expiry_seconds or POLICY[message_class].expiry_seconds) * 1000


def start(campaign: Campaign, *, fire_at: int, now: int, kind: ChannelKind, signature: str) -> Broadcast:
    """The run of `campaign` for its time `fire_at`, frozen `now`. Raises `BadTemplate`."""
    text = wording.text_on(kind, campaign)
    template.parse(text, most=wording.most_characters(kind))
    message_class = class_of(campaign.message_class, campaign.level)
    return Broadcast(
        id=broadcast_id(campaign.id, fire_at),
        campaign_id=campaign.id,
        fire_at=fire_at,
        snapshot_at=now if campaign.is_recurring else campaign.released_at or now,
        expires_at=expires_at(campaign, fire_at),
        channel=campaign.channel,
        channel_kind=kind,
        message_class=message_class,
        text=template.with_marks(text, kind=kind, message_class=message_class, signature=signature),
        segment=campaign.segment,
        personal=template.is_personal(text),
        title=wording.title_on(kind, campaign),
        subject=campaign.subject,
        department=campaign.department,
        level=campaign.level,
        night=campaign.night,
        uncounted=bool(campaign.segment.corrects),
    )
