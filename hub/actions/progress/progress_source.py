"""What `TrackCase` needs of whoever knows how far matters are: our own cases, or another system."""

from __future__ import annotations

from typing import Protocol

from channels.address import Address
from hub.model.progress import Progress
from hub.runtime.errors import HubError


class SourceDown(HubError):
    """It cannot be asked now, or its answer made no sense. Whether the matter exists is unknown."""


class ProgressSource(Protocol):
    """Where progress is known."""

    def recognises(self, reference: str) -> bool:
        """Whether the number has the form this source gives out."""
        ...

    def accepts_code(self, code: str) -> bool:
        """Whether the code has the form this source gives out."""
        ...

    async def is_owner(self, reference: str, shown: Address) -> bool:
        """Whether the matter is of whoever shows this number or account; False when there is none."""
        ...

    async def progress(self, reference: str, code: str) -> Progress | None:
        """Progress when the code is right; None when it is wrong or there is no such matter. Raises
        `SourceDown`."""
        ...
