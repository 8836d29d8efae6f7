"""Says a schedule in words: `每周一、周三 09:00`, `每月9日 10:00，遇节假日顺延`, `every Mon, Wed 09:00`."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from campaigns import crontab
from campaigns.schedule import DaysOff, Once, ScheduleSpec
from campaigns.window import CHINA

_DAYS_ZH = ("周日", "周一", "周二", "周三", "周四", "周五", "周六")
_DAYS_EN = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_MOST_TIMES = 6
_DAYS_OFF = {
    DaysOff.SEND: ("", ""),
    DaysOff.SKIP: ("，遇休息日不发", ", not on days off"),
    DaysOff.MOVE: ("，遇节假日顺延", ", moved past days off"),
}


def describe(spec: ScheduleSpec, language: str = "zh", zone: ZoneInfo = CHINA) -> str:
    """One line for the page, local time. Raises `BadSchedule`."""
    english = language == "en"
    if isinstance(spec, Once):
        at = datetime.fromtimestamp(spec.at / 1000, UTC).astimezone(zone)
        return f"{at:%Y-%m-%d %H:%M}" if english else f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    plan = crontab.parse(spec.expression)
    days_off = _DAYS_OFF[spec.days_off][1 if english else 0]
    times = [f"{hour:02}:{minute:02}" for hour in plan.hours for minute in plan.minutes]
    if len(times) > _MOST_TIMES:
        return (f"crontab {spec.expression}" if english else f"按计划 {spec.expression}") + days_off
    return (_english(plan, times) if english else _chinese(plan, times)) + days_off


def _chinese(plan: crontab.Crontab, times: list[str]) -> str:
    months = "、".join(f"{month}月" for month in plan.months)
    if plan.weekdays:
        days = f"{months}每" + _week(plan.weekdays, _DAYS_ZH, "至", "、")
    elif plan.days:
        days = ("每年" + months if months else "每月") + "、".join(
            "最后一天" if day == crontab.LAST_DAY else f"{day}日" for day in plan.days
        )
    else:
        days = f"{months}每天"
    return f"{days} " + "、".join(times)


def _english(plan: crontab.Crontab, times: list[str]) -> str:
    if plan.weekdays:
        days = "every " + _week(plan.weekdays, _DAYS_EN, "–", ", ")
    elif plan.days:
        days = "on day " + ", ".join(map(str, plan.days))
        days = days.replace(f"day {crontab.LAST_DAY}", "the last day").replace(
            f", {crontab.LAST_DAY}", " and the last day"
        )
    else:
        days = "daily"
    if plan.months:
        days += " in month " + ", ".join(map(str, plan.months))
    elif plan.days:
        days += " of every month"
    return f"{days} " + ", ".join(times)


def _week(days: tuple[int, ...], names: tuple[str, ...], to: str, comma: str) -> str:
    monday_first = sorted(days, key=lambda day: (day - 1) % 7)
    unbroken = all((b - a) % 7 == 1 for a, b in itertools.pairwise(monday_first))
    if unbroken and len(days) > 2:
        return f"{names[monday_first[0]]}{to}{names[monday_first[-1]]}"
    return comma.join(names[day] for day in monday_first)
