"""What this package needs from whoever keeps the entries."""

from collections.abc import Sequence
from typing import Protocol

from knowledge_base.entry import Entry


class EntrySource(Protocol):
    """Keeps the entries; the hub's repository is one, a list in a test another."""

    async def entries(self) -> Sequence[Entry]:
        """Every entry, in any state and order."""
        ...
