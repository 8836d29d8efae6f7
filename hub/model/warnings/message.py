"""A warning as systems exchange it: one neutral value, between which and each format stands one mapper.

Rule protected: what is no real warning (Test, Exercise, System, Draft) can be read and never be published.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.warnings.warning import Warning


class Status(StrEnum):
    """What a message is. Only ACTUAL is for the public."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MessageKind(StrEnum):
    """Where a message stands in its chain."""

    FIRST = "first"  # 首发
    UPDATE = "update"  # 续发, level change, correction
    LIFT = "lift"  # 解除


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message of the chain. sender, sent_at: "" and 0 where the format does not carry them."""

    identifier: str
    sender: str = ""
    sent_at: int = 0


@dataclass(frozen=True, slots=True)
class Broadcasting:
    """One way a message is to be spread. method: SMS, WEB … as the 12379 profile names them. message: the
    text for it, "" = the cautions. groups: ids of audience groups."""

    method: str
    message: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WarningMessage:
    """What every format says, or a part of it.

    sender: code of the issuing unit. references: the chain, its first message first. note: why it is lifted
    or what is corrected. signer: who signed. sent_at: ms UTC, whole seconds. left_out: what a reader met and
    did not take over, for people.
    """

    identifier: str
    sender: str
    sent_at: int
    status: Status
    kind: MessageKind
    warning: Warning
    references: tuple[Reference, ...] = ()
    note: str = ""
    signer: str = ""
    phone: str = ""
    methods: tuple[Broadcasting, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether it may ever be published."""
        return self.status is Status.ACTUAL

    @property
    def first(self) -> str:
        """Identifier of the first message of the chain."""
        return self.references[0].identifier if self.references else self.identifier
