"""Reads messages with what is right to do about each: lines of JSON.

A message `{text, label}` tells or does not tell of danger or of an accusation of police; a question
`{text, accept}` names what may be done. Other keys are left alone, except `since`: the day on which the
questions from here on were given their `accept`, so that an entry that is younger is not called wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.measure.faq_set import BadSet, rows, text_of


class Group(StrEnum):
    """What is counted together, in the order it is shown."""

    DANGER = "danger"
    HARMLESS = "harmless"
    ACCUSATION = "accusation"
    POLICE_MENTION = "police_mention"
    QUESTIONS = "questions"


LABELS = tuple(group for group in Group if group is not Group.QUESTIONS)


class Accept(StrEnum):
    """What may be done about a question besides an entry, which is accepted by its id."""

    NOTHING = "-"
    SMALL_TALK = "T"
    UNCLEAR = "L"
    PERSON = "P"
    REPORT = "R"
    EMERGENCY = "E"


@dataclass(frozen=True, slots=True)
class Line:
    """One message. accept: of a question, ids of entries and values of `Accept`. since: ISO 8601 day."""

    text: str
    group: Group
    accept: frozenset[str] = frozenset()
    since: str = ""

    @property
    def entries(self) -> frozenset[str]:
        """The accepted entries."""
        return self.accept - set(Accept)


def read_lines(jsonl: str, *, since: str) -> tuple[Line, ...]:
    """The messages in order. `since`: the day that holds until a line names one.

    Raises `BadSet`, whose message names the line in Chinese and English, and for an empty set.
    """
    lines = []
    for number, row in rows(jsonl):
        if "since" in row:
            since = _day(row["since"], number)
            if row.keys() == {"since"}:
                continue
        text = text_of(row, "text", number)
        if not text.isprintable() and any("\ud800" <= char <= "\udfff" for char in text):
            raise BadSet(f"第 {number} 行：text 不是完整的文字 / line {number}: text has half a character")
        match row:
            case {"label": _, "accept": _}:
                raise BadSet(
                    f"第 {number} 行：label 和 accept 只能有一个 / line {number}: either label or accept"
                )
            case {"label": str(label)} if label in LABELS:
                lines.append(Line(text, Group(label)))
            case {"accept": [_, *_] as accept} if all(isinstance(one, str) and one for one in accept):
                lines.append(Line(text, Group.QUESTIONS, frozenset(map(str, accept)), since))
            case _:
                raise BadSet(
                    f"第 {number} 行：应有 label（{'、'.join(LABELS)}）或 accept（编号列表）"
                    f" / line {number}: needs a label ({', '.join(LABELS)}) or accept (a list of ids)"
                )
    if not lines:
        raise BadSet("没有一条消息 / there is no message")
    return tuple(lines)


def _day(value: object, number: int) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise BadSet(
            f"第 {number} 行：since 应是日期 / line {number}: since must be a day, as 2026-11-30"
        ) from None
