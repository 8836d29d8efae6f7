"""A campaign: a plan of who gets what and when, with the moves it may make.

Rules protected: what an officer sees on the page is what leaves; nothing leaves that nobody else approved.
An approval holds for the content it was given to, so any edit voids it. Once one broadcast has started the
content cannot change any more; a wrong text is withdrawn, never rewritten under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from campaigns.approval import Approval, digest
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
    S.DRAFT: frozenset({S.IN_REVIEW, S.CANCELED}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.APPROVED, S.CANCELED}),
    S.APPROVED: frozenset({S.DRAFT, S.IN_REVIEW, S.SCHEDULED, S.RUNNING, S.CANCELED}),
    # Back to review: the next run has outgrown what was approved.
    S.SCHEDULED: frozenset({S.DRAFT, S.IN_REVIEW, S.RUNNING, S.PAUSED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.RUNNING: frozenset({S.PAUSED, S.SCHEDULED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.PAUSED: frozenset({S.RUNNING, S.SCHEDULED, S.FINISHED, S.CANCELED, S.EXPIRED}),
    S.FINISHED: frozenset(),
    S.CANCELED: frozenset(),
    S.EXPIRED: frozenset(),
}

_BOOKKEEPING = frozenset(
    {
        "id",
        "name",
        "author_id",
        "created_at",
        "tags",
        "state",
        "changed_at",
        "started_at",
        "ended_at",
        "reason",
    }
    | {"editor_ids", "approvals", "submitted_by", "submitted_at", "released_at", "held_slot", "moved_from"}
)
"""What is no part of what leaves; every other field is content, also one that is added later."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan. Times are ms UTC, 0 = never.

    channel: name of the configured sender, e.g. `sms-12110`. subject: what an opt-out of this
    campaign covers (see suppression). schedule: text form of its `ScheduleSpec`, "" = by hand only.
    public: also published in the public feed when it starts. grace_seconds: how late a missed time
    may still be made up for. expiry_seconds: life of a broadcast, 0 = what the message class says.
    department: whose share and quota it uses, "" = the office itself. level, night: of a warning, see
    `Delivery`. tags: words of the office to find it by.
    template: the text. web_text: what the public page says, "" = the same text. mail_subject, mail_text: what
    a mail says, "" = title and text (`campaigns/wording.py`).
    template_id, template_number: the stored template it was written from and its version, "" and 0 for none.
    segment_id: the saved segment whose filter `segment` is a copy of, "" = made for this campaign.
    budget_yuan: what one broadcast may cost, 0 = what the settings say.
    editor_ids: everybody who changed it; with the author they are those who may not approve.
    approvals: of the content as it is; submitted_by, submitted_at: who asked for them and when.
    released_at: when it was let go after approval; who joins later is not among the recipients of a plan
    for one time. held_slot: the time whose run waits for the approver, because it has grown.
    moved_from: state and schedule before it was moved on the calendar, for the undo.
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
    mail_subject: str = ""
    mail_text: str = ""
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
    budget_yuan: int = 0
    editor_ids: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    submitted_by: str = ""
    submitted_at: int = 0
    released_at: int = 0
    held_slot: int = 0
    moved_from: str = ""

    @property
    def content_digest(self) -> str:
        """Of everything that decides what leaves, to whom, when and how."""
        return digest(self, without=_BOOKKEEPING)

    @property
    def writers(self) -> frozenset[str]:
        """Ids of those who had a hand in it."""
        return frozenset({self.author_id, *self.editor_ids})

    @property
    def is_recurring(self) -> bool:
        """Whether its plan has more than one time."""
        return self.schedule.startswith("cron ")

    @property
    def standing_approvals(self) -> tuple[Approval, ...]:
        """Those given to the content as it is now."""
        now = self.content_digest
        return tuple(one for one in self.approvals if one.digest == now)

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

    def edited(self, at: int, *, by: str = "", **changes: Any) -> Campaign:
        """The campaign with other content; a change of what leaves makes it a draft again.

        Raises `TextFrozen` when it has started and the change touches what leaves, and
        `MoveRefused` when it has ended.
        """
        if not MOVES[self.state]:
            raise MoveRefused(self.state, self.state)
        after = replace(self, **changes, changed_at=at)
        if by and by not in self.writers:
            after = replace(after, editor_ids=(*self.editor_ids, by))
        if after.content_digest == self.content_digest:
            return after
        if self.started_at:
            raise TextFrozen(self.id)
        if self.state is CampaignState.DRAFT:
            return after
        return replace(
            after,
            state=CampaignState.DRAFT,
            approvals=(),
            released_at=0,
            held_slot=0,
            moved_from="",
            reason="",
        )
