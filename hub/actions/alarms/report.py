"""What the 110 command centre is told of an emergency.

Rule protected: what is needed to save a life, no more. Of an emergency whose words stand behind the
compartment (检举控告), those are the number, the places and the words of danger: its sentences are the
accusation itself, which must not reach the accused or their unit (《信访工作条例》 30, docs/alarms.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.contract import ChannelKind
from hub.actions.alarms.report_aid import ToldByCarrier, ToldRecord
from hub.model.alarms.alarm import Alarm, ForwardReason
from hub.model.alarms.handling import StepKind
from hub.model.alarms.place_words import place_words
from hub.model.cases.case import Case
from hub.model.conversation import Direction, Message
from hub.repositories.repositories import Repositories

MOST_TEXTS = 500
_MOST_TEXT = 2_000
_NEAR_MS = 3_600_000
"""Of a text behind the compartment, what was written so long before or after counts for its places."""
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """raised_at, received_at: ms UTC. number: the full address, "" where none is known. text: the citizen's
    own words, "" behind the compartment and for a call. danger: the words that raised it. registered,
    carrier: for 110 only (`whole_report.py`). unit, note: what the officer wrote who dispatched it to the
    desk that is told, "" where nobody did. texts, newest, newest_at: for the alarm page, how many messages
    the citizen wrote (of the newest `MOST_TEXTS`) and the newest; 0 and "" where the text is not shown."""

    id: str
    reference: str
    raised_at: int
    received_at: int
    channel: str
    kind: str
    region: str
    number: str
    places: tuple[str, ...]
    danger: str
    text: str
    reason: ForwardReason
    registered: ToldRecord | None = None
    carrier: ToldByCarrier | None = None
    unit: str = ""
    note: str = ""
    texts: int = 0
    newest: str = ""
    newest_at: int = 0

    def line(self, code: str = "") -> str:
        """In one text message. code: by which who reads it says that they have it."""
        parts = [
            f"转110：工单{self.reference}",
            f"来源{self.channel}",
            f"号码{self.number or '不明'}",
            f"地点：{'、'.join(self.places) or '未写明'}",
            *([f"危险用词：{self.danger}"] if self.danger and not self.text else []),
            *([f"出警单位：{self.unit}"] if self.unit else []),
            *([f"说明：{self.note[:_IN_A_LINE]}"] if self.note else []),
            *([f"原文：{self.text[:_IN_A_LINE]}"] if self.text else []),
            *(told.line() for told in (self.registered, self.carrier) if told),
            *([f"接收请回复{code}"] if code else []),
        ]
        return "；".join(parts)


_IN_A_LINE = 150


class MakeReport:
    """Reads what belongs to an alarm."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def __call__(self, alarm: Alarm, case: Case, desk: str = "") -> AlarmReport:
        """The report as it is now: what the citizen added meanwhile stands in it. desk: id of who is told."""
        sent = [one for one in alarm.steps if one.kind is StepKind.DISPATCHED and one.desk == desk]
        details = case.details or {}
        said = [] if case.is_restricted else await self._said(case)
        text = "" if case.is_restricted else _joined(said, case)
        seen = text or await self._hidden_text(alarm, case)
        place = details.get("place", "")
        return AlarmReport(
            id=alarm.id,
            reference=case.reference,
            raised_at=alarm.raised_at,
            received_at=case.received_at,
            channel=case.origin.channel,
            kind=case.origin.kind,
            region=case.origin.region,
            number="" if case.origin.kind == ChannelKind.CHAT else case.applicant.address,  # a chat has none
            places=tuple(dict.fromkeys((*([place] if place else []), *place_words(seen)))),
            danger=details.get("danger", ""),
            text=text,
            reason=ForwardReason.PERSON if sent else alarm.reason,
            unit=sent[-1].unit if sent else "",
            note=sent[-1].text if sent else "",
            texts=len(said),
            newest=_words(said[-1])[:_MOST_TEXT] if said else "",
            newest_at=said[-1].at if said else 0,
        )

    async def text(self, case: Case) -> str:
        """What the citizen wrote, as far as it may leave the compartment."""
        return "" if case.is_restricted else await self.own_text(case)

    async def own_text(self, case: Case) -> str:
        """What the citizen wrote, for whoever may see the case."""
        return _joined(await self._said(case), case)

    async def _said(self, case: Case) -> list[Message]:
        """The citizen's newest messages, oldest first: in a flood the last ones count."""
        found = await self._repositories.conversations.last_of_case(case.id, limit=MOST_TEXTS)
        return [one for one in found if _is_in(one)]

    async def _hidden_text(self, alarm: Alarm, case: Case) -> str:
        """What was written beside it, for its places only."""
        found = await self._repositories.conversations.last_messages(
            case.origin.conversation_id, limit=_LOOKED_AT
        )
        return "\n".join(
            _words(one) for one in found if _is_in(one) and abs(one.at - alarm.raised_at) <= _NEAR_MS
        )


def _is_in(message: Message) -> bool:
    return message.direction is Direction.IN


def _joined(said: Sequence[Message], case: Case) -> str:
    return ("\n".join(filter(None, map(_words, said))) or case.text)[-_MOST_TEXT:]


def _words(message: Message) -> str:
    return f"{message.subject}\n{message.text}".strip()
