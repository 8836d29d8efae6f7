"""An agent says whether they take new cases."""

from __future__ import annotations

from collections.abc import Collection

from hub.model.agent import Agent
from hub.model.staff.availability import Availability, Readiness
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write
from hub.store.until_committed import until_committed

SHIFT_MS = 12 * 3_600_000
"""As long as a login lasts at most."""

_TRIES = 5


class SetAvailability:
    """Keeps what an agent says of themselves; it holds for a shift."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._availabilities = repositories.availabilities
        self._clock = clock

    async def now(self, agent: Agent) -> Availability:
        """What holds just now."""
        found = await self._availabilities.get(agent.id)
        at = self._clock.now_ms()
        if found is None or found.value.until <= at:
            languages = found.value.languages if found else ("zh",)
            return Availability(agent.id, Readiness.AWAY, at, languages)
        return found.value

    async def __call__(self, agent: Agent, readiness: Readiness, languages: Collection[str]) -> None:
        """languages: as in `Availability`. Raises `Stale` when two devices cannot agree."""

        async def decide() -> tuple[list[Write], None]:
            found = await self._availabilities.get(agent.id)
            said = Availability(
                agent.id,
                readiness,
                self._clock.now_ms() + SHIFT_MS,
                tuple(languages) or ("zh",),
                found.value.assigned_at if found else 0,
            )
            return [self._availabilities.write(said, found.version if found else None)], None

        try:
            await until_committed(self._documents, decide, tries=_TRIES)
        except (Conflict, Duplicate):
            raise Stale("availability") from None
