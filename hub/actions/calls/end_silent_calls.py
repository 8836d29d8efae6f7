"""Ends calls whose end the carrier never reported, so that what was told is not left a draft for ever.

A call that has been put through to a person brings no word until that conversation is over; it is
given its own, longer time. Nothing is kept in memory, and a call of which something is heard while
it is being ended goes on.
"""

from __future__ import annotations

import logging

from hub.actions.calls.handle_call import HandleCall
from hub.model.call import Call
from hub.repositories.calls import CallRepository
from hub.runtime.clock import Clock
from hub.store.codec import Versioned

log = logging.getLogger(__name__)


class EndSilentCalls:
    """silent_seconds, transferred_seconds: how long nothing may be heard of a call, see `[calls]`."""

    def __init__(
        self,
        calls: CallRepository,
        handle_call: HandleCall,
        clock: Clock,
        *,
        silent_seconds: int,
        transferred_seconds: int,
    ) -> None:
        self._calls = calls
        self._handle_call = handle_call
        self._clock = clock
        self._silent_seconds = silent_seconds
        self._transferred_seconds = transferred_seconds

    async def __call__(self) -> int:
        """One look at all of them; how many were ended."""
        ended = await self._end(self._silent_seconds, transferred=False)
        ended += await self._end(self._transferred_seconds, transferred=True)
        if ended:
            log.warning("calls.ended_silent", extra={"calls": ended})
        return ended

    async def _end(self, seconds: int, *, transferred: bool) -> int:
        now = self._clock.now_ms()
        before = now - seconds * 1000
        silent = self._calls.silent_since(before, transferred=transferred)
        return sum([await self._ended(call, at=now) async for call in silent])

    async def _ended(self, call: Versioned[Call], *, at: int) -> bool:
        """Whether it was ended now. One that cannot be must not keep the others from becoming cases."""
        try:
            return await self._handle_call.hang_up(call, at=at)
        except Exception:
            log.exception("calls.not_ended", extra={"call": call.value.id})
            return False
