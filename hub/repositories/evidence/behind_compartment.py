"""Which of some cases stand behind the compartment, for what is counted on pages and told to machines.

A count that holds one report more tells of it, so counts that others read are made without them.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.model.track import Compartment
from hub.store.documents import Documents


async def restricted(documents: Documents, case_ids: Iterable[str]) -> frozenset[str]:
    """Those that only inspectors see. One read, whatever is asked, so that its time tells nothing."""
    found = await documents.get_many("cases", sorted({*case_ids, ""}))
    return frozenset(
        one.id for one in found.values() if one.body.get("compartment", Compartment.NONE) != Compartment.NONE
    )
