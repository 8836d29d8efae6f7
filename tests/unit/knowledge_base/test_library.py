from collections.abc import Sequence

import pytest

from knowledge_base.answer import Decision
from knowledge_base.entry import Entry
from knowledge_base.library import Library
from tests.unit.knowledge_base.entries import SMALL, entry


class Shelf:
    def __init__(self) -> None:
        self.kept: list[Entry] = []
        self.broken = False

    async def entries(self) -> Sequence[Entry]:
        if self.broken:
            raise OSError("the store is away")
        return self.kept


async def test_a_library_hands_over_until_it_has_read_the_entries() -> None:
    library = Library(Shelf())
    assert library.answer("驾照丢了咋补").decision is Decision.HAND_OVER


async def test_a_changed_entry_is_answered_after_a_refresh() -> None:
    shelf = Shelf()
    library = Library(shelf)
    shelf.kept = list(SMALL)
    await library.refresh()
    assert library.answer("驾照丢了咋补").matches[0].entry.id == "licence-lost"
    shelf.kept.append(entry("passport", "护照怎么办理"))
    await library.refresh()
    assert library.answer("护照怎么办理").matches[0].entry.id == "passport"


async def test_a_refresh_that_fails_leaves_the_old_answers() -> None:
    shelf = Shelf()
    shelf.kept = list(SMALL)
    library = Library(shelf)
    await library.refresh()
    shelf.broken = True
    with pytest.raises(OSError, match="away"):
        await library.refresh()
    assert library.answer("驾照丢了咋补").decision is Decision.ANSWER
