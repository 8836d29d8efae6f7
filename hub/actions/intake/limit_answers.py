"""Who gets no automatic answer: numbers of machines, and an address that brings nothing new again and again.

The rule: what came in is kept and goes where it would go; only the words back are left out. Danger and a
question for progress, which has a limit of its own, are not asked about here. Two machines that answer each
other would fill a queue and cost a text message each time; so would somebody who plays one.
Source: 106, 95 and 100 are numbers of services (工信部 《电信网编号计划》).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from channels.contract import ChannelKind
from hub.actions.cases.plan import PlannedCase
from hub.actions.dialogue.quote import above_the_quote
from hub.actions.intake.scene import MessagePlan, Scene
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.recent_answers import RecentAnswersRepository
from knowledge_base.text.plain import plain

_SERVICE = re.compile(r"(?:\+86)?(?:106\d*|95\d{3,}|100\d{2,}|12110\d*)")
_NUMBERS = re.compile(r"\d+")
_NUMBERED = 20
"""A text longer than this is the same with other numbers in it: a machine writes times and numbers."""

NOTE = "该联系方式反复来信而没有新内容，系统已暂停自动答复；来信仍会记录在此。"


class LimitAnswers:
    """Takes the words out of a plan where they may not be said."""

    def __init__(self, recent: RecentAnswersRepository, own: Iterable[str]) -> None:
        """own: the numbers and mail addresses that this hub writes from."""
        self._recent = recent
        self._own = frozenset(own)

    async def __call__(self, scene: Scene, plan: MessagePlan) -> MessagePlan:
        """The plan, silent where nothing may be said, with what is remembered among its writes."""
        if plan.says is None or not scene.address_key:
            return plan
        if self._is_machine(scene.event.sender.value):
            return plan.saying(None)
        at = scene.event.received_at
        found = await self._recent.get(scene.address_key)
        known = found.value.hearing(self._digest(scene), at)
        if known.may_answer(at):
            return plan.with_writes(self._recent.write(known.answering(at), found.version))
        if known.noted:
            return plan.saying(None)
        return self._noted(scene, plan).with_writes(self._recent.write(known.noting(), found.version))

    def _is_machine(self, sender: str) -> bool:
        return sender in self._own or _SERVICE.fullmatch(sender) is not None

    def _digest(self, scene: Scene) -> str:
        """ "" for a picture without a word: nobody knows whether it is new."""
        is_mail = scene.event.kind is ChannelKind.MAIL
        said = plain(above_the_quote(scene.text) if is_mail else scene.text) or plain(scene.subject)
        if len(said) > _NUMBERED:
            said = _NUMBERS.sub("", said)
        if not said and not scene.event.attachments:
            said = scene.text
        return self._recent.digest(scene.address_key, said) if said else ""

    @staticmethod
    def _noted(scene: Scene, plan: MessagePlan) -> MessagePlan:
        planned = plan.case or (PlannedCase.found(scene.case) if scene.case else None)
        silent = plan.saying(None)
        if planned is None:
            return silent
        case, entry = recorded(
            planned.case, at=scene.event.received_at, actor="system", kind=HistoryKind.NOTED, text=NOTE
        )
        return silent.with_case(planned.after(case, entry))
