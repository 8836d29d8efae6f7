"""The loop that keeps what answers up to date: changes of other processes, and the hour of an entry."""

from __future__ import annotations

import asyncio

from hub.actions.knowledge.follow_entries import FollowEntries


async def follow_entries(follow: FollowEntries, *, poll_seconds: float = 1.0) -> None:
    """For the supervisor. A change made elsewhere answers here after `poll_seconds` at the latest."""
    while True:
        await follow.look()
        if await follow.settle():
            await follow.look()
        await asyncio.sleep(poll_seconds)
