"""Decides about what answers with everything in force that the store has, and again when it moved on.

The rule protected: what was checked is what is committed (docs/adr/0012-one-revision-for-what-answers.md).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from hub.actions.knowledge.entry_desk import Overtaken
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.runtime.errors import Stale
from hub.store.codec import Versioned

_TRIES = 10

T = TypeVar("T")


async def retry_on_new_revision(follow: FollowEntries, once: Callable[[Versioned[int]], Awaitable[T]]) -> T:
    """`once` decides and commits with the revision it is given, and raises `Overtaken` where that is over.
    This process answers by it when this returns. Raises `Stale`."""
    for _ in range(_TRIES):
        try:
            done = await once(await follow.look())
        except Overtaken:
            continue
        await follow.look()
        return done
    raise Stale("knowledge base")
