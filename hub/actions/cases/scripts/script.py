"""A script of events for one case, read from TOML: what `hub cases simulate` plays.

Every problem is told with its line and field, in Chinese; a script with one is not played at all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.profile import BadProfile, Profile
from hub.model.cases.roles import CaseRole
from hub.model.cases.table import EVENTS
from hub.model.track import Track
from hub.runtime.clock import CHINA, to_ms
from hub.runtime.errors import HubError
from hub.settings.profiles import load_profile

LOOK = "look"
"""Nothing happens; time passes."""
_TIMES = ("received_at",)
_DAYS = ("due",)
_CASE_KEYS = frozenset({"track", "received_at", "channel", "unit", "kind"})
_EVENT_KEYS = frozenset({"at", "name", "by", "person", "data"})


class BadScript(HubError):
    """A script that cannot be played: line (0 = of no line), field and what is wrong, in Chinese."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"第 {line} 行，{field}：{problem}" if line else f"{field}：{problem}")


@dataclass(frozen=True, slots=True)
class ScriptEvent:
    """One event. said_at: as written; at: ms UTC; by: None for the first role the table names."""

    said_at: str
    at: int
    name: str
    by: CaseRole | None
    person: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """One play."""

    profile: Profile
    track: Track
    received_at: int
    channel: str
    kind: str
    events: tuple[ScriptEvent, ...]


def read_script(path: Path, calendar: WorkCalendar) -> Script:
    """Raises `BadScript`, also for a day in a year of which the calendar knows nothing."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadScript(0, str(path.name), "读不出这个文件（应当是 UTF-8 文本）") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        raise BadScript(
            int(line[1]) if line else len(text.splitlines()) or 1, "TOML", f"写法不正确：{problem}"
        ) from None
    return _Reader(text, path, calendar).script(table)


class _Reader:
    """Finds the line of a field again, which TOML does not keep."""

    def __init__(self, text: str, path: Path, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._lines = text.splitlines()
        self._path = path

    def script(self, table: Mapping[str, Any]) -> Script:
        self._known(table, {"profile", "case", "event"}, "")
        case = table.get("case")
        if not isinstance(case, Mapping):
            raise BadScript(1, "case", "缺少 [case]")
        self._known(case, _CASE_KEYS, "[case]")
        track = case.get("track")
        if not isinstance(track, str) or track not in set(Track):
            raise self._bad("[case]", 0, "track", f"只能是 {'、'.join(Track)} 之一")
        received = self._time("[case]", 0, "received_at", case.get("received_at"))
        events = table.get("event", [])
        if not isinstance(events, list):
            raise self._bad("", 0, "event", "应当写成 [[event]]")
        return Script(
            profile=self._profile(table.get("profile", "national")),
            track=Track(track),
            received_at=received,
            channel=str(case.get("channel", "web")),
            kind=str(case.get("kind", "")),
            events=self._in_order(received, [self._event(n, row) for n, row in enumerate(events)]),
        )

    def _profile(self, name: Any) -> Profile:
        if not isinstance(name, str) or not name:
            raise self._bad("", 0, "profile", "请写配置名或者文件路径")
        beside = self._path.parent
        try:
            return load_profile(name, beside=beside if (beside / name).is_file() else None)
        except BadProfile as problem:
            raise self._bad("", 0, "profile", f"{problem.key}：{problem.problem}") from None

    def _event(self, number: int, row: Any) -> ScriptEvent:
        place = "[[event]]"
        if not isinstance(row, Mapping):
            raise self._bad("", 0, "event", "应当写成 [[event]]")
        self._known(row, _EVENT_KEYS, place, number)
        if missing := [key for key in ("at", "name") if key not in row]:
            raise self._bad(place, number, missing[0], "缺少这个字段")
        name = row["name"]
        if not isinstance(name, str) or name not in {*EVENTS, LOOK}:
            raise self._bad(place, number, "name", f"没有这个事件：{name}")
        by = row.get("by")
        if by is not None and (not isinstance(by, str) or by not in set(CaseRole)):
            raise self._bad(place, number, "by", f"没有这个角色：{by}（{'、'.join(CaseRole)}）")
        person = row.get("person", "")
        if not isinstance(person, str):
            raise self._bad(place, number, "person", "请写文字")
        data = row.get("data", {})
        if not isinstance(data, Mapping):
            raise self._bad(place, number, "data", "请写成 { 名 = 值 }")
        read = {key: self._data(place, number, key, value) for key, value in data.items()}
        at = self._time(place, number, "at", row["at"])
        return ScriptEvent(_as_written(row["at"]), at, name, CaseRole(by) if by else None, person, read)

    def _data(self, place: str, number: int, key: str, value: Any) -> Any:
        if key in _TIMES:
            return self._time(place, number, f"data.{key}", value)
        if key == "delivered" and not isinstance(value, bool):
            raise self._bad(place, number, f"data.{key}", "请写 true 或 false")
        if key in _DAYS and isinstance(value, datetime):
            return value.date().isoformat()
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _time(self, place: str, number: int, key: str, value: Any) -> int:
        if value is None:
            raise self._bad(place, number, key, "缺少这个字段")
        try:
            if not isinstance(value, date | str):
                raise ValueError
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            raise self._bad(place, number, key, "请写成 2026-01-05 23:50") from None
        if not self._calendar.covers(moment.year):
            raise self._bad(place, number, key, f"{moment.year} 年没有工作日历")
        return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))

    def _in_order(self, since: int, events: list[ScriptEvent]) -> tuple[ScriptEvent, ...]:
        for number, event in enumerate(events):
            if event.at < since:
                raise self._bad("[[event]]", number, "at", "事件应当按时间先后排列")
            since = event.at
        return tuple(events)

    def _known(
        self, row: Mapping[str, Any], known: set[str] | frozenset[str], place: str, number: int = 0
    ) -> None:
        for key in row:
            if key not in known:
                raise self._bad(place, number, key, "没有这个字段")

    def _bad(self, place: str, number: int, key: str, problem: str) -> BadScript:
        name = f"{place} 第 {number + 1} 个 {key}" if place == "[[event]]" else f"{place} {key}".strip()
        return BadScript(self._line(place, number, key), name, problem)

    def _line(self, place: str, number: int, key: str) -> int:
        """Of the key, else of its table, else the first, counted from 1."""
        starts = [n for n, line in enumerate(self._lines) if _header(line) == place]
        start = starts[number] if place and number < len(starts) else 0
        wanted = re.compile(rf"\s*(?:data\s*=.*)?\b{re.escape(key.rsplit('.', 1)[-1])}\s*=")
        for n in range(start + bool(place), len(self._lines)):
            header = _header(self._lines[n])
            if place and starts and header and not header.startswith("[event."):
                break
            if wanted.match(self._lines[n]) or header == f"[{key}]":
                return n + 1
        return start + 1


def _header(line: str) -> str:
    """`[[event]]` of a line that begins a table, "" for others."""
    found = re.match(r"\s*(\[\[?)\s*([\w.]+)\s*(\]\]?)", line)
    return "".join(found.groups()) if found else ""


def _as_written(value: Any) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)
