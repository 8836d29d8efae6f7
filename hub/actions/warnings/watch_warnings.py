"""What time does to warnings: on-call staff are called, what is over alarms its owner, papers become overdue.

Rule protected: a call and an alarm happen once, whatever number of processes looks: each is one commit
with the issue at the version that was read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from channels.address import phone
from channels.outbox.delivery import POLICY, Delivery, MessageClass, Origin
from hub.actions.warnings.board import Board
from hub.actions.warnings.settings import OnCall, WarningSettings
from hub.model.notification import NotificationKind
from hub.model.warnings import words
from hub.model.warnings.issue import Act, Issue, Stage
from hub.model.warnings.message import MessageKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

log = logging.getLogger(__name__)

CALL_MS = 900_000
"""How long a call is of use."""


class WatchWarnings:
    """Called every second or so."""

    def __init__(
        self,
        documents: Documents,
        stores: Repositories,
        board: Board,
        clock: Clock,
        settings: WarningSettings,
    ) -> None:
        self._documents = documents
        self._stores = stores
        self._board = board
        self._clock = clock
        self._settings = settings

    async def step(self) -> bool:
        """One round. Never more to do at once."""
        now = self._clock.now_ms()
        for found in await self._stores.publicity.warnings.in_stage(Stage.RELEASE):
            issue = found.value
            if not issue.emergency or issue.drill:
                continue
            if self._call_is_due(issue, now):
                await self._call(found, now)
            elif self._is_unanswered(issue, now):
                log.warning("warning.unanswered", extra={"warning": issue.id, "called": issue.calls})
                await self._tell_owner(found, NotificationKind.WARNING_WAITING, now)
        for found in await self._stores.publicity.warnings.out():
            await self._over(found, now)
        for found in await self._stores.publicity.warnings.owing():
            if found.value.papers_due_at <= now and found.value.told_at < found.value.papers_due_at:
                await self._tell_owner(found, NotificationKind.WARNING_PAPERS, now)
        await self._board.look()
        return False

    def _call_is_due(self, issue: Issue, now: int) -> bool:
        """The first at once, each deputy when the one before did not act in time."""
        if issue.calls >= len(self._settings.on_call) or self._settings.text is None:
            return False
        return not issue.calls or issue.called_at + self._settings.deputy_ms <= now

    def _is_unanswered(self, issue: Issue, now: int) -> bool:
        """Whether everybody was called, the last one had his time, and its maker does not know yet."""
        left_at = max(issue.called_at, issue.submitted_at) + self._settings.deputy_ms
        everybody = issue.calls >= len(self._settings.on_call) or self._settings.text is None
        return everybody and left_at <= now and issue.told_at < issue.submitted_at

    async def _call(self, found: Versioned[Issue], now: int) -> None:
        """By text, in the first lane and without hours. Whoever has had a hand in it is passed over."""
        issue = found.value
        next_one = self._settings.on_call[issue.calls]
        after = replace(issue, calls=issue.calls + 1, called_at=now)
        known = await self._stores.agents.by_login(next_one.login)
        agent = known.value if known else None
        if agent is None or not agent.active or issue.had_a_hand(agent.id):
            after = replace(after, called_at=issue.called_at)
            await self._commit([self._stores.publicity.warnings.update(after, found.version)])
            return
        after = after.did(Act.CALLED, "", now, agent.id)
        row = self._row(issue, next_one, after.calls, now)
        writes: list[Write] = [
            self._stores.publicity.warnings.update(after, found.version),
            self._stores.outbox.insert(row),
        ]
        if await self._commit(writes):
            log.info("warning.called", extra={"warning": issue.id, "number": after.calls})

    def _row(self, issue: Issue, to: OnCall, number: int, now: int) -> Delivery:
        profile = self._settings.text
        if profile is None:
            raise ValueError("no channel for calls")
        title = words.headline(issue.content, issue.kind, self._settings.events)
        link = f"{self._settings.root}/staff/warnings/{issue.id}"
        text, parts = profile.compose(f"请立即核对并发布：{title}。{link}")
        address, policy = phone(to.phone), POLICY[MessageClass.E0]
        return Delivery(
            id=new_id(now),
            origin=Origin.NOTICE,
            origin_id=f"warning:{issue.id}",
            sender=profile.name,
            recipient=address,
            recipient_key=self._stores.contacts.key(address),
            message_class=MessageClass.E0,
            dedup=f"warning:{issue.id}:{issue.submitted_at}:{number}",
            created_at=now,
            expires_at=now + CALL_MS,
            text=text,
            lane=policy.lane,
            parts=parts,
            uncounted=True,
            not_before=now,
        )

    async def _over(self, found: Versioned[Issue], now: int) -> None:
        """A lift that was shown long enough ends; a warning that is over alarms its owner, once."""
        issue = found.value
        if now < issue.expires_at:
            return
        if issue.kind is MessageKind.LIFT:
            ended = replace(issue.moved(Stage.ENDED), ended_at=now)
            await self._commit([self._stores.publicity.warnings.update(ended, found.version)])
        elif issue.told_at < issue.expires_at:
            await self._tell_owner(found, NotificationKind.WARNING_OVER, now)

    async def _tell_owner(self, found: Versioned[Issue], kind: NotificationKind, now: int) -> None:
        issue = found.value
        released = [deed.by for deed in issue.deeds if deed.act is Act.RELEASED]
        told: list[Write] = [
            self._stores.notifications.tell_of_warning(one, kind, issue.id, at=now, cause=str(now))
            for one in dict.fromkeys([*issue.writers, *released])
        ]
        after = replace(issue, told_at=now)
        await self._commit([self._stores.publicity.warnings.update(after, found.version), *told])

    async def _commit(self, writes: Sequence[Write]) -> bool:
        """False when another process, or a person, was quicker."""
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            return False
        return True
