"""Read, decide, commit; and when somebody else was quicker, once more from the start.

Versions instead of locks: of two changes to one document one is refused, and whoever is refused has to
read and decide again, because what was decided rested on what is there no more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from hub.store.documents import Conflict, Documents, Duplicate, Write

T = TypeVar("T")


async def until_committed(
    documents: Documents, decide: Callable[[], Awaitable[tuple[Sequence[Write], T]]], *, tries: int
) -> T:
    """What `decide` gave beside the writes that were committed in the end.

    decide: reads anew at every try; without writes nothing is committed and its word stands. Raises the
    `Conflict` or `Duplicate` of the last try, so that the caller says what that means.
    """
    while True:
        writes, result = await decide()
        if not writes:
            return result
        tries -= 1
        try:
            await documents.commit(writes)
        except (Conflict, Duplicate):
            if tries <= 0:
                raise
        else:
            return result
