"""An internal note: part of the history, never of anything that leaves.

It knows nothing that could send it: the import contract "Notes cannot leave" holds it apart from messages,
deliveries and what tells citizens. Colleagues named in it (`@姓名`) are told, if they may see the case.
"""

from __future__ import annotations

from hub.actions.cases.casework import Casework
from hub.model import policy
from hub.model.agent import Agent, Permission
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.replies.draft import DraftKind
from hub.model.cases.replies.mentions import mentioned_in
from hub.model.notification import NotificationKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid


class NoteCase:
    """Writes a note."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str, text: str, *, version: int) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`."""
        text = text.strip()
        if not text:
            raise Invalid({"text": "请填写备注内容"})
        if len(text) > 3000:
            raise Invalid({"text": "备注最多 3000 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        now = self._clock.now_ms()
        named = await self._named(agent, case, text)
        facts = {"mentions": " ".join(named)} if named else {}
        after, entry = recorded(case, at=now, actor=agent.id, kind=HistoryKind.NOTED, facts=facts, text=text)
        tell = self._repositories.notifications.tell
        draft = await self._repositories.drafts.get(agent.id, case_id, DraftKind.NOTE)
        await self._casework.commit(
            [
                self._repositories.cases.update(after, version),
                self._repositories.cases.insert_entry(entry),
                *(tell(id, NotificationKind.MENTIONED, case_id, at=now, cause=entry.id) for id in named),
                *self._repositories.drafts.removal(draft),
            ],
        )

    async def _named(self, agent: Agent, case: Case, text: str) -> tuple[str, ...]:
        """Ids of the colleagues named in it who may see the case."""
        if "@" not in text and "＠" not in text:
            return ()
        agents = await self._repositories.agents.list()
        names = {
            other.id: other.name
            for other in agents
            if other.id != agent.id and other.active and policy.may_see(other, case)
        }
        return mentioned_in(text, names)
