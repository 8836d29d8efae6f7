"""What the forms of a case show beside it: what is on its way, what was being written, who else writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.actions.cases.agent_names import agent_names
from hub.actions.cases.replies.compose_reply import may_close_with_reply
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.cases.replies.draft import Draft, DraftKind
from hub.model.cases.replies.pending_reply import PendingReply
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories


@dataclass(frozen=True, slots=True)
class SendingReply:
    """A pending reply as it is shown. seconds: until it leaves, not below 0. own: the reader may undo it."""

    id: str
    case_id: str
    reference: str
    author: str
    text: str
    closes: bool
    seconds: int
    own: bool
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseReplies:
    """sending: the first to leave first. drafts: the reader's own. others: names of colleagues with a draft
    of a reply, none behind the compartment. closes: whether 发送并办结 is offered.
    """

    sending: tuple[SendingReply, ...]
    drafts: Mapping[DraftKind, Draft]
    others: tuple[str, ...]
    closes: bool
    followed: bool


class ReadReplies:
    """Reads."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories

    async def __call__(self, agent: Agent, case: Case) -> CaseReplies:
        """For an agent who may see the case."""
        rows = [found.value for found in await self._repositories.pending_replies.of_case(case.id)]
        drafts, writing = await self._repositories.drafts.of_case(case.id, agent.id)
        others = () if case.is_restricted else writing
        names = await agent_names(self._repositories, {row.agent_id for row in rows} | set(others))
        now = await self._repositories.pending_replies.now_ms()
        return CaseReplies(
            sending=tuple(_shown(row, case, names, agent, now) for row in rows),
            drafts=drafts,
            others=tuple(names[id] for id in others if id in names),
            closes=may_close_with_reply(agent, case),
            followed=await self._repositories.follows.is_followed(case.id, agent.id),
        )

    async def own(self, agent: Agent) -> tuple[SendingReply, ...]:
        """Everything of the agent that is on its way, for the bar on every page; not of cases that the agent
        may see no more."""
        rows = [found.value for found in await self._repositories.pending_replies.of_agent(agent.id)]
        cases = await self._repositories.cases.many(sorted({row.case_id for row in rows})) if rows else {}
        now = await self._repositories.pending_replies.now_ms()
        return tuple(
            _shown(row, cases[row.case_id], {}, agent, now)
            for row in rows
            if row.case_id in cases and policy.may_see(agent, cases[row.case_id])
        )

    async def returned(self, agent: Agent) -> tuple[Case, ...]:
        """Cases with a reply of the agent that could not leave and was not looked at since."""
        unread = await self._repositories.notifications.unread(agent.id)
        ids = {one.case_id for one in unread if one.kind is NotificationKind.REPLY_RETURNED}
        cases = await self._repositories.cases.many(sorted(ids)) if ids else {}
        return tuple(case for case in cases.values() if policy.may_see(agent, case))


def _shown(row: PendingReply, case: Case, names: Mapping[str, str], agent: Agent, now: int) -> SendingReply:
    return SendingReply(
        id=row.id,
        case_id=case.id,
        reference=case.reference,
        author=names.get(row.agent_id, ""),
        text=row.text,
        closes=row.closes,
        seconds=max(0, -(-(row.not_before - now) // 1000)),
        own=row.agent_id == agent.id,
        files=tuple(file.filename for file in row.files),
    )
