"""The numbers of the procedure: how long each clock runs, on which days, with which basis.

Rule protected: every number that is law or policy stands in a profile with its `legal_basis`; nothing in the
code counts with a number of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from hub.model.cases.clock_names import ClockName
from hub.model.cases.roles import CaseRole
from hub.model.track import Track
from hub.runtime.errors import HubError


class ClockUnit(StrEnum):
    """What a length is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"  # 自然日
    WORKDAYS = "workdays"  # 工作日


class ClockKind(StrEnum):
    """What it means that a clock has run out."""

    DUTY = "duty"  # a breach
    WINDOW = "window"  # a right that has ended


class Pauses(StrEnum):
    """When a clock stands still."""

    NEVER = "never"
    HEARING = "hearing"
    NEED_INFO = "need_info"


PAPER = "paper"
"""What came as a letter or was said at a visit: a receipt is written by hand."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a profile.

    length: 0 for a clock whose last day is set when it starts. warn: when staff are warned, warn_citizen:
    when the citizen is: `day N` (the N-th day), `P%`, `T-N`, `T0`, `daily` (every day after the last).
    """

    name: ClockName
    length: int
    unit: ClockUnit
    legal_basis: str
    kind: ClockKind = ClockKind.DUTY
    statutory: bool = False
    rolls: bool = False
    pauses: Pauses = Pauses.NEVER
    warn: tuple[str, ...] = ()
    warn_citizen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that is no clock, with its basis."""

    value: int
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Profile:
    """All numbers of one office or region.

    variants: clocks of another length for one track, or for what came on paper. rating: days in which a reply
    may be rated. auto_return: hours after which an unanswered matter goes back to its unit, 0 = never.
    """

    name: str
    title: str
    roll_agency_due: bool
    roll_citizen_window: bool
    clocks: Mapping[ClockName, ClockRule]
    variants: Mapping[tuple[ClockName, str], ClockRule]
    extension: Limit
    public_notice: Limit
    reminder_by_citizen: Limit
    rating: Limit
    redo: Limit
    auto_return: Limit
    electronic_needs_consent: bool = True
    delivery_basis: str = ""
    ladder: Mapping[str, tuple[CaseRole, ...]] = field(default_factory=dict)

    def warned(self, key: str) -> tuple[CaseRole, ...]:
        """Who is told of a warning (升级阶梯)."""
        if key.startswith("daily"):
            step = "daily"
        elif key.startswith("T+"):
            step = "over"
        elif key == "T0":
            step = "last"
        else:
            near = key.startswith("T-") and int(key[2:]) <= _NEAR_DAYS
            step = "near" if near else "early"
        return self.ladder[step]

    def rule(self, name: ClockName, track: Track, *, paper: bool = False) -> ClockRule:
        """The clock as it runs for a track; paper: for a letter or a visit."""
        own = self.variants.get((name, track)) or (self.variants.get((name, PAPER)) if paper else None)
        return own or self.clocks[name]


class BadProfile(HubError):
    """A profile that cannot be used; `key` names the place, `problem` says why in Chinese."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


E = TypeVar("E", bound=StrEnum)
_STEPS = ("early", "near", "last", "over", "daily")
_UNITS = tuple(ClockUnit)
_KEYS = frozenset({"legal_basis", "kind", "pauses", "statutory", "rolls", "warn", "warn_citizen", *_UNITS})
_WARNING = re.compile(r"day [1-9]\d{0,2}|[1-9]\d?%|T[-+][1-9]\d{0,2}|T0|daily")
_NEAR_DAYS = 3
_LIMITS: Mapping[str, str] = {
    "extension": "days",
    "public_notice": "days",
    "reminder_by_citizen": "days",
    "rating": "days",
    "redo": "times",
    "auto_return": "hours",
}
_SET_IN_THE_ORDER = frozenset({ClockName.SUPERVISE, ClockName.EXT})
_LONGEST = 3_660


def read_profile(table: Mapping[str, Any]) -> Profile:
    """A profile from its TOML table. Raises `BadProfile` naming the key."""
    known = {
        "name",
        "title",
        "roll_agency_due",
        "roll_citizen_window",
        "clock",
        "delivery",
        "ladder",
        *_LIMITS,
    }
    if unknown := sorted(set(table) - known):
        raise BadProfile(unknown[0], "没有这个设置项")
    clocks: dict[ClockName, ClockRule] = {}
    variants: dict[tuple[ClockName, str], ClockRule] = {}
    for key, rows in _table(table, "clock", "clock").items():
        name = _one_of(ClockName, key, f"clock.{key}")
        own = dict(_table(rows, "", f"clock.{key}"))
        for variant in [variant for variant in own if variant in {*Track, PAPER}]:
            variants[name, variant] = _rule(name, own.pop(variant), f"clock.{key}.{variant}")
        clocks[name] = _rule(name, own, f"clock.{key}")
    if missing := sorted(set(ClockName) - set(clocks)):
        raise BadProfile(f"clock.{missing[0]}", "缺少这个时限")
    delivery = _table(table, "delivery", "delivery")
    return Profile(
        name=_text(table, "name", "name"),
        title=_text(table, "title", "title"),
        roll_agency_due=_flag(table, "roll_agency_due", "roll_agency_due"),
        roll_citizen_window=_flag(table, "roll_citizen_window", "roll_citizen_window"),
        clocks=clocks,
        variants=variants,
        electronic_needs_consent=_flag(delivery, "electronic_needs_consent", "delivery"),
        delivery_basis=_text(delivery, "legal_basis", "delivery.legal_basis"),
        ladder=_ladder(_table(table, "ladder", "ladder")),
        **{key: _limit(_table(table, key, key), unit, key) for key, unit in _LIMITS.items()},
    )


def _rule(name: ClockName, row: Any, place: str) -> ClockRule:
    row = _table(row, "", place)
    if unknown := sorted(set(row) - _KEYS):
        raise BadProfile(f"{place}.{unknown[0]}", "没有这个设置项")
    units = [unit for unit in _UNITS if unit in row]
    if len(units) > 1 or (not units and name not in _SET_IN_THE_ORDER):
        raise BadProfile(place, f"请在 {'、'.join(_UNITS)} 中写明一个期限")
    unit = units[0] if units else ClockUnit.DAYS
    rule = ClockRule(
        name=name,
        length=_number(row, unit, f"{place}.{unit}") if units else 0,
        unit=unit,
        legal_basis=_text(row, "legal_basis", f"{place}.legal_basis"),
        kind=_one_of(ClockKind, row.get("kind", ClockKind.DUTY), f"{place}.kind"),
        pauses=_one_of(Pauses, row.get("pauses", Pauses.NEVER), f"{place}.pauses"),
        statutory=_flag(row, "statutory", f"{place}.statutory", default=False),
        rolls=_flag(row, "rolls", f"{place}.rolls", default=False),
        warn=_warnings(row.get("warn", []), f"{place}.warn"),
        warn_citizen=_warnings(row.get("warn_citizen", []), f"{place}.warn_citizen"),
    )
    if rule.statutory and rule.pauses is Pauses.NEED_INFO:
        raise BadProfile(f"{place}.pauses", "法定期限不因等待群众补充材料而中止")
    return rule


def _ladder(row: Mapping[str, Any]) -> dict[str, tuple[CaseRole, ...]]:
    if unknown := sorted(set(row) - {*_STEPS, "legal_basis"}):
        raise BadProfile(f"ladder.{unknown[0]}", "没有这个设置项")
    _text(row, "legal_basis", "ladder.legal_basis")
    return {step: _roles(row.get(step), f"ladder.{step}") for step in _STEPS}


def _roles(value: Any, place: str) -> tuple[CaseRole, ...]:
    if not isinstance(value, list) or not value:
        raise BadProfile(place, "请写明预警给谁")
    return tuple(_one_of(CaseRole, role, place) for role in value)


def _limit(row: Mapping[str, Any], unit: str, place: str) -> Limit:
    if unknown := sorted(set(row) - {unit, "legal_basis"}):
        raise BadProfile(f"{place}.{unknown[0]}", "没有这个设置项")
    value = _number(row, unit, f"{place}.{unit}", least=0)
    return Limit(value, _text(row, "legal_basis", f"{place}.legal_basis"))


def _table(table: Any, key: str, place: str) -> Mapping[str, Any]:
    found = table.get(key) if key and isinstance(table, Mapping) else table
    if not isinstance(found, Mapping):
        raise BadProfile(place, "这里应当是一组设置")
    return found


def _text(row: Mapping[str, Any], key: str, place: str) -> str:
    found = row.get(key)
    if not isinstance(found, str) or not found.strip():
        raise BadProfile(place, "请填写文字")
    return found


def _flag(row: Mapping[str, Any], key: str, place: str, *, default: bool | None = None) -> bool:
    found = row.get(key, default)
    if not isinstance(found, bool):
        raise BadProfile(place, "请填写 true 或 false")
    return found


def _number(row: Mapping[str, Any], key: str, place: str, *, least: int = 1) -> int:
    found = row.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= _LONGEST:
        raise BadProfile(place, f"请填写 {least} 到 {_LONGEST} 之间的整数")
    return found


def _one_of(kind: type[E], value: Any, place: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadProfile(place, f"只能是 {'、'.join(kind)} 之一") from None


def _warnings(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and _WARNING.fullmatch(v) for v in value):
        raise BadProfile(place, '请写成 "day 10"、"50%"、"T-7"、"T0"、"daily" 的列表')
    return tuple(value)
