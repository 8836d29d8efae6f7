"""Who is on duty: signing on and off with a hand-over note, and the pages that say they are open and
heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.model.agent import Agent, Permission
from hub.model.alarms.duty import DutyPage, DutyWatch
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid, NotFound
from hub.runtime.ids import new_id
from hub.store.documents import Documents, Duplicate, Write
from hub.store.until_committed import until_committed

_MOST_NOTE = 1_000
_TRIES = 4


class KeepDuty:
    """Turns and pages."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def sign_on(self, agent: Agent, *, read: str) -> None:
        """read: id of the turn whose note was shown, "" for none. Twice is once.

        Raises `Forbidden`, or `Invalid` when a note waits to be read that was not shown.
        """
        if not agent.may(Permission.ALARM_DUTY):
            raise Forbidden(Permission.ALARM_DUTY)

        async def decide() -> tuple[Sequence[Write], None]:
            now, duty = self._clock.now_ms(), self._repositories.duty
            if any(one.value.agent_id == agent.id for one in await duty.on_duty()):
                return (), None
            writes: list[Write] = [duty.insert(DutyWatch(new_id(now), agent.id, now))]
            last = await duty.last_ended()
            if last is not None and not last.value.read_at:
                if last.value.id != read:
                    raise Invalid({"read": "请先阅读上一班的交接"})
                writes.append(duty.update(replace(last.value, read_by=agent.id, read_at=now), last.version))
            return writes, None

        await until_committed(self._documents, decide, tries=_TRIES)

    async def sign_off(self, agent: Agent, note: str) -> None:
        """Raises `Invalid` without a note, `NotFound` for who is not on duty."""
        note = note.strip()
        if not note:
            raise Invalid({"note": "请写明交接事项，没有时写“无”"})
        if len(note) > _MOST_NOTE:
            raise Invalid({"note": f"最多 {_MOST_NOTE} 个字"})

        async def decide() -> tuple[Sequence[Write], None]:
            duty = self._repositories.duty
            mine = next((one for one in await duty.on_duty() if one.value.agent_id == agent.id), None)
            if mine is None:
                raise NotFound("watch")
            ended = replace(mine.value, ended_at=self._clock.now_ms(), note=note)
            return [duty.update(ended, mine.version)], None

        await until_committed(self._documents, decide, tries=_TRIES)

    async def page_seen(self, agent: Agent, page_id: str, *, sounds: bool) -> None:
        """A page answered its stream. sounds: its sound runs; else its test counts no more."""
        page = DutyPage(page_id, agent.id, self._clock.now_ms())
        await self._seen(page, keeps_sound=sounds)

    async def sound_heard(self, agent: Agent, page_id: str) -> None:
        """The officer heard the test on this page."""
        now = self._clock.now_ms()
        await self._seen(DutyPage(page_id, agent.id, now, now), keeps_sound=False)

    async def _seen(self, page: DutyPage, *, keeps_sound: bool) -> None:
        """Two of one page at once say the same."""
        try:
            await self._repositories.duty.seen(page, keeps_sound=keeps_sound)
        except Duplicate:
            return
