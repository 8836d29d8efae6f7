"""Parts a department sent: one document per local month, with a counter for it and one for each of its days.

They are kept: twelve small documents a year are also the record of who sent how much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from channels.outbox.limits import Spent
from hub.runtime.clock import CHINA
from hub.store.documents import Add, Collection, Documents

NAME = "department_parts"
COLLECTIONS = (Collection(NAME),)


async def read(documents: Documents, departments: Iterable[str], now: int) -> dict[str, Spent]:
    """What each sent so far on the day and in the month of `now`."""
    month, day = _keys(now)
    ids = {f"{department}:{month}": department for department in departments}
    found = await documents.get_many(NAME, list(ids))
    return {
        department: Spent(found[id].body.get(day, 0), found[id].body.get("parts", 0))
        if id in found
        else Spent(0, 0)
        for id, department in ids.items()
    }


def writes(parts: Mapping[str, int], now: int) -> list[Add]:
    """Adds to the counters of departments; parts may be taken back."""
    month, day = _keys(now)
    return [
        Add(NAME, f"{department}:{month}", {"parts": number, day: number})
        for department, number in Counter(parts).items()
        if department and number
    ]


def _keys(now: int) -> tuple[str, str]:
    local = datetime.fromtimestamp(now / 1000, UTC).astimezone(CHINA)
    return f"{local:%Y%m}", f"d{local:%d}"
