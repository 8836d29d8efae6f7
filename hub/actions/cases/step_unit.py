"""The unit of work of a step: case, history, breaches, warnings to staff, and what the citizen is told of it.

Every notice of the table leaves through the outbox in the same commit as the move it tells of. A step that a
citizen's own message made, or a person who writes to them anyway, names what is told already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.tell_citizen import TellCitizen, Telling
from hub.actions.dialogue.texts import Texts
from hub.model.cases.case import Case
from hub.model.cases.clock_names import ClockName
from hub.model.cases.history import HistoryEntry
from hub.model.cases.passing_time import WarningGiven, latest_only
from hub.model.cases.queue.snoozing import wakes
from hub.model.cases.roles import CaseRole
from hub.model.cases.state import CaseState
from hub.model.cases.step import Step
from hub.model.conversation import Author, Conversation, Direction, Message
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import to_local, to_ms
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Write

NOTICE_TEXTS: Mapping[str, str] = {
    "补充材料通知": "told_ask",
    "补充材料提醒": "told_ask_again",
    "转送告知": "told_routed",
    "受理告知": "told_accepted",
    "不予受理告知": "told_refused",
    "法定程序告知": "told_legal_way",
    "延期告知": "told_extended",
    "答复告知": "told_replied",
    "重办告知": "told_redo",
    "复查申请回执": "told_fucha",
    "复查结果告知": "told_fucha_done",
    "撤销重办告知": "told_remanded",
    "复核申请回执": "told_fuhe",
    "复核结果告知": "told_fuhe_done",
    "听证通知": "told_hearing",
    "撤回确认": "told_withdrawn",
    "并案告知": "told_merged",
    "取消并案告知": "told_unmerged",
    "重新启动告知": "told_reopened",
    "办结告知": "told_closed",
    "中性通知": "told_neutral",
}
"""Text of the catalogue by notice of the table. One without is for staff, or is told where it happens."""


_LIMIT_OF: Mapping[str, tuple[ClockName, ...]] = {
    "told_accepted": (ClockName.HANDLE_60, ClockName.SUGGEST),
    "told_extended": (ClockName.HANDLE_60,),
    "told_redo": (ClockName.REDO,),
    "told_fucha": (ClockName.FUCHA_30,),
    "told_fuhe": (ClockName.FUHE_30,),
}
"""Whose last day a text names."""
_TOLD_AT_ONCE = frozenset({"remand", "feedback"})
"""Events that carry the text the citizen reads."""
_WRITTEN_BY: Mapping[CaseState, str] = {
    CaseState.REPLIED: "submit_reply",
    CaseState.FUCHA_DONE: "fucha_opinion",
    CaseState.FINAL: "fuhe_opinion",
}
"""Where a case arrives with a delivery, and the event whose text may be read from then on."""
_PUBLISHED_BY = _TOLD_AT_ONCE | {"deliver", "public_notice_over", "fucha_opinion", "fuhe_opinion"}


@dataclass(frozen=True, slots=True)
class Heard:
    """What the citizen said that made the step. id: of the message; there cannot be two of it."""

    id: str
    text: str


class StepUnit:
    """Turns steps into writes."""

    def __init__(
        self, repositories: Repositories, tell: TellCitizen, texts: Texts, rules: CaseRules, *, organ: str
    ) -> None:
        """organ: the full name of the organ, as the citizen reads it."""
        self._repositories = repositories
        self._tell = tell
        self._texts = texts
        self._rules = rules
        self._organ = organ

    async def writes(
        self,
        step: Step,
        version: int,
        *,
        at: int,
        silent: Collection[str] = (),
        said: str = "",
        heard: Heard | None = None,
        by_time: bool = False,
    ) -> list[Write]:
        """All of it, for a case that was read at `version`.

        silent: notices that are not sent, because something else tells it. said: what a person wrote that the
        citizen is to read in the notice (a question, a reason). heard: what the citizen said, stored first.
        by_time: nobody did it just now; what it tells waits for the morning.
        """
        repositories = self._repositories
        given = latest_only(step.warnings)
        writes = repositories.cases.step_writes(step, version)
        writes += [
            repositories.case_warnings.insert(step.case, warning, skipped=warning not in given)
            for warning in step.warnings
        ]
        writes += self._handler_told(step.case, given, heard, at)
        unit = await self._unit_name(step.case) if "转送告知" in step.notices else ""
        told = [self._words(notice, step.case, said, unit) for notice in step.notices if notice not in silent]
        if _event(step) == "sign" and step.case.electronic_consent_at:
            told.append(self._words("答复告知", step.case, said, ""))  # to be opened, which delivers it
        told += [self._window(warning, step.case) for warning in given if warning.citizen]
        telling = Telling(
            "\n".join(filter(None, told)), Author.ROBOT, not_before=_by_day(at) if by_time else 0
        )
        published = await self._published(step)
        if not telling.text and published is None and heard is None:
            return writes
        found = await repositories.conversations.get(step.case.origin.conversation_id)
        if found is None:
            return writes
        reads_it_now = published is not None and bool(silent)
        found, kept = self._kept(step.case, found, heard, published if reads_it_now else None, at)
        if published is not None and not reads_it_now:
            whole = f"{published.text}\n{telling.text}".strip()
            telling = replace(published, text=whole, notice=telling.text, not_before=telling.not_before)
        if not telling.text:
            return [*writes, *kept, repositories.conversations.update(found.value, found.version)]
        leaves, _ = await self._tell.writes(step.case, found, telling, at=at)
        return [*writes, *kept, *leaves]

    def _handler_told(
        self, case: Case, given: Iterable[WarningGiven], heard: Heard | None, at: int
    ) -> list[Write]:
        """Notifications for who handles the case: a limit that ends or was missed, words of the citizen, the
        end of its time aside."""
        if not case.handler_id:
            return []
        due = [
            (NotificationKind.DUE, f"{one.clock}:{one.number}:{one.key}:{one.at}")
            for one in given
            if not one.citizen and CaseRole.HND in one.to
        ]
        woken = [(NotificationKind.WOKEN, f"{case.snooze.until}:{at}")] if wakes(case) else []
        spoke = [(NotificationKind.CITIZEN_REPLIED, f"own:{heard.id}")] if heard else []
        tell = self._repositories.notifications.tell
        return [
            tell(case.handler_id, kind, case.id, at=at, cause=cause) for kind, cause in (*due, *woken, *spoke)
        ]

    def _kept(
        self,
        case: Case,
        found: Versioned[Conversation],
        heard: Heard | None,
        published: Telling | None,
        at: int,
    ) -> tuple[Versioned[Conversation], list[Write]]:
        """What is said in the conversation and leaves by no channel; the conversation with it."""
        conversation = found.value
        writes: list[Write] = []
        said = [(heard.id, heard.text, Direction.IN, Author.CITIZEN, "")] if heard else []
        if published is not None:
            said.append((new_id(at), published.text, Direction.OUT, published.author, published.author_id))
        for id, text, direction, author, author_id in said:
            conversation = replace(conversation, count=conversation.count + 1, last_at=at)
            message = Message(
                id=id,
                conversation_id=conversation.id,
                seq=conversation.count,
                direction=direction,
                author=author,
                at=at,
                case_id=case.id,
                author_id=author_id,
                text=text,
            )
            writes.append(self._repositories.conversations.insert_message(message))
        return Versioned(conversation, found.version), writes

    async def _published(self, step: Step) -> Telling | None:
        """The text of a reply or an opinion that the citizen may read from now on, with number and code."""
        case, last = step.case, _moved(step)
        event = last.facts["event"] if last else ""
        if last is None or event not in _PUBLISHED_BY:
            return None
        if event in _TOLD_AT_ONCE:
            return Telling(last.text, Author.AGENT, last.actor) if last.text else None
        written_by = _WRITTEN_BY.get(case.state)
        if written_by is None or last.facts.get("from") == case.state:
            return None
        history = await self._repositories.cases.whole_history(case.id)
        texts = [entry for entry in (*history, last) if entry.facts.get("event") == written_by]
        return Telling(texts[-1].text, Author.AGENT, texts[-1].actor) if texts else None

    async def _unit_name(self, case: Case) -> str:
        unit = await self._repositories.units.get(case.proceeding.unit_id)
        return unit.name if unit else case.proceeding.unit_id

    def _words(self, notice: str, case: Case, said: str, unit: str) -> str:
        name = NOTICE_TEXTS.get(notice)
        if name is None:
            return ""
        return self.say(name, case, case.origin.language, said=said, unit=unit or self._organ)

    def say(self, name: str, case: Case, language: str, **more: str) -> str:
        """A text of the catalogue, filled in from where the case stands."""
        p, rules = case.proceeding, self._rules.now
        limit = next(filter(None, map(p.running, _LIMIT_OF.get(name, ()))), None)
        if limit is None and name == "told_accepted":
            name = "told_accepted_unlimited"
        values = {
            "reference": case.reference,
            "organ": self._organ,
            "unit": self._organ,
            "due": _day(rules.last_day(limit).isoformat()) if limit else "",
            "said": "",
            "fucha": str(rules.profile.rule(ClockName.FUCHA_WINDOW, p.track).length),
            "fuhe": str(rules.profile.rule(ClockName.FUHE_WINDOW, p.track).length),
        }
        return self._texts.say(name, language, **{**values, **more})

    def _window(self, warning: WarningGiven, case: Case) -> str:
        """A right of the citizen ends soon."""
        clock = case.proceeding.running(warning.clock)
        if clock is None:
            return ""
        name = "told_fuhe_window" if warning.clock is ClockName.FUHE_WINDOW else "told_fucha_window"
        due = _day(self._rules.now.last_day(clock).isoformat())
        return self._texts.say(name, case.origin.language, reference=case.reference, due=due)


def _moved(step: Step) -> HistoryEntry | None:
    """The entry of the last event of a step; documents that were signed with it come behind."""
    return next((entry for entry in reversed(step.entries) if entry.facts.get("event")), None)


def _event(step: Step) -> str:
    """The last event of a step, "" for none."""
    last = _moved(step)
    return last.facts["event"] if last else ""


def _by_day(at: int) -> int:
    """The instant itself in office hours, else 08:30 of the next morning (ms UTC)."""
    local = to_local(at)
    morning = datetime.combine(local.date(), time(8, 30), local.tzinfo)
    if local.time() >= time(21):
        return to_ms(morning + timedelta(days=1))
    return max(at, to_ms(morning))


def _day(iso: str) -> str:
    """2026年3月28日: without zeros, as documents write it."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"
