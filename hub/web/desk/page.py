"""One open page and what still has to be sent to it: bounded, so that a slow reader costs no memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.actions.cases.queue.follow_queue import LiveList
from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Agent
from hub.model.cases.queue.settings import QueueColumn
from hub.web.event_stream import as_event
from hub.web.i18n import Language

MOST_BYTES = 256 * 1024
"""Of events that wait for one page; with more the page is told to connect again and catch up."""

AGAIN = as_event("again", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, as its stream says when it is opened.

    query: the list, None on a page without one; columns: those it shows; place: where it stood
    (`LiveList.place`), "" where nothing new is counted; made_at: when the page was made (ms UTC). rows: ids
    of cases in the list. case_id, version: the case beside it.
    """

    query: QueueQuery | None = None
    columns: tuple[QueueColumn, ...] = ()
    place: str = ""
    made_at: int = 0
    rows: frozenset[str] = frozenset()
    case_id: str = ""
    version: int = 0


@dataclass(eq=False, slots=True)
class DeskPage:
    """The feed's side of a stream.

    views: the lists whose counts it shows; live: the one whose new cases are counted. number, lost: what
    `fresh` counts from, and cases that were new before that because the place was of another process or of a
    view that was given up. version: of the open case, as it was told last; entered: whether its reader is
    among the people there. counted: the changes of its lists when they were counted last.
    """

    agent: Agent
    language: Language
    shown: Shown
    views: Mapping[QueueView, LiveList] = field(default_factory=dict)
    live: LiveList | None = None
    number: int = 0
    lost: frozenset[str] = frozenset()
    version: int = 0
    entered: bool = False
    counted: int = -1
    sent: dict[str, bytes] = field(default_factory=dict)
    over: bool = False
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _parts: list[bytes] = field(default_factory=list)
    _size: int = 0

    @property
    def cases(self) -> frozenset[str]:
        """Everything it wants to hear of."""
        return self.shown.rows | {self.shown.case_id} - {""}

    def push(self, event: bytes) -> None:
        """Puts an event behind those that wait."""
        if self.over:
            return
        self._size += len(event)
        if self._size > MOST_BYTES:
            self._parts = [AGAIN]
            self.over = True
        else:
            self._parts.append(event)
        self.ready.set()

    def push_changed(self, name: str, event: bytes) -> None:
        """Puts it there unless the page heard the same last time."""
        if self.sent.get(name) != event:
            self.sent[name] = event
            self.push(event)

    def take(self) -> bytes:
        """What waits, all at once."""
        self.ready.clear()
        waiting, self._parts, self._size = b"".join(self._parts), [], 0
        return waiting

    def end(self) -> None:
        """The server stops, or the page has to connect again."""
        self.over = True
        self.ready.set()
