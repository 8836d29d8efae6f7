"""Canned replies (快捷回复): texts that are sent again and again, with variables.

What is one's own is used at once. What colleagues use is approved by a second person; while a change of it
waits, the text that was approved before stays in use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.agent import Agent, Permission
from hub.model.personal import personal

OFFICE = ""
"""Stands for the whole office where a unit is named."""


class CannedScope(StrEnum):
    """Who uses it."""

    OWN = "own"
    UNIT = "unit"
    ALL = "all"


class CannedState(StrEnum):
    """Where the text that is being written stands."""

    NONE = ""  # nothing is being written
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True)
class CannedText:
    """What it says and to whom it is offered. channel: a kind of channel, track: a track, "" for all."""

    title: str
    text: str
    scope: CannedScope
    channel: str = ""
    track: str = ""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """One of them. live: the text in use; working: the one that is being written or waits for approval.

    unit_id: of its owner. number: of the text in use, from 1. changed_by: who wrote the working text. remark:
    why it was sent back.
    """

    id: str
    owner_id: str
    unit_id: str
    changed_at: int
    changed_by: str
    state: CannedState = CannedState.DRAFT
    number: int = 0
    remark: str = ""
    live: CannedText | None = personal(None)
    working: CannedText | None = personal(None)

    @property
    def newest(self) -> CannedText | None:
        """What those see who write and approve it."""
        return self.working or self.live

    def seen_by(self, agent: Agent) -> CannedText | None:
        """The newest text for who may change or approve it, for others the text in use."""
        return self.newest if self.may_edit(agent) or self.may_approve(agent) else self.live

    def is_for(self, agent: Agent) -> bool:
        """Whether the agent may use the text in use."""
        match self.live.scope if self.live else None:
            case CannedScope.OWN:
                return self.owner_id == agent.id
            case CannedScope.UNIT:
                return self.unit_id == agent.unit_id
            case CannedScope.ALL:
                return True
            case _:
                return False

    def may_edit(self, agent: Agent) -> bool:
        """Its owner may; who approves may too, what is not somebody's own."""
        shared = any(text and text.scope is not CannedScope.OWN for text in (self.live, self.working))
        return self.owner_id == agent.id or (shared and agent.may(Permission.CANNED_APPROVE))

    def may_approve(self, agent: Agent) -> bool:
        """A second person, never who wrote it."""
        second = self.changed_by != agent.id and agent.may(Permission.CANNED_APPROVE)
        return second and self.state is CannedState.SUBMITTED

    def in_use(self, text: CannedText, *, at: int) -> CannedReply:
        """The same with this text in use and nothing being written."""
        return replace(
            self,
            live=text,
            working=None,
            state=CannedState.NONE,
            number=self.number + 1,
            remark="",
            changed_at=at,
        )


@dataclass(frozen=True, slots=True)
class CannedVersion:
    """A text that came into use. id: `{canned_id}:{number:04d}`. by_id: who approved it, or its author."""

    id: str
    canned_id: str
    number: int
    at: int
    author_id: str
    by_id: str
    content: CannedText | None = personal(None)
