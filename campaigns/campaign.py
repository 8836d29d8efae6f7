"""A campaign: a plan of who gets what and when, with the moves it may make.

Rule protected: what an officer sees on the page is what leaves. Once one broadcast has started the
text cannot change any more; a wrong text is withdrawn, never rewritten under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from campaigns.errors import MoveRefused, TextFrozen
from campaigns.segment import Segment
from channels.outbox.delivery import MessageClass, WarningLevel


class CampaignKind(StrEnum):
    """What a campaign is for, as readers of the public page see it."""

    EDUCATION = "education"  # 普法
    NOTICE = "notice"  # 通知
    WARNING = "warning"  # 预警


class CatchUp(StrEnum):
    """What becomes of a time that passed while nobody could fire it. Never more than one run."""

    SKIP = "skip"
    ONCE = "once"  # run the latest one, if it is not older than the grace


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"  # a second person looks at it
    APPROVED = "approved"
    SCHEDULED = "scheduled"  # waits for its next time; also a recurring one between two runs
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"  # final: everything left or has a final state
    CANCELED = "canceled"  # final: withdrawn by a person
    EXPIRED = "expired"  # final: its time passed before it could run


S = CampaignState
MOVES: Mapping[CampaignState, frozenset[CampaignState]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.SCHEDULED, S.RUNNING, S.CANCELED}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.APPROVED, S.CANCELED}),
    S.APPROVED: frozenset({S.DRAFT, S.SCHEDULED, S.RUNNING, S.CANCELED}),
    S.SCHEDULED: frozenset({S.DRAFT, S.RUNNING, S.PAUSED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.RUNNING: frozenset({S.PAUSED, S.SCHEDULED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.PAUSED: frozenset({S.RUNNING, S.SCHEDULED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.FINISHED: frozenset(),
    S.CANCELED: frozenset(),
    S.EXPIRED: frozenset(),
}

_FROZEN_AFTER_START = frozenset(
    {"template", "title", "message_class", "channel", "subject", "segment", "kind", "department", "level"}
    | {"web_text"}
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan. Times are ms UTC, 0 = never.

    channel: name of the configured sender, e.g. `sms-12110`. subject: what an opt-out of this
    campaign covers (see suppression). schedule: text form of its `ScheduleSpec`, "" = by hand only.
    public: also published in the public feed when it starts. grace_seconds: how late a missed time
    may still be made up for. expiry_seconds: life of a broadcast, 0 = what the message class says.
    department: whose share and quota it uses, "" = the office itself. level, night: of a warning, see
    `Delivery`. tags: words of the office to find it by.
    template: the text of its channel. web_text: what the public page says, "" = the same text.
    template_id, template_number: the stored template it was written from and its version, "" and 0 for none.
    segment_id: the saved segment whose filter `segment` is a copy of, "" = made for this campaign.
    started_at: when its first broadcast started. reason: why it is in its state, for the page.
    """

    id: str
    name: str
    kind: CampaignKind
    message_class: MessageClass
    channel: str
    template: str
    segment: Segment
    author_id: str
    created_at: int
    title: str = ""
    subject: str = ""
    department: str = ""
    level: WarningLevel = WarningLevel.NONE
    night: bool = False
    tags: tuple[str, ...] = ()
    segment_id: str = ""
    public: bool = False
    web_text: str = ""
    template_id: str = ""
    template_number: int = 0
    schedule: str = ""
    catch_up: CatchUp = CatchUp.ONCE
    grace_seconds: int = 3600
    expiry_seconds: int = 0
    state: CampaignState = CampaignState.DRAFT
    changed_at: int = 0
    started_at: int = 0
    ended_at: int = 0
    reason: str = ""

    def may_become(self, state: CampaignState) -> bool:
        """Whether the state table allows the move."""
        return state in MOVES[self.state]

    def moved(self, state: CampaignState, at: int, *, reason: str = "") -> Campaign:
        """The campaign in its new state. Raises `MoveRefused`."""
        if not self.may_become(state):
            raise MoveRefused(self.state, state)
        started = self.started_at
        if state is CampaignState.RUNNING and not started:
            started = at
        ended = 0 if MOVES[state] else at
        return replace(self, state=state, changed_at=at, started_at=started, ended_at=ended, reason=reason)

    def edited(self, at: int, **changes: Any) -> Campaign:
        """The campaign with other content.

        Raises `TextFrozen` when it has started and the change touches what leaves, and
        `MoveRefused` when it has ended.
        """
        if not MOVES[self.state]:
            raise MoveRefused(self.state, self.state)
        touched = {name for name, value in changes.items() if getattr(self, name) != value}
        if self.started_at and touched & _FROZEN_AFTER_START:
            raise TextFrozen(self.id)
        return replace(self, **changes, changed_at=at)
