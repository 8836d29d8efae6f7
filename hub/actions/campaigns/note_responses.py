"""Notes who wrote within 72 hours after a broadcast reached them: a reply, or the wish for no more of it.

Read afterwards behind a cursor, so that no citizen waits for it. Whether a broadcast reached an address needs
no index over addresses: the id of its row follows from both. What stands behind a compartment wall is
neither a reply nor a number, except that the wish to be left alone is counted without anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaigns.broadcast import Broadcast
from campaigns.selection import delivery_id
from campaigns.totals import MAY_HAVE_ARRIVED
from channels.outbox.delivery import Delivery
from hub.model.conversation import Conversation, Direction, Message
from hub.repositories.repositories import Repositories
from hub.repositories.sending.responses import Response, ResponseKind, response
from hub.runtime.clock import Clock
from hub.store.documents import Conflict, Documents, Duplicate

WITHIN_MS = 72 * 3_600_000
_LONGEST_RUN_MS = 7 * 24 * 3_600_000
_SETTLE_MS = 10_000
"""What was received in the last moments may not be committed yet."""
_STEP = 200
_ROWS = 1000
_RUNS = 500
_CURSOR = "broadcast_responses"


class NoteResponses:
    """`step` until it says False; harmless in several processes, of which one gets on."""

    def __init__(self, documents: Documents, repositories: Repositories, clock: Clock) -> None:
        self._documents = documents
        self._repositories = repositories
        self._clock = clock

    async def step(self) -> bool:
        """Reads on a little; whether there is more to read at once."""
        now, stores = self._clock.now_ms(), self._repositories
        known = await stores.cursors.get(_CURSOR)
        heard, place = await stores.conversations.said_since(
            known.value, since=now - WITHIN_MS, before=now - _SETTLE_MS, limit=_STEP
        )
        if place == known.value:
            return False
        found = await self._responses([m for m in heard if m.direction is Direction.IN], now)
        responses = stores.publicity.responses
        there = await responses.known(found)
        fresh = {one.id: one for one in found if one.id not in there}
        try:
            await self._documents.commit(
                [
                    stores.cursors.move(_CURSOR, known, place),
                    *map(responses.insert, fresh.values()),
                ]
            )
        except (Conflict, Duplicate):
            return False  # another process read the same and was quicker
        return len(heard) == _STEP

    async def _responses(self, heard: Sequence[Message], now: int) -> list[Response]:
        stores = self._repositories
        runs = await stores.campaigns.recent_broadcasts(since=now - WITHIN_MS - _LONGEST_RUN_MS, limit=_RUNS)
        if not heard or not runs:
            return []
        talks = await stores.conversations.get_many(list({message.conversation_id for message in heard}))
        walled = await stores.cases.walled(list({m.case_id for m in heard if m.case_id}))
        written = [(message, talks[message.conversation_id]) for message in heard if _known(message, talks)]
        rows = await self._rows([talk for _, talk in written], runs)
        found = []
        for message, talk in written:
            run = _answered(message, talk, runs, rows)
            if run is None:
                continue
            if await self._opts_out(talk, message):
                kind = ResponseKind.OPT_OUT
            elif message.case_id in walled:
                continue
            else:
                kind = ResponseKind.REPLY
            found.append(response(run.id, talk.id, kind, at=message.at, message_id=message.id))
        return found

    async def _rows(self, talks: Sequence[Conversation], runs: Sequence[Broadcast]) -> Mapping[str, Delivery]:
        """The rows by which these runs wrote to these people, by id."""
        ids = {
            delivery_id(run, talk.address_key)
            for talk in talks
            for run in runs
            if run.channel == talk.channel
        }
        rows: dict[str, Delivery] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), _ROWS):
            found = await self._repositories.outbox.reread(wanted[start : start + _ROWS])
            rows.update({id: row.delivery for id, row in found.items()})
        return rows

    async def _opts_out(self, talk: Conversation, message: Message) -> bool:
        rules = await self._repositories.suppressions.of_address(talk.address_key)
        return any(rule.value.since == message.at for rule in rules)


def _known(message: Message, talks: Mapping[str, Conversation]) -> bool:
    talk = talks.get(message.conversation_id)
    return talk is not None and bool(talk.address_key)


def _answered(
    message: Message, talk: Conversation, runs: Sequence[Broadcast], rows: Mapping[str, Delivery]
) -> Broadcast | None:
    """The latest run that may have reached the writer within the time before the message."""
    for run in runs:
        row = rows.get(delivery_id(run, talk.address_key)) if run.channel == talk.channel else None
        if row is None or row.state not in MAY_HAVE_ARRIVED:
            continue
        since = row.accepted_at or run.fire_at
        if since <= message.at <= since + WITHIN_MS:
            return run
    return None
