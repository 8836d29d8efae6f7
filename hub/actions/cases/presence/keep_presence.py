"""Who has which case open: what the pages of this process say, and what other processes stored.

The rule it protects: who may not see a case learns of nobody there, and nobody is named outside the
compartment in which the case was opened. Pages say it to the process that holds their stream, which stores
it every few seconds for the others; a process that dies says nothing more, and its people are gone.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.desk.presence import HELD_MS, Presence
from hub.repositories.presences import PresenceRepository
from hub.runtime.bell import PRESENCE, Bell
from hub.runtime.clock import Clock

_SAY_AGAIN_MS = 10_000
_LATE_MS = 5_000
"""Clocks of hosts differ, and a commit takes a moment: so far back other processes' words are read again."""


class KeepPresence:
    """The people at cases. One per process."""

    def __init__(self, presences: PresenceRepository, bell: Bell, clock: Clock, *, shared: bool) -> None:
        """shared: whether other processes write to the same store."""
        self._presences = presences
        self._bell = bell
        self._clock = clock
        self._shared = shared
        self._process = secrets.token_urlsafe(6)
        self._own: dict[str, dict[str, Presence]] = {}  # by case and agent
        self._pages: dict[tuple[str, str], int] = {}
        self._versions: dict[str, int] = {}
        self._unsaid: dict[str, Presence] = {}
        self._others: dict[str, dict[str, Presence]] = {}
        self._changed: set[str] = set()
        self._read_to = 0

    def enter(self, agent: Agent, case: Case) -> None:
        """A page of the agent shows a case they may see."""
        key = (case.id, agent.id)
        self._pages[key] = self._pages.get(key, 0) + 1
        now = self._clock.now_ms()
        before = self._of(case.id, agent)
        if before is None:
            id = f"{self._process}.{secrets.token_urlsafe(8)}"
            before = Presence(id, case.id, agent.id, case.compartment, now, now, now, now)
        self._say(replace(before, compartment=case.compartment, active_at=now))

    def leave(self, agent: Agent, case_id: str) -> None:
        """One of these pages was closed, or shows another case."""
        key = (case_id, agent.id)
        left = self._pages.pop(key, 1) - 1
        if left > 0:
            self._pages[key] = left
            return
        before = self._of(case_id, agent)
        if before is not None:
            self._say(before, held_ms=0)
            del self._own[case_id][agent.id]
            if not self._own[case_id]:
                del self._own[case_id]

    def act(self, agent: Agent, case_id: str, *, types: bool = False) -> None:
        """A sign of the agent at a case that one of their pages shows; nothing otherwise."""
        before = self._of(case_id, agent)
        if before is not None:
            now = self._clock.now_ms()
            begun = before.begun_at if before.has_begun(now) else now
            after = replace(before, active_at=now)
            self._say(replace(after, begun_at=begun, typed_at=now) if types else after)

    def stop_typing(self, agent: Agent, case_id: str) -> None:
        """What was written has been sent, or was given up."""
        before = self._of(case_id, agent)
        if before is not None and before.begun_at:
            self._say(replace(before, begun_at=0, typed_at=0))

    def at(self, case_id: str) -> list[Presence]:
        """Everybody at a case, who came first first; one line a person."""
        now = self._clock.now_ms()
        found: dict[str, Presence] = {}
        for one in (*self._others.get(case_id, {}).values(), *self._own.get(case_id, {}).values()):
            known = found.get(one.agent_id)
            if one.until > now and (known is None or known.typed_at <= one.typed_at):
                found[one.agent_id] = one
        return sorted(found.values(), key=lambda one: one.since)

    def cases(self) -> set[str]:
        """The cases somebody has open."""
        return self._own.keys() | self._others.keys()

    def changed(self) -> set[str]:
        """The cases at which something changed since this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    async def exchange(self) -> None:
        """Stores what is new here, and says again what is not; reads what other processes stored."""
        now = self._clock.now_ms()
        for one in [one for at_case in self._own.values() for one in at_case.values()]:
            if one.until - now < HELD_MS - _SAY_AGAIN_MS:
                self._renew(one, now, HELD_MS)
        unsaid = [one for one in self._unsaid.values() if one.until > now or one.id in self._versions]
        self._unsaid = {}
        if unsaid:
            await self._presences.write([(one, self._versions.get(one.id, 0)) for one in unsaid])
            for one in unsaid:
                self._versions[one.id] = self._versions.get(one.id, 0) + 1
                if one.until <= now:
                    del self._versions[one.id]
        if self._shared:
            await self._read(now)

    async def _read(self, now: int) -> None:
        for one in await self._presences.changed_since(self._read_to - _LATE_MS):
            self._read_to = max(self._read_to, one.seen_at)
            at_case = self._others.setdefault(one.case_id, {})
            if not one.id.startswith(f"{self._process}.") and at_case.get(one.id) != one:
                at_case[one.id] = one
                self._note(one.case_id)
        for case_id, at_case in list(self._others.items()):
            for id in [id for id, one in at_case.items() if one.until <= now]:
                del at_case[id]
                self._note(case_id)
            if not at_case:
                del self._others[case_id]

    def _of(self, case_id: str, agent: Agent) -> Presence | None:
        return self._own.get(case_id, {}).get(agent.id)

    def _say(self, one: Presence, *, held_ms: int = HELD_MS) -> None:
        self._renew(one, self._clock.now_ms(), held_ms)
        self._note(one.case_id)

    def _renew(self, one: Presence, now: int, held_ms: int) -> None:
        after = replace(one, until=now + held_ms, seen_at=now)
        self._own.setdefault(after.case_id, {})[after.agent_id] = after
        self._unsaid[after.id] = after

    def _note(self, case_id: str) -> None:
        self._changed.add(case_id)
        self._bell.ring(PRESENCE)
