"""Makes accounts, sets passwords anew, lets people in and shuts them out; by two persons where it opens the
way to reports (`hub/model/staff/account_change.py`). Shutting out never waits.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from campaigns.said import Said
from hub.model.agent import Agent, Permission, Role
from hub.model.notification import NotificationKind
from hub.model.staff.account_change import (
    SHELL,
    AccountChange,
    AccountChangeKind,
    conflict_of,
    is_trusted,
    may_decide,
)
from hub.model.staff.audit import AuditAct
from hub.repositories.agents import AgentRepository, SessionRepository
from hub.repositories.staff.account_changes import AccountChangeRepository
from hub.repositories.staff.audit import AuditRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

LOG = logging.getLogger(__name__)
_DISABLED = "disable"
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
        notifications: NotificationRepository,
        audit: AuditRepository,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._agents = agents
        self._sessions = sessions
        self._changes = changes
        self._notifications = notifications
        self._audit = audit
        self._clock = clock

    async def create(self, agent: Agent, *, by: str) -> bool:
        """Stores a new account; whether it waits for a second person. Raises `Invalid` (`login`, `role`)."""
        _no_conflict(agent.roles, "role")
        writes: list[Write] = [self._agents.write(agent)]
        waits = is_trusted(agent.roles)
        if waits:
            change = self._asked(agent.id, AccountChangeKind.CREATE, by)
            writes = [self._agents.write(replace(agent, active=False)), self._changes.insert(change)]
        try:
            if waits:
                await self._documents.commit(writes)
            else:
                await self._noted(AccountChangeKind.CREATE, agent, by, also=writes)
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
            await self._noted(AccountChangeKind.RESET, target, by)
            await self._agents.update(agent_id, lambda now: _with_password(now, password_hash))
            await self._sessions.delete_of(agent_id)
        self._say("staff.password_reset", agent_id, by, waits=waits)
        return waits

    async def switch(self, agent_id: str, *, active: bool, by: str) -> bool:
        """Lets somebody in, which may wait, or shuts them out, at once. Raises `NotFound`."""
        target = await self._target(agent_id)
        if active:
            _no_conflict(target.roles, "role")
        waits = active and is_trusted(target.roles)
        if waits:
            change = self._asked(agent_id, AccountChangeKind.ENABLE, by)
            await self._documents.commit([self._changes.insert(change)])
        else:
            await self._noted(AccountChangeKind.ENABLE if active else _DISABLED, target, by)
            await self._agents.update(agent_id, lambda now: replace(now, active=active))
            if not active:
                await self._sessions.delete_of(agent_id)
                await self._give_up(agent_id, tuple(AccountChangeKind), by)
        self._say("staff.agent_switched", agent_id, by, waits=waits)
        return waits

    async def rights(self, agent_id: str, roles: Sequence[Role], unit_id: str, *, by: str) -> bool:
        """Other roles, another unit; whether it waits. Raises `NotFound`, `Invalid` (`roles`), `Stale`."""
        target = await self._target(agent_id)
        wanted = tuple(role for role in Role if role in roles)
        if not wanted:
            raise Invalid({"roles": Said("请至少选择一个角色")})
        _no_conflict(wanted, "roles")
        waits = is_trusted(wanted) or is_trusted(target.roles)
        change = replace(self._asked(agent_id, AccountChangeKind.RIGHTS, by), roles=wanted, unit_id=unit_id)
        await self._give_up(agent_id, (AccountChangeKind.RIGHTS,), by)  # of two the later one is meant
        if waits:
            await self._documents.commit([self._changes.insert(change)])
        else:
            decided = replace(change, decided_at=change.at, decided_by=by)
            await self._take_effect(decided, self._changes.insert(decided))
        self._say("staff.rights_changed", agent_id, by, waits=waits)
        return waits

    async def remove(self, agent_id: str, *, by: str) -> None:
        """Takes an account away for good: nobody logs in with it again, its login name is free, and what was
        done under its name keeps that name. Raises `NotFound`."""
        await self._target(agent_id)
        change = self._asked(agent_id, AccountChangeKind.REMOVE, by)
        decided = replace(change, decided_at=change.at, decided_by=by)
        await self._take_effect(decided, self._changes.insert(decided))
        await self._sessions.delete_of(agent_id)
        await self._give_up(agent_id, tuple(AccountChangeKind), by)
        self._say("staff.agent_removed", agent_id, by, waits=False)

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
        decided = replace(found.value, decided_at=now, decided_by=by, refused=not confirm)
        kept = self._changes.update(replace(decided, password_hash=""), found.version)
        await self._take_effect(decided, kept)
        if confirm and found.value.kind is AccountChangeKind.RESET:
            await self._sessions.delete_of(found.value.agent_id)
        extra = {"agent_id": found.value.agent_id, "by": by, "confirmed": confirm}
        LOG.info("staff.account_change_decided", extra=extra)

    async def _take_effect(self, decided: AccountChange, kept: Write) -> None:
        """Keeps a decided change and does what it says, in one commit; the one it is about is told."""

        async def decide() -> tuple[list[Write], None]:
            target = await self._agents.get(decided.agent_id)
            if decided.refused:
                return [kept], None
            if target is None or target.value.removed_at:
                raise NotFound("agent")
            row = await self._audit.next(
                AuditAct.ACCOUNT_CHANGED,
                agent_id=decided.decided_by,
                at=decided.decided_at,
                fields=(decided.kind, target.value.login),
            )
            changed = self._agents.replacement(_changed(target.value, decided), target.version)
            writes: list[Write] = [kept, changed, row]
            if decided.kind is AccountChangeKind.RIGHTS:
                kind, at = NotificationKind.RIGHTS_CHANGED, decided.decided_at
                writes.append(self._notifications.tell(decided.agent_id, kind, "", at=at, cause=decided.id))
            return writes, None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate) as late:  # decided by somebody else meanwhile
            raise Stale("account_change") from late

    async def _target(self, agent_id: str) -> Agent:
        found = await self._agents.get(agent_id)
        if found is None or found.value.removed_at:
            raise NotFound("agent")
        return found.value

    async def _noted(self, what: str, target: Agent, by: str, *, also: Sequence[Write] = ()) -> None:
        """A row of the audit, before or together with what it is about."""
        await self._audit.add(
            AuditAct.ACCOUNT_CHANGED,
            agent_id=by,
            case_id="",
            at=self._clock.now_ms(),
            fields=(what, target.login),
            also=also,
        )

    def _asked(self, agent_id: str, kind: AccountChangeKind, by: str) -> AccountChange:
        now = self._clock.now_ms()
        return AccountChange(new_id(now), agent_id, kind, by, now)

    def _say(self, event: str, agent_id: str, by: str, *, waits: bool) -> None:
        LOG.info(event, extra={"agent_id": agent_id, "by": by, "waits": waits})


def _changed(target: Agent, change: AccountChange) -> Agent:
    if change.kind is AccountChangeKind.RESET:
        return _with_password(target, change.password_hash)
    if change.kind is AccountChangeKind.RIGHTS:
        return replace(target, roles=change.roles, unit_id=change.unit_id)
    if change.kind is AccountChangeKind.REMOVE:
        return _removed(target, change.decided_at)
    return replace(target, active=True)


def _removed(agent: Agent, at: int) -> Agent:
    return replace(agent, active=False, removed_at=at, password_hash="", login=f"{agent.login}#{agent.id}")


def _no_conflict(roles: Sequence[Role], field: str) -> None:
    if conflict_of(roles):
        raise Invalid({field: Said("这两个角色不能由同一人担任：起草与审批、管理与审计要分开")})


def _with_password(agent: Agent, password_hash: str) -> Agent:
    return replace(agent, password_hash=password_hash, must_change=True)
