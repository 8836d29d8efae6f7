"""A warning or a notice as it is typed, and how it becomes one of the two types.

Areas are lines: the name, and behind it the codes. Shapes that came with a document stay with the area of
that name: nobody types polygons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from campaigns.segment import EVERYBODY
from channels.outbox.delivery import WarningLevel
from hub.actions.warnings.draft_warning import Written
from hub.actions.warnings.settings import WarningSettings
from hub.model.warnings.area import Area
from hub.model.warnings.events import EventCode
from hub.model.warnings.issue import Issue
from hub.model.warnings.warning import IssuingUnit, NoticeTopic, SafetyNotice, Warning
from hub.runtime.clock import CHINA, to_local, to_ms

WARNING, NOTICE = "warning", "notice"
MAX_TEXT = 2_000
_FIELDS = (
    *("type", "event", "level", "topic", "title", "text", "cautions", "measures", "headline", "areas"),
    *("unit", "starts_at", "expires_at", "short", "reason", "urgent", "drill"),
)
_CHANNEL = "channel-"
_GROUP = "group-"
_MOST_AREAS = 50


def typed(data: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it is shown again."""
    chosen = {name: "yes" for name in data if name.startswith((_CHANNEL, _GROUP))}
    return {name: data.get(name, "")[:MAX_TEXT] for name in _FIELDS} | chosen


def empty(template: Mapping[str, str], settings: WarningSettings, kind: str, now: int) -> dict[str, str]:
    """The form of a new one, filled in from a template."""
    values = dict.fromkeys(_FIELDS, "")
    values["type"] = NOTICE if "topic" in template else kind
    values["unit"] = settings.units[0].name if len(settings.units) == 1 else ""
    values["starts_at"] = local(now)
    for name in ("cautions", "measures", "text", "topic"):
        values[name] = template.get(name, "")
    values["title"] = template.get("headline", "")
    if "event" in template:
        found = [kind.code for kind in settings.events if kind.code.code == template["event"]]
        values["event"] = str(found[0]) if found else ""
    values |= {f"{_CHANNEL}{name}": "yes" for name in list(settings.campaigns.senders)[:1]}
    values[f"{_GROUP}{EVERYBODY}"] = "yes"
    return values


def of_issue(issue: Issue) -> dict[str, str]:
    """The form of one that is there."""
    content = issue.content
    values = dict.fromkeys(_FIELDS, "")
    values |= {
        "unit": content.unit.name,
        "starts_at": local(content.starts_at),
        "expires_at": local(content.expires_at),
        "areas": "\n".join(" ".join((area.name, ",".join(area.codes))).strip() for area in content.areas),
        "short": issue.short,
        "reason": issue.reason,
        "drill": "yes" if issue.drill else "",
    }
    if isinstance(content, Warning):
        values |= {
            "type": WARNING,
            "event": str(content.event),
            "level": content.level.value,
            "cautions": content.cautions,
            "measures": content.measures,
            "headline": content.headline,
        }
    else:
        values |= {
            "type": NOTICE,
            "topic": content.topic.value,
            "title": content.title,
            "text": content.text,
            "urgent": "yes" if content.urgent else "",
        }
    values |= {f"{_CHANNEL}{name}": "yes" for name in issue.channels}
    values |= {f"{_GROUP}{name}": "yes" for name in issue.groups}
    return values


def written(values: Mapping[str, str], settings: WarningSettings, before: Issue | None = None) -> Written:
    """What is meant. What cannot be read is left empty, so that the action names it."""
    unit = settings.unit(values["unit"]) or IssuingUnit("")
    known = {area.name: area for area in before.content.areas} if before else {}
    areas = tuple(_areas(values["areas"], known))
    starts_at, expires_at = _ms(values["starts_at"]), _ms(values["expires_at"])
    content: Warning | SafetyNotice
    if values["type"] == NOTICE:
        topics = {topic.value for topic in NoticeTopic}
        content = SafetyNotice(
            NoticeTopic(values["topic"]) if values["topic"] in topics else NoticeTopic.OTHER,
            values["title"].strip(),
            values["text"].strip(),
            areas,
            unit,
            urgent=bool(values["urgent"]),
            starts_at=starts_at,
            expires_at=expires_at,
        )
    else:
        scheme, _, code = values["event"].partition(":")
        levels = {level.value for level in WarningLevel}
        content = Warning(
            event=EventCode(scheme, code),
            level=WarningLevel(values["level"]) if values["level"] in levels else WarningLevel.NONE,
            areas=areas,
            starts_at=starts_at,
            cautions=values["cautions"].strip(),
            measures=values["measures"].strip(),
            unit=unit,
            expires_at=expires_at,
            headline=values["headline"].strip(),
        )
    return Written(
        content,
        channels=tuple(_chosen(values, _CHANNEL)),
        groups=tuple(_chosen(values, _GROUP)),
        short=values["short"],
        reason=values["reason"],
        drill=bool(values["drill"]),
    )


def _chosen(values: Mapping[str, str], prefix: str) -> Iterable[str]:
    return (name.removeprefix(prefix) for name, value in values.items() if name.startswith(prefix) and value)


def _areas(text: str, known: Mapping[str, Area]) -> Iterable[Area]:
    for line in text.splitlines()[:_MOST_AREAS]:
        found = re.fullmatch(r"\s*(.+?)(?:[\s,，、:：]+(\d[\d,，、\s]*))?\s*", line)
        if not found:
            continue
        codes = tuple(re.findall(r"\d+", found[2] or ""))
        old = known.get(found[1])
        yield Area(found[1], codes, old.polygons if old else (), old.circles if old else ())


def local(at: int) -> str:
    """As `datetime-local` has it, in Beijing time; "" for none."""
    return to_local(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def _ms(text: str) -> int:
    """0 for what is no time of this century."""
    try:
        typed_at = datetime.strptime(text.strip()[:16].replace(" ", "T"), "%Y-%m-%dT%H:%M")
        return to_ms(typed_at.replace(tzinfo=CHINA)) if 2000 <= typed_at.year < 2100 else 0
    except ValueError:
        return 0
