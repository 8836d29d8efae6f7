"""The unit of work of a step: case, history, breaches, warnings to staff, and what the citizen is told of it.

Every notice of the table leaves through the outbox in the same commit as the move it tells of. A step that a
citizen's own message made, or a person who writes to them anyway, names what is told already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.tell_citizen import TellCitizen, Telling
from hub.actions.dialogue.texts import Texts
from hub.model.cases.case import Case
from hub.model.cases.clock_names import ClockName
from hub.model.cases.passing_time import WarningGiven, latest_only
from hub.model.cases.step import Step
from hub.model.conversation import Author, Direction, Message
from hub.repositories.repositories import Repositories
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
"""Text of the catalogue by notice of the table; a notice without one is for staff, or told where it happens."""


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
    ) -> list[Write]:
        """All of it, for a case that was read at `version`.

        silent: notices that are not sent, because something else tells it. said: what a person wrote that the
        citizen is to read in the notice (a question, a reason). heard: what the citizen said, stored first.
        """
        repositories = self._repositories
        given = latest_only(step.warnings)
        writes = repositories.cases.step_writes(step, version)
        writes += [
            repositories.case_warnings.insert(step.case, warning, skipped=warning not in given)
            for warning in step.warnings
        ]
        told = [self._words(notice, step.case, said) for notice in step.notices if notice not in silent]
        if step.case.proceeding.event == "sign" and step.case.electronic_consent_at:
            told.append(self._words("答复告知", step.case, said))  # to be opened, which delivers it
        told += [self._window(warning, step.case) for warning in given if warning.citizen]
        text = "\n".join(filter(None, told))
        if not text and heard is None:
            return writes
        found = await repositories.conversations.get(step.case.origin.conversation_id)
        if found is None:
            return writes
        if heard is not None:
            conversation = replace(found.value, count=found.value.count + 1, last_at=at)
            found = Versioned(conversation, found.version)
            message = Message(
                id=heard.id,
                conversation_id=conversation.id,
                seq=conversation.count,
                direction=Direction.IN,
                author=Author.CITIZEN,
                at=at,
                case_id=step.case.id,
                text=heard.text,
            )
            writes.append(repositories.conversations.insert_message(message))
            if not text:
                return [*writes, repositories.conversations.update(conversation, found.version)]
        leaves, _ = self._tell.writes(step.case, found, Telling(text, Author.ROBOT), at=at)
        return [*writes, *leaves]

    def _words(self, notice: str, case: Case, said: str) -> str:
        name = NOTICE_TEXTS.get(notice)
        return self.say(name, case, case.origin.language, said=said) if name else ""

    def say(self, name: str, case: Case, language: str, **more: str) -> str:
        """A text of the catalogue, filled in from where the case stands."""
        p, rules = case.proceeding, self._rules.now
        limit = next((clock for clock in reversed(p.clocks) if not clock.stopped_at), None)
        values = {
            "reference": case.reference,
            "organ": self._organ,
            "unit": p.unit_id or self._organ,
            "due": _day(rules.last_day(limit).isoformat()) if limit else "",
            "said": "",
            "fucha": str(rules.profile.rule(ClockName.FUCHA_WINDOW, p.track).length),
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


def _day(iso: str) -> str:
    """2026年3月28日: without zeros, as documents write it."""
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"
