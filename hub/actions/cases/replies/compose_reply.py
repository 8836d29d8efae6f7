"""A reply as writes: the message, its delivery, and the moves of the case that go with it, all in one.

A question or a service matter is answered with it, and closed where that was asked for. In a petition or a
report it is a message and no reply: the reply there is drafted, signed by somebody else and delivered
(`hub/actions/cases/move_case.py`). What may happen is asked of the table, each time anew: a reply that waited
is judged by where the case stands when it leaves.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from campaigns.said import Listed, Said
from channels.contract import ChannelKind
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.references import new_code
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen, Telling
from hub.actions.dialogue.texts import Texts
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.alarms.silence import is_silent
from hub.model.cases.attempt import Attempt
from hub.model.cases.case import Case, QueryCode
from hub.model.cases.moves import IllegalMove
from hub.model.cases.proceeding import DIRECT_TRACKS
from hub.model.cases.replies.variables import variables_in
from hub.model.cases.roles import CaseRole
from hub.model.cases.staff_roles import as_played, plays_in
from hub.model.cases.step import Step, stepped
from hub.model.conversation import AttachedFile, Author, Conversation
from hub.model.track import Track
from hub.repositories.repositories import Repositories
from hub.runtime.clock import day_of
from hub.runtime.errors import Invalid
from hub.store.codec import Versioned
from hub.store.documents import Write

MAX_TEXT = 3000
CLOSED_WITH_REPLY = "已答复，随答复办结"
"""Stands in the history as the reason of a closing that went with a reply."""


class Unfilled(Invalid):
    """A text holds variables that nothing filled in. names: without their braces."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__({"text": Said("还有没有填写的变量：%(names)s", names=Listed(names))})
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent sends. closes: 发送并办结. entry_ids: entries that were put into it."""

    text: str
    closes: bool = False
    entry_ids: tuple[str, ...] = ()
    files: tuple[AttachedFile, ...] = ()

    def checked(self) -> Reply:
        """The same without blanks at its ends. Raises `Invalid` for what cannot be sent."""
        text = self.text.strip()
        if not text:
            raise Invalid({"text": "请填写答复内容"})
        if len(text) > MAX_TEXT:
            raise Invalid({"text": Said("答复最多 %(most)s 个字", most=MAX_TEXT)})
        if names := variables_in(text):
            raise Unfilled(names)
        return replace(self, text=text)


def may_close_with_reply(agent: Agent, case: Case) -> bool:
    """Whether 发送并办结 is offered: the table has both moves for this case and agent, and nobody waits for
    help at once."""
    if case.track is Track.EMERGENCY or not agent.may(Permission.CASE_CLOSE):
        return False
    return plays_in(agent, case, "answer") and plays_in(agent, case, "close")


class ComposeReply:
    """Composes; writes nothing by itself."""

    def __init__(
        self,
        repositories: Repositories,
        unit: StepUnit,
        tell: TellCitizen,
        texts: Texts,
        rules: CaseRules,
    ) -> None:
        self._repositories = repositories
        self._unit = unit
        self._tell = tell
        self._texts = texts
        self._rules = rules

    async def __call__(
        self, agent: Agent, found: Versioned[Case], reply: Reply, *, at: int, unread: bool = False
    ) -> list[Write]:
        """The writes for a case as it was read.

        unread: the citizen spoke after the reply was written and goes on waiting. Raises `Invalid`,
        `NotFound`, `Forbidden` or `IllegalMove`.
        """
        case = policy.require(agent, found.value, Permission.CASE_REPLY)
        if reply.closes:
            policy.require(agent, case, Permission.CASE_CLOSE)
            if case.track is Track.EMERGENCY:
                raise IllegalMove(Said("紧急工单的答复立即发出，请另行办结"))
        talk = await self._repositories.conversations.get(case.origin.conversation_id)
        if talk is None:
            raise Invalid({"text": "此工单没有可答复的会话"})
        event = "answer" if case.track in DIRECT_TRACKS else "write"
        attempt = as_played(agent, case, Attempt(event, at, CaseRole.HND, self._rules.now, agent.id))
        coded, code = self._with_code(case, talk.value, at)
        if reply.closes and talk.value.case_id == case.id:  # free for the next matter
            talk = replace(talk, value=replace(talk.value, case_id=""))
        telling = self._telling(agent, coded, reply, code)
        said, message_id = await self._tell.writes(coded, talk, telling, at=at)
        facts = {"message": message_id}
        if reply.entry_ids:
            facts["entries"] = " ".join(reply.entry_ids)
        step = stepped(replace(coded, waiting=unread), attempt, actor=agent.id, facts=facts, pass_time=False)
        if reply.closes:
            step = self._closed(agent, step, at)
        # Who answers says what there is to say; the answer and the closing are not told again.
        writes = await self._unit.writes(step, found.version, at=at, silent=step.notices)
        return [*said, *writes, *self._used(case, reply, at)]

    def _closed(self, agent: Agent, answered: Step, at: int) -> Step:
        """Both moves as one step."""
        case = answered.case
        attempt = as_played(agent, case, Attempt("close", at, CaseRole.HND, self._rules.now, agent.id))
        by = case if case.handler_id else case.in_hands_of(agent.id)
        closed = stepped(by, attempt, actor=agent.id, text=CLOSED_WITH_REPLY, pass_time=False)
        return replace(
            closed,
            entries=(*answered.entries, *closed.entries),
            notices=(*answered.notices, *closed.notices),
        )

    def _used(self, case: Case, reply: Reply, at: int) -> list[Write]:
        """That staff answered with these entries; behind the compartment nothing is counted."""
        if case.is_restricted:
            return []
        counts = self._repositories.knowledge.answer_counts
        return [counts.add(entry_id, day_of(at), {"used": 1}) for entry_id in reply.entry_ids]

    def _telling(self, agent: Agent, case: Case, reply: Reply, code: str) -> Telling:
        notice = self._texts.say(
            "case_reply", case.origin.language, reference=case.reference, text=reply.text
        )
        return Telling(reply.text, Author.AGENT, agent.id, code, notice, files=reply.files)

    def _with_code(self, case: Case, conversation: Conversation, at: int) -> tuple[Case, str]:
        """Where the channel kept silent at first, the first answer brings the query code: the case with
        a fresh one, and the sentence that tells it; it leaves with the answer and is kept nowhere. Not in
        silence: number and code show whom somebody wrote to."""
        told_already = case.query_code.told or case.applicant.anonymous
        if told_already or conversation.kind == ChannelKind.CHAT or is_silent(case, at):
            return case, ""
        code, salt = new_code(anonymous=False), secrets.token_hex(8)
        code_hash = self._repositories.cases.code_hash(case.id, salt, code)
        told = replace(case, query_code=QueryCode(code_hash, salt, told=True))
        return told, self._texts.say("code_hint", case.origin.language, reference=case.reference, code=code)
