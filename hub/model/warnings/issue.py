"""An issue: one message of a warning's chain (first, update, lift) on its way 制作 → 审核 → 签发 → 发布.

Rules protected: each step is another person's, whatever was sent back in between; what was signed is what
leaves, an edit begins the way again; the emergency path drops review and signature on paper and never the
second person; what is a drill can never become real.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from campaigns.approval import digest
from hub.model.warnings.message import MessageKind
from hub.model.warnings.warning import SafetyNotice, Warning


class Stage(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"  # 制作
    REVIEW = "review"  # 待审核
    SIGN = "sign"  # 待签发
    RELEASE = "release"  # 待发布
    OUT = "out"  # 已发布, holds
    ENDED = "ended"  # final: updated, lifted, over, or a drill that is done
    DROPPED = "dropped"  # final: never released


S = Stage
MOVES: Mapping[Stage, frozenset[Stage]] = {
    S.DRAFT: frozenset({S.REVIEW, S.RELEASE, S.DROPPED}),  # straight to release: the emergency path
    S.REVIEW: frozenset({S.SIGN, S.DRAFT, S.DROPPED}),
    S.SIGN: frozenset({S.RELEASE, S.DRAFT, S.DROPPED}),
    S.RELEASE: frozenset({S.OUT, S.ENDED, S.DRAFT, S.DROPPED}),
    S.OUT: frozenset({S.ENDED}),
    S.ENDED: frozenset(),
    S.DROPPED: frozenset(),
}
WAITING = (S.DRAFT, S.REVIEW, S.SIGN, S.RELEASE)


class Act(StrEnum):
    """What somebody did."""

    MADE = "made"
    EDITED = "edited"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    RELEASED = "released"
    RETURNED = "returned"
    DROPPED = "dropped"
    CALLED = "called"  # an approver was called, by text
    PAPERS = "papers"  # the papers of an emergency were handed in
    STOPPED = "stopped"  # updated, lifted or over


class Handing(StrEnum):
    """How far an issue is on its way to the 12379 platform, by the folder."""

    NONE = ""  # a notice, or no folder
    WAITING = "waiting"
    WRITTEN = "written"
    TAKEN = "taken"  # by its receipt; not published yet
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record. by: id of an agent, "" = the hub. note: a reason, an authority, a name."""

    act: Act
    by: str
    at: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Times: ms UTC, 0 = never.

    chain: id of the first issue; previous: of the one this follows, "" for a first one. warning, notice: one
    of them. channels: names of senders; groups: of the recipients. short: the text, "" = made of the fields.
    reason: why it is lifted, or what was wrong and is corrected. night: released for the quiet hours.
    drill: goes to listed test phones only. source_status: of a message that came from outside, "" for own.
    source_id: its identifier there. digest: of the content that was signed. authority: what the signature
    rests on. expires_at: that of the content, for look-ups. campaigns: what it left as. calls: how many
    approvers were called. papers_due_at: of the emergency path, 0 = none owed. receipt: name of
    the file, or what the platform said of it. told_at: when its owner was
    told that it is over or overdue.
    """

    id: str
    chain: str
    kind: MessageKind
    stage: Stage
    author_id: str
    created_at: int
    changed_at: int
    warning: Warning | None = None
    notice: SafetyNotice | None = None
    previous: str = ""
    channels: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    short: str = ""
    reason: str = ""
    night: bool = False
    drill: bool = False
    emergency: bool = False
    source_id: str = ""
    source_status: str = ""
    identifier: str = ""
    deeds: tuple[Deed, ...] = ()
    digest: str = ""
    authority: str = ""
    submitted_at: int = 0
    released_at: int = 0
    ended_at: int = 0
    expires_at: int = 0
    campaigns: tuple[str, ...] = ()
    calls: int = 0
    called_at: int = 0
    papers_due_at: int = 0
    told_at: int = 0
    handing: Handing = Handing.NONE
    receipt: str = ""

    @property
    def content(self) -> Warning | SafetyNotice:
        """What it says."""
        found = self.warning or self.notice
        if found is None:
            raise ValueError(self.id)
        return found

    @property
    def content_digest(self) -> str:
        """Of everything that decides what leaves, to whom and how."""
        return digest(self, without=_BOOKKEEPING)

    @property
    def writers(self) -> frozenset[str]:
        """Who made or changed it."""
        return frozenset(deed.by for deed in self.deeds if deed.act in (Act.MADE, Act.EDITED))

    def had_a_hand(self, agent_id: str) -> bool:
        """Whether this person did another step than the one it waits for, in whatever round; the same step
        again is theirs, as after it was sent back."""
        others = _STEPS - {_NEXT.get(self.stage)}
        return any(deed.by == agent_id and deed.act in others for deed in self.deeds)

    def is_active(self, at: int) -> bool:
        """Whether it is in force for the public."""
        return (
            self.stage is Stage.OUT
            and not self.drill
            and self.kind is not MessageKind.LIFT
            and at < self.expires_at
        )

    def did(self, act: Act, by: str, at: int, note: str = "") -> Issue:
        """With a line more in its record."""
        return replace(self, deeds=(*self.deeds, Deed(act, by, at, note)), changed_at=at)

    def moved(self, stage: Stage) -> Issue:
        """In its new stage. Raises `ValueError` for a move that is not in the table."""
        if stage not in MOVES[self.stage]:
            raise ValueError(f"{self.stage} -> {stage}")
        return replace(self, stage=stage)


_STEPS = frozenset({Act.MADE, Act.EDITED, Act.SUBMITTED, Act.REVIEWED, Act.SIGNED})
_NEXT = {Stage.REVIEW: Act.REVIEWED, Stage.SIGN: Act.SIGNED, Stage.RELEASE: Act.RELEASED}
_CONTENT = {
    "kind",
    "warning",
    "notice",
    "previous",
    "channels",
    "groups",
    "short",
    "reason",
    "night",
    "drill",
}
_BOOKKEEPING = frozenset(field.name for field in fields(Issue)) - _CONTENT
