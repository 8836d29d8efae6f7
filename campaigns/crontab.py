"""Five-field crontab expressions, read the way cron reads them.

Rule protected: `0 9 * * 1-5` is Monday to Friday. APScheduler counts weekdays from Monday = 0 and
would fire Tuesday to Saturday, so every field is read here into the numbers it means, and weekdays
leave as day names. Where cron says "or" and APScheduler "and" (day of month together with weekday)
the expression is refused, because half of its readers would be surprised. The day `L` is the last one of
the month, because the 31st leaves out half of the months.
Source: crontab(5); `L` as in Quartz.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from campaigns.errors import BadSchedule

LAST_DAY = 32
"""Stands for the last day of the month among the days."""
DAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")  # by their crontab number
_MONTH_NAMES = ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ITEM = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_MINUTE = _Field("分钟", 0, 59)
_HOUR = _Field("小时", 0, 23)
_DAY = _Field("日期", 1, 31)
_MONTH = _Field("月份", 1, 12, _MONTH_NAMES)
_WEEKDAY = _Field("星期", 0, 7, DAY_NAMES)


@dataclass(frozen=True, slots=True)
class Crontab:
    """What an expression means. Weekdays are 0 = Sunday … 6 = Saturday; an empty tuple is "any".

    days: may hold `LAST_DAY`.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]


def parse(expression: str) -> Crontab:
    """`minute hour day month weekday`. Raises `BadSchedule` with a text in Chinese."""
    fields = expression.lower().split()
    if len(fields) != 5:
        raise BadSchedule("请填写五个部分：分钟 小时 日期 月份 星期，例如 0 9 * * 1-5")
    minutes, hours = _numbers(fields[0], _MINUTE), _numbers(fields[1], _HOUR)
    days, months = _numbers(fields[2], _DAY), _numbers(fields[3], _MONTH)
    weekdays = tuple(sorted({day % 7 for day in _numbers(fields[4], _WEEKDAY)}))
    if len(weekdays) == 7:
        weekdays = ()
    if days and weekdays:
        raise BadSchedule("日期和星期只能限定其中一个，另一个请填 *")
    if days and LAST_DAY not in days and min(days) > max(_LONGEST[month] for month in months or range(1, 13)):
        raise BadSchedule("所选月份里没有这一天，永远不会发送")
    return Crontab(minutes or tuple(range(60)), hours or tuple(range(24)), days, months, weekdays)


def _numbers(text: str, field: _Field) -> tuple[int, ...]:
    """The numbers a field names; () when it names all of them."""
    found: set[int] = set()
    for item in text.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            raise BadSchedule(f"{field.label}写法不对：{item or '（空）'}")
        star, first, last, step_text = match.groups()
        if field is _DAY and item == "l":
            found.add(LAST_DAY)
            continue
        step = int(step_text) if step_text else 1
        if step < 1 or (step_text and first and not last):
            raise BadSchedule(f"{field.label}的间隔写法不对：{item}")
        if star:
            low, high = field.low, 6 if field is _WEEKDAY else field.high
        else:
            low = _number(first, field)
            high = _number(last, field) if last else low
            if field is _WEEKDAY and high == 0 < low:
                high = 7  # fri-sun: Sunday ends the week here
        if low > high:
            raise BadSchedule(f"{field.label}的范围前大后小：{item}")
        found.update(range(low, high + 1, step))
    everything = field.high - field.low + (0 if field is _WEEKDAY else 1)
    return () if text == "*" or len(found) >= everything > 7 else tuple(sorted(found))


def _number(text: str, field: _Field) -> int:
    if text in field.names and text:
        return field.names.index(text)
    if not text.isdigit() or not field.low <= int(text) <= field.high:
        raise BadSchedule(f"{field.label}应在 {field.low} 到 {field.high} 之间，不能是 {text}")
    return int(text)
