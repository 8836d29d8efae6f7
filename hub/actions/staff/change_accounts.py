"""Makes accounts, sets passwords anew, lets people in and shuts them out; by two persons where it opens the
way to reports (`hub/model/staff/account_change.py`). Shutting out never waits.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from hub.model.agent import Agent, Permission
from hub.model.staff.account_change import SHELL, AccountChange, AccountChangeKind, is_trusted, may_decide
from hub.repositories.agents import AgentRepository, SessionRepository
from hub.repositories.staff.account_changes import AccountChangeRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

LOG = logging.getLogger(__name__)
_TAKEN = "这个用户名已经有人使用"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """One change as the page shows it. target: whom it is about; asker: "" for a command on the machine."""

    change: AccountChange
    target: Agent
    asker: str
    may_decide: bool


class ChangeAccounts:
    """Made once by the composition root."""

    def __init__(
        self,
        documents: Documents,
        agents: AgentRepository,
        sessions: SessionRepository,
        changes: AccountChangeRepository,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._agents = agents
        self._sessions = sessions
        self._changes = changes
        self._clock = clock

    async def create(self, agent: Agent, *, by: str) -> bool:
        """Stores a new account; whether it waits for a second person. Raises `Invalid` (`login`)."""
        writes: list[Write] = [self._agents.write(agent)]
        waits = is_trusted(agent.roles)
        if waits:
            change = self._asked(agent.id, AccountChangeKind.CREATE, by)
            writes = [self._agents.write(replace(agent, active=False)), self._changes.insert(change)]
        try:
            await self._documents.commit(writes)
        except Duplicate as taken:
            raise Invalid({"login": _TAKEN}) from taken
        self._say("staff.agent_created", agent.id, by, waits=waits)
        return waits

    async def reset(self, agent_id: str, password_hash: str, *, by: str) -> bool:
        """A new one-time password; whether it waits: until then the old one holds. Raises `NotFound`."""
        target = await self._target(agent_id)
        waits = is_trusted(target.roles)
        if waits:
            await self._give_up(agent_id, (AccountChangeKind.RESET,), by)  # of two the later one is meant
            change = replace(self._asked(agent_id, AccountChangeKind.RESET, by), password_hash=password_hash)
            await self._documents.commit([self._changes.insert(change)])
        else:
            await self._agents.update(agent_id, lambda now: _with_password(now, password_hash))
            await self._sessions.delete_of(agent_id)
        self._say("staff.password_reset", agent_id, by, waits=waits)
        return waits

    async def switch(self, agent_id: str, *, active: bool, by: str) -> bool:
        """Lets somebody in, which may wait, or shuts them out, at once. Raises `NotFound`."""
        target = await self._target(agent_id)
        waits = active and is_trusted(target.roles)
        if waits:
            change = self._asked(agent_id, AccountChangeKind.ENABLE, by)
            await self._documents.commit([self._changes.insert(change)])
        else:
            await self._agents.update(agent_id, lambda now: replace(now, active=active))
            if not active:
                await self._sessions.delete_of(agent_id)
                await self._give_up(agent_id, tuple(AccountChangeKind), by)
        self._say("staff.agent_switched", agent_id, by, waits=waits)
        return waits

    async def waiting(self, agent: Agent) -> Sequence[WaitingChange]:
        """What waits, for those who may decide about such changes; nothing for others."""
        if not (agent.may(Permission.REPORT_READ) or agent.may(Permission.AGENT_MANAGE)):
            return ()
        found = [one.value for one in await self._changes.waiting()]
        people = await self._agents.get_many([id for one in found for id in (one.agent_id, one.by)])
        return [
            WaitingChange(
                one,
                people[one.agent_id],
                people[one.by].name if one.by in people else "",
                may_decide(agent, one),
            )
            for one in found
            if one.agent_id in people
        ]

    async def decide(self, agent: Agent, change_id: str, *, confirm: bool) -> None:
        """Raises `NotFound`, `Forbidden` for who asked and whom it is about, `Stale` when it is decided."""
        found = await self._changes.get(change_id)
        if found is None:
            raise NotFound("account_change")
        if not may_decide(agent, found.value):
            raise Forbidden(Permission.AGENT_MANAGE)
        await self._decide(found, agent.id, confirm=confirm)

    async def confirm_from_shell(self, login: str) -> bool:
        """Everything that waits for an account, when nobody else could confirm it; whether there was
        anything. Raises `Invalid` while somebody could, and `NotFound` (the login)."""
        target = await self._agents.by_login(login)
        if target is None:
            raise NotFound("agent")
        mine = [one for one in await self._changes.waiting() if one.value.agent_id == target.value.id]
        agents = await self._agents.list()
        for one in mine:
            if any(may_decide(other, one.value) for other in agents):
                raise Invalid({"login": "请由督察或另一名管理员在“账号确认”页确认"})
            await self._decide(one, SHELL, confirm=True)
        return bool(mine)

    async def _give_up(self, agent_id: str, kinds: Sequence[AccountChangeKind], by: str) -> None:
        for one in await self._changes.waiting():
            if one.value.agent_id == agent_id and one.value.kind in kinds:
                with suppress(Stale):
                    await self._decide(one, by, confirm=False)

    async def _decide(self, found: Versioned[AccountChange], by: str, *, confirm: bool) -> None:
        if found.value.decided_at:
            raise Stale("account_change")
        now = self._clock.now_ms()
        decided = replace(found.value, decided_at=now, decided_by=by, refused=not confirm, password_hash="")

        async def decide() -> tuple[list[Write], None]:
            writes: list[Write] = [self._changes.update(decided, found.version)]
            target = await self._agents.get(found.value.agent_id)
            if target is None:
                raise NotFound("agent")
            if confirm:
                writes.append(self._agents.replacement(_changed(target.value, found.value), target.version))
            return writes, None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except Conflict as late:  # decided by somebody else meanwhile
            raise Stale("account_change") from late
        if confirm and found.value.kind is AccountChangeKind.RESET:
            await self._sessions.delete_of(found.value.agent_id)
        extra = {"agent_id": found.value.agent_id, "by": by, "confirmed": confirm}
        LOG.info("staff.account_change_decided", extra=extra)

    async def _target(self, agent_id: str) -> Agent:
        found = await self._agents.get(agent_id)
        if found is None:
            raise NotFound("agent")
        return found.value

    def _asked(self, agent_id: str, kind: AccountChangeKind, by: str) -> AccountChange:
        now = self._clock.now_ms()
        return AccountChange(new_id(now), agent_id, kind, by, now)

    def _say(self, event: str, agent_id: str, by: str, *, waits: bool) -> None:
        LOG.info(event, extra={"agent_id": agent_id, "by": by, "waits": waits})


def _changed(target: Agent, change: AccountChange) -> Agent:
    if change.kind is AccountChangeKind.RESET:
        return _with_password(target, change.password_hash)
    return replace(target, active=True)


def _with_password(agent: Agent, password_hash: str) -> Agent:
    return replace(agent, password_hash=password_hash, must_change=True)
