"""A handler answers: the reply is stored, queued on the citizen's own channel, and the case moves on.

A question or a service matter is answered with it. In a petition or a report it is a message and no reply:
the reply there is drafted, signed by somebody else and delivered (`hub/actions/cases/move_case.py`).
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from channels.contract import ChannelKind
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.references import new_code
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen, Telling
from hub.actions.dialogue.texts import Texts
from hub.model.agent import Agent, Permission
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, QueryCode
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played
from hub.model.cases.step import stepped
from hub.model.conversation import Author, Conversation
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid

MAX_TEXT = 3000


class ReplyToCase:
    """Sends a public answer."""

    def __init__(
        self,
        casework: Casework,
        repositories: Repositories,
        unit: StepUnit,
        tell: TellCitizen,
        texts: Texts,
        rules: CaseRules,
        clock: Clock,
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._unit = unit
        self._tell = tell
        self._texts = texts
        self._rules = rules
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, text: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `IllegalMove`."""
        text = text.strip()
        if not text:
            raise Invalid({"text": "请填写答复内容"})
        if len(text) > MAX_TEXT:
            raise Invalid({"text": f"答复最多 {MAX_TEXT} 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        now = self._clock.now_ms()
        event = "answer" if case.track in DIRECT_TRACKS else "write"
        attempt = as_played(agent, case, Attempt(event, now, CaseRole.HND, self._rules.now, agent.id))
        found = await self._repositories.conversations.get(case.origin.conversation_id)
        if found is None:
            raise Invalid({"text": "此工单没有可答复的会话"})
        case, code = self._with_code(case, found.value)
        said, message_id = self._tell.writes(case, found, self._telling(agent, case, text, code), at=now)
        step = stepped(
            replace(case, waiting=False),
            attempt,
            actor=agent.id,
            facts={"message": message_id},
            pass_time=False,
        )
        writes = await self._unit.writes(step, version, at=now, silent=step.notices)
        await self._casework.commit([*said, *writes])

    def _telling(self, agent: Agent, case: Case, text: str, code: str) -> Telling:
        notice = self._texts.say("case_reply", case.origin.language, reference=case.reference, text=text)
        return Telling(text, Author.AGENT, agent.id, code, notice)

    def _with_code(self, case: Case, conversation: Conversation) -> tuple[Case, str]:
        """Where the channel kept silent at first, the first answer brings the query code: the case with
        a fresh one, and the sentence that tells it; it leaves with the answer and is kept nowhere."""
        if case.query_code.told or case.applicant.anonymous or conversation.kind == ChannelKind.CHAT:
            return case, ""
        code, salt = new_code(anonymous=False), secrets.token_hex(8)
        code_hash = self._repositories.cases.code_hash(case.id, salt, code)
        told = replace(case, query_code=QueryCode(code_hash, salt, told=True))
        return told, self._texts.say("code_hint", case.origin.language, reference=case.reference, code=code)
