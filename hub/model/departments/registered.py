"""A department (部门) in the registry: all that was agreed with it about sending.

One that stands in `config.toml` only has a name, a share, a quota and classes; once it is registered, what
the registry says holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from channels.outbox.delivery import MessageClass
from channels.outbox.limits import Quota
from hub.model.campaigns.departments import Department
from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed about money and speed.

    parts_per_second: SMS parts it may hand over; 0 = no limit. price_milli: of a part, in 1/1000 yuan.
    ends_on: the last day, `2027-06-30`, "" = no end.
    """

    parts_per_second: int = 0
    price_milli: int = 0
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class SenderLine:
    """A channel it may send by. extension: what stands behind the number for answers to reach it, or ""."""

    channel: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class DepartmentTemplate:
    """A text it may name instead of sending one. text: places are `{name}`, each filled in by the caller."""

    code: str
    message_class: MessageClass
    text: str


@dataclass(frozen=True, slots=True)
class RegisteredDepartment:
    """id: part of stored rows, never changed. members: ids of agents who see its page.

    signatures: those of 【】 it may sign with, the first by default; none = that of the channel.
    emergency_persons: the persons in whose name E0 may be sent. callback_url: where receipts go, "" =
    nowhere. told_end: the end of the contract of which it was told.
    wants_texts: whether texts to its extensions are passed on to its own platform. desk: the unit that has
    them in the hub, "" = as the table of desks says.
    """

    id: str
    name: str
    changed_at: int
    changed_by: str
    share: int = 1
    daily_parts: int = 0
    monthly_parts: int = 0
    classes: tuple[MessageClass, ...] = tuple(MessageClass)
    contract: Contract = Contract()
    senders: tuple[SenderLine, ...] = ()
    signatures: tuple[str, ...] = ()
    templates: tuple[DepartmentTemplate, ...] = ()
    members: tuple[str, ...] = ()
    callback_url: str = ""
    wants_texts: bool = False
    desk: str = ""
    owner: str = personal("")
    emergency_persons: tuple[str, ...] = personal(())

    @property
    def source(self) -> str:
        """The name under which people are known to come from it."""
        return self.name.replace("|", " ").replace(":", " ")[:30]

    def ends_within(self, days: int, today: date) -> bool:
        """Whether the contract ends in so many days, or has ended."""
        end = self.contract.ends_on
        return bool(end) and date.fromisoformat(end) <= today + timedelta(days=days)

    def department(self) -> Department:
        """As the outbox and campaigns know it."""
        quota = Quota(self.daily_parts, self.monthly_parts)
        return Department(self.id, self.name, self.share, quota, frozenset(self.classes))
