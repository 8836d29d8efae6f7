"""What a page of the queue was asked for, as a value that stands in an address and is read back from it.

Rule protected: an address holds ids and names of the office only. What tells who a citizen is (a number, a
name) is searched for elsewhere and never comes here; a value that nothing could have is left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from hub.actions.cases.queue.views import RULES, QueueView
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.clock import midnight
from hub.model.cases.clock_names import ClockName
from hub.model.cases.queue.selection import Selection
from hub.model.cases.queue.standing import NO_MARKS, Mark
from hub.model.cases.queue.tag import bit_of
from hub.model.track import Track

NOBODY = "none"
"""As a handler: cases that nobody works on. As a unit: those of the organ that registered them."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
_LONGEST = 2_000
_DAY = timedelta(days=1)


class Flag(StrEnum):
    """Marks by which one may filter, as the address names them."""

    URGENT = "urgent"
    POSSIBLE_DANGER = "possible_danger"
    REPEATED = "repeated"
    JOINT = "joint"
    STABILITY = "stability"
    FRAIL = "frail"
    DIALECT = "dialect"
    SUPERVISED = "supervised"
    REMINDED = "reminded"
    LATE_REQUEST = "late_request"
    PARTIAL = "partial"
    UNDELIVERED = "undelivered"

    @property
    def mark(self) -> Mark:
        """What is stored of it."""
        return Mark[self.name]


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """A view with filters; "" does not filter.

    since, until: days (ISO) on which the case was received, both counted in.
    """

    show: QueueView = QueueView.ALL
    channel: str = ""
    track: str = ""
    region: str = ""
    unit: str = ""
    handler: str = ""
    clock: str = ""
    flag: str = ""
    tag: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> QueueQuery:
        """What an address asks for. A value that nothing could have is left out, so that a damaged address
        shows more and never an error."""
        kept = {name: keep(given.get(name, "")) for name, keep in _KEPT.items()}
        return cls(_view(given.get("show", "")), **kept)

    @classmethod
    def of_token(cls, token: str) -> QueueQuery:
        """The query of a `token`; the whole list for a damaged one."""
        return cls.parse(_read_token(token))

    @property
    def filters(self) -> Mapping[str, str]:
        """What filters beside the view."""
        return {one.name: value for one in fields(self)[1:] if (value := getattr(self, one.name))}

    def parameters(self) -> dict[str, str]:
        """What `parse` reads: the view and what filters."""
        return {"show": str(self.show), **self.filters}

    def address(self, **more: str) -> str:
        """The query of the address of the page, with its "?"; what is "" of `more` is left out."""
        given = {name: value for name, value in more.items() if value}
        return "?" + urlencode({**self.parameters(), **given})

    def token(self) -> str:
        """The same as one short value for an address of another page."""
        return _token(self.parameters())

    @property
    def by_time(self) -> bool:
        """Whether its list is in the order of arrival (`Selection.by_time`)."""
        return bool(self.since or self.until)

    def without(self, name: str) -> QueueQuery:
        """The same without one filter."""
        return QueueQuery(self.show, **{**self.filters, name: ""})


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where somebody is in a list: the list, and the place of a case in it when it was shown.

    place: its rank, or its arrival in a list by time. It stays when the case is closed and leaves the list,
    so that "next" goes on from there.
    """

    query: QueueQuery
    place: int = 0

    @classmethod
    def parse(cls, token: str) -> QueuePlace:
        """What `token` printed."""
        given = _read_token(token)
        at = given.get("place", "")
        number = int(at) if at.isascii() and at.isdigit() and len(at) < 18 else 0
        return cls(QueueQuery.parse(given), number)

    def token(self) -> str:
        """For `?from=`: opaque, and nothing personal."""
        return _token({**self.query.parameters(), **({"place": str(self.place)} if self.place else {})})


def selection_of(agent: Agent, query: QueueQuery) -> Selection:
    """What the query shows to the agent: the policy first, then the view, then the filters."""
    rule = RULES[query.show]
    visible = policy.sight(agent)
    chosen: dict[str, tuple[str | int, ...]] = {"open": (rule.is_open,), **rule.fields}
    if rule.mine:
        chosen |= {"handler_id": (agent.id,), "aside": ("",)}
    if rule.aside:
        chosen["aside"] = (agent.id,)
    for name, stored in _STORED.items():
        value = getattr(query, name)
        if value:
            wanted = "" if value == NOBODY else value
            allowed = chosen.get(stored, (wanted,))
            chosen[stored] = (wanted,) if wanted in allowed else ()
    return Selection(
        visible if rule.within is None else visible.within({rule.within}),
        chosen,
        rule.marks | (Flag(query.flag).mark if query.flag else NO_MARKS),
        bit_of(query.tag),
        midnight(date.fromisoformat(query.since)) if query.since else 0,
        midnight(date.fromisoformat(query.until) + _DAY) if query.until else 0,
    )


_STORED: Mapping[str, str] = {
    "channel": "channel",
    "track": "track",
    "region": "region",
    "unit": "unit",
    "handler": "handler_id",
    "clock": "limit_clock",
}
"""Fields of a case by the filter that looks at them."""


def _id(value: str) -> str:
    return value if _ID.match(value) else ""


def _one_of(kind: type[StrEnum], value: str) -> str:
    return kind(value) if value in frozenset(kind) else ""


def _view(value: str) -> QueueView:
    return QueueView(value) if value in frozenset(QueueView) else QueueView.ALL


def _day(value: str) -> str:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return ""
    return found.isoformat() if 2000 <= found.year < 2200 else ""


_KEPT: Mapping[str, Callable[[str], str]] = {
    "channel": _id,
    "track": lambda value: _one_of(Track, value),
    "region": _id,
    "unit": _id,
    "handler": _id,
    "clock": lambda value: _one_of(ClockName, value),
    "flag": lambda value: _one_of(Flag, value),
    "tag": lambda value: value if bit_of(value) else "",
    "since": _day,
    "until": _day,
}


def _token(given: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(urlencode(given).encode()).decode().rstrip("=")


def _read_token(token: str) -> dict[str, str]:
    if len(token) > _LONGEST:
        return {}
    try:
        return dict(parse_qsl(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()))
    except (ValueError, binascii.Error):
        return {}
