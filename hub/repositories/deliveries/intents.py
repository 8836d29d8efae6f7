"""Intents to send of rows that count for something: what an address gets."""

from __future__ import annotations

from collections.abc import Sequence

from channels.outbox.limits import SentLately
from channels.outbox.ports import Change, Leased
from hub.repositories.limits import sent_lately
from hub.repositories.outbox_rows import changed
from hub.store.documents import Conflict, Documents, Duplicate, Stored, Update


async def intend_counted(
    documents: Documents, changes: Sequence[Change], lately: Sequence[SentLately]
) -> tuple[set[str], list[Leased]]:
    """Writes intents and what they count for in one unit of work.

    Returns the ids of the rows that may not be sent, and of these the rows to be made ready again: their
    address was written to by another process meanwhile.
    """
    pending = {change.after.id: change for change in changes}
    counts = {one.key: one for one in lately}
    again: list[Leased] = []
    while pending:
        try:
            await documents.commit(
                [
                    *(Update("outbox", id, set, v) for id, v, set in map(changed, pending.values())),
                    *sent_lately.writes(counts.values()),
                ]
            )
            break
        except (Conflict, Duplicate) as stale:
            if stale.write.collection == "outbox":
                present = await documents.get_many("outbox", list(pending))
                for id in [id for id, c in pending.items() if is_late(c, present.get(id))]:
                    del pending[id]
                pending.pop(stale.write.id, None)
                continue
            others = {stale.write.id, *await _changed_meanwhile(documents, counts)}
            for id in [id for id, c in pending.items() if c.after.recipient_key in others]:
                again.append(pending.pop(id).before)
            for key in others:
                counts.pop(key, None)
    return {change.after.id for change in changes} - pending.keys(), again


async def _changed_meanwhile(documents: Documents, counts: dict[str, SentLately]) -> set[str]:
    found = await sent_lately.read(documents, list(counts))
    return {key for key, one in counts.items() if (found[key].version if key in found else 0) != one.version}


def is_late(change: Change, present: Stored | None) -> bool:
    """Whether the row is not any more what the change was made of."""
    return present is None or present.version != change.before.version
