"""What changed in the queue, for any number of open pages, without a read of the store for each.

Every commit that touches a case says once what the case was and is, in the few fields that lists are made by
(`Selection.holds`): ids and numbers, nothing personal. A page remembers up to where it has looked; what it
missed for too long, or what happened in another process, it reads from the store.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hub.model.cases.queue.selection import SELECTED, Selection
from hub.store.documents import Body, Documents, Insert, Update, Write

_KEPT = 5_000
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QueueChange:
    """One case, before and after a commit. before: None for a new one."""

    id: str
    before: Fields | None
    after: Fields

    def moves(self, selection: Selection) -> int:
        """1: into the list, -1: out of it, 0: it stays where it was. Asked for every list of every page."""
        was_in = self.before is not None and selection.holds(self.before)
        return selection.holds(self.after) - was_in


class QueueFeed:
    """The newest changes in their order. A position is opaque: it names this feed and a place in it."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._name = secrets.token_urlsafe(6)
        self._changes: deque[QueueChange] = deque(maxlen=kept)
        self._number = 0

    @property
    def position(self) -> str:
        """Behind everything that happened so far."""
        return f"{self._name}.{self._number}"

    def publish(self, changes: Sequence[QueueChange]) -> None:
        """What a commit changed, once it is durable."""
        self._changes.extend(changes)
        self._number += len(changes)

    def since(self, position: str) -> Sequence[QueueChange] | None:
        """What happened behind a position, oldest first; None where that is not known any more, or was never:
        then a page has to be read anew."""
        name, _, number = position.rpartition(".")
        if name != self._name or not (number.isascii() and number.isdigit()):
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= len(self._changes):
            return None
        return tuple(islice(self._changes, len(self._changes) - missed, None))


async def before_and_after(documents: Documents, writes: Sequence[Write]) -> list[QueueChange]:
    """What a unit of work is going to change in the queue; one read for each case that is there already."""
    changes: list[QueueChange] = []
    for write in writes:
        match write:
            case Insert("cases", id, body):
                changes.append(QueueChange(id, None, _selected(body)))
            case Update("cases", id, body, _) if not body.keys().isdisjoint(SELECTED):
                stored = await documents.get("cases", id)
                if stored is not None:
                    before = _selected(stored.body)
                    changes.append(QueueChange(id, before, {**before, **_selected(body)}))
    return changes


def _selected(body: Body) -> dict[str, Any]:
    return {name: body[name] for name in SELECTED if name in body}
