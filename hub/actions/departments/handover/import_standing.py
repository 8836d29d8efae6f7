"""What the checklist of a cut-over asks about files that were handed over."""

from __future__ import annotations

from hub.actions.departments.cutover.checklist import ImportStanding
from hub.actions.departments.handover.read_handover import ReadHandover


class ReadImportStanding:
    """Implements `ImportsSigned`."""

    def __init__(self, read: ReadHandover) -> None:
        self._read = read

    async def __call__(self, department: str) -> ImportStanding:
        """How it stands now. Raises `NotFound`."""
        found = await self._read(department)
        return ImportStanding(len(found.taken), len(found.unsigned), found.unsettled)
