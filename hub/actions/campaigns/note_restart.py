"""After a restart every run that is under way says with which delivery it went on.

Nothing depends on it: what is done again and what is not is known by the rows. It is for the officer who
asks whether somebody was left out.
"""

from __future__ import annotations

from contextlib import suppress

from campaigns.broadcast import BroadcastState
from hub.actions.campaigns.watch_campaign import WatchCampaign, done_of
from hub.repositories.campaigns import CampaignRepository
from hub.runtime.clock import Clock
from hub.store.documents import Conflict, Documents


class NoteRestart:
    """Called by whoever begins to lead the broadcasts."""

    def __init__(
        self, documents: Documents, repository: CampaignRepository, watch: WatchCampaign, clock: Clock
    ) -> None:
        self._documents = documents
        self._repository = repository
        self._watch = watch
        self._clock = clock

    async def __call__(self) -> int:
        """How many runs were noted. One that changes at the same moment is left as it is."""
        noted = 0
        for read in await self._repository.active_broadcasts():
            run = read.value
            done = done_of(run, await self._watch.of_active(run.campaign_id))
            if run.state is BroadcastState.PAUSED or not done:
                continue
            after = run.going_on(self._clock.now_ms(), done=done)
            with suppress(Conflict):
                await self._documents.commit([self._repository.update_broadcast(after, read.version)])
                noted += 1
        return noted
