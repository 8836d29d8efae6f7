"""Moves everything from one store to another, usually from SQLite to MongoDB.

Restartable: what is already there is refused as a duplicate and left as it is, so a run
that was interrupted is simply repeated. Versions start at 1 in the copy. Compare both
sides with `digest.py` afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.store.documents import Body, Collection, Documents, Refused
from hub.store.internal import INDEX_PROOF, KEYS, all_collections

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """What happened to the documents of one collection."""

    collection: str
    copied: int
    already_there: int


async def copy(source: Documents, target: Documents, collections: Sequence[Collection]) -> list[Copied]:
    """Copies all collections, the internal ones too. Nobody should be writing meanwhile.

    Raises `Refused`, before anything is written, when the target is sealed with other keys.
    """
    await _refuse_other_keys(source, target)
    report: list[Copied] = []
    for name in all_collections(collections):
        seen = refused = 0
        page: list[tuple[str, Body]] = []
        async for document in source.scan(name):
            page.append((document.id, document.body))
            seen += 1
            if len(page) == _PAGE:
                refused += len(await target.insert_many(name, page))
                page = []
        refused += len(await target.insert_many(name, page))
        report.append(Copied(name, seen - refused, refused))
    return report


async def _refuse_other_keys(source: Documents, target: Documents) -> None:
    """Both stores have their keys proved and the index keys differ."""
    ours, theirs = await source.get(KEYS.name, INDEX_PROOF), await target.get(KEYS.name, INDEX_PROOF)
    if ours is not None and theirs is not None and ours.body != theirs.body:
        raise Refused(
            "没有复制：目标库已用另一套密钥加密。 / Not copied: the target is sealed with other keys."
        )
