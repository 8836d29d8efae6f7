"""What each address was sent in the last days: one small document per address, found by its blind index.

Read for a whole batch at once and written in the commit of the intent to send, at the version that was read;
so of two processes that would write to the same person at the same instant one looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from channels.outbox.limits import DAY_MS, Sent, SentLately
from hub.store.documents import Collection, Documents, Insert, Update

NAME = "sent_lately"
COLLECTIONS = (Collection(NAME, fields={"until": int}, indexes=(("until",),)),)

_KEPT_MS = 8 * DAY_MS
"""Longer than any limit looks back; retention deletes what is older."""


async def read(documents: Documents, keys: Sequence[str]) -> Mapping[str, SentLately]:
    """Of the addresses that were sent something, by blind index."""
    found = await documents.get_many(NAME, keys)
    return {
        key: SentLately(
            key,
            stored.version,
            {origin: Sent(*sent) for origin, sent in stored.body["sent"].items()},
        )
        for key, stored in found.items()
    }


def writes(changed: Iterable[SentLately]) -> list[Insert | Update]:
    """New documents first, so that each kind travels together."""
    new: list[Insert | Update] = []
    known: list[Insert | Update] = []
    for one in changed:
        until = max(sent.at for sent in one.by_origin.values()) + _KEPT_MS
        body = {"until": until, "sent": {origin: list(sent) for origin, sent in one.by_origin.items()}}
        if one.version:
            known.append(Update(NAME, one.key, body, one.version))
        else:
            new.append(Insert(NAME, one.key, body))
    return new + known
