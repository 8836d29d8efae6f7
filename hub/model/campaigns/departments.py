"""The departments that send under one roof: their shares, their quotas and the classes they may use.

Minimal on purpose: they are configuration until the merger of platforms brings their pages. The department ""
is the office itself: it has one share, no quota and every class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.outbox.delivery import MessageClass
from channels.outbox.limits import NO_QUOTA, Quota


@dataclass(frozen=True, slots=True)
class Department:
    """share: its weight where several wait for one sender. classes: the message classes it may use."""

    id: str
    name: str
    share: int = 1
    quota: Quota = NO_QUOTA
    classes: frozenset[MessageClass] = frozenset(MessageClass)


@dataclass(frozen=True, slots=True)
class Departments:
    """All of them by id. An id that is not configured any more keeps one share and has no quota."""

    by_id: Mapping[str, Department] = field(default_factory=dict)

    def get(self, id: str) -> Department:
        """One department, whether it is configured or not."""
        return self.by_id.get(id) or Department(id, id)

    def share(self, id: str) -> int:
        """Its weight where several wait for one sender, at least 1."""
        return self.get(id).share

    def names(self) -> dict[str, str]:
        """Id → name, in the order of the configuration."""
        return {department.id: department.name for department in self.by_id.values()}

    def quotas(self) -> dict[str, Quota]:
        """Those that have a quota."""
        return {id: one.quota for id, one in self.by_id.items() if one.quota != NO_QUOTA}
