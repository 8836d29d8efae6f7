"""Cases that other processes changed: the bell rings in one process only, the store is read by all.

Read behind the instant of the last change, by an index, a few times a second and once per process. Clocks
of hosts differ and a commit takes a moment, so the last seconds are read again and told by version.
"""

from __future__ import annotations

from hub.repositories.cases import CaseRepository
from hub.runtime.clock import Clock

_LATE_MS = 5_000
_MANY = 2_000


class OtherProcesses:
    """Changes of cases that this process did not make."""

    def __init__(self, cases: CaseRepository, clock: Clock) -> None:
        self._cases = cases
        self._read_to = clock.now_ms()
        self._known: dict[str, int] = {}

    def knows(self, case_id: str, version: int) -> None:
        """This process has told of it already."""
        self._known[case_id] = version

    async def look(self) -> set[str]:
        """Ids of cases that changed since the last look and were not told."""
        found = await self._cases.changed_since(self._read_to - _LATE_MS, limit=_MANY)
        fresh = {id for id, version, _ in found if self._known.get(id) != version}
        self._known = {id: version for id, version, _ in found}
        self._read_to = max([self._read_to, *(at for _, _, at in found)])
        return fresh
