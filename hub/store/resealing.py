"""Seals anew with the current key what was sealed with an older one: rows in pages, then files.

Rule protected: nothing is ever without a seal or with half of one; killed anywhere and begun again it goes
on. Each row is written under the version that was read, so a row changed meanwhile is left to the next round
(it was sealed anew by that change). What does not open is left as it is and counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.store.crypto import KeyProblem, Vault, key_id_of
from hub.store.documents import Body, Collection, Documents, Stored

_PAGE = 200
_BY_ID = (("id", 1),)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is sealed with which key, rows and files by key id ("" = in the clear); what does not open."""

    rows: Mapping[str, int]
    files: Mapping[str, int]
    damaged: Sequence[str]


@dataclass(frozen=True, slots=True)
class Round:
    """One round. resealed: rows and files; left: what was changed meanwhile or does not open."""

    resealed: int
    left: int


class KeptFiles(Protocol):
    """Files that are sealed, by id."""

    def ids(self) -> list[str]: ...

    def place(self, id: str) -> str: ...

    def key_of(self, id: str) -> str: ...

    def check(self, id: str) -> None:
        """Raises `KeyProblem` or `OSError` when it does not open."""
        ...


class ResealedFiles(KeptFiles, Protocol):
    """Files that are all sealed with the current key of the store."""

    def reseal(self, id: str) -> bool: ...


async def look(
    documents: Documents, collections: Sequence[Collection], stores: Sequence[KeptFiles], vault: Vault
) -> Sealed:
    """Opens everything that is sealed."""
    rows: Counter[str] = Counter()
    files: Counter[str] = Counter()
    damaged: list[str] = []
    for collection in collections:
        async for page in _pages(documents, collection.name):
            for row in page:
                sealed: str = row.body.get("pii") or ""
                if sealed:
                    place = f"{collection.name}/{row.id}"
                    rows[key_id_of(sealed)] += 1
                    if not _opens(vault, place, sealed):
                        damaged.append(place)
    for store in stores:
        for id in await asyncio.to_thread(store.ids):
            try:
                files[await asyncio.to_thread(store.key_of, id)] += 1
                await asyncio.to_thread(store.check, id)
            except (KeyProblem, OSError):
                damaged.append(store.place(id))
    return Sealed(rows, files, damaged)


async def reseal(
    documents: Documents,
    collections: Sequence[Collection],
    stores: Sequence[ResealedFiles],
    vault: Vault,
    *,
    pause_seconds: float = 0.0,
) -> Round:
    """Everything once, with a pause after each page that was written."""
    resealed = left = 0
    for collection in collections:
        async for page in _pages(documents, collection.name):
            changes, lost = _changes(collection.name, page, vault)
            left += lost
            if changes:
                late = await documents.settle(collection.name, changes)
                left += len(late)
                resealed += len(changes) - len(late)
                await asyncio.sleep(pause_seconds)
    for store in stores:
        for id in await asyncio.to_thread(store.ids):
            try:
                resealed += await asyncio.to_thread(store.reseal, id)
            except (KeyProblem, OSError):
                left += 1
    return Round(resealed, left)


async def _pages(documents: Documents, name: str) -> AsyncIterator[list[Stored]]:
    after: str | None = None
    while True:
        page = await documents.find(name, {}, sort=_BY_ID, limit=_PAGE, after=after)
        yield page
        if len(page) < _PAGE:
            return
        after = documents.cursor(page[-1], _BY_ID)


def _changes(name: str, page: Sequence[Stored], vault: Vault) -> tuple[list[tuple[str, int, Body]], int]:
    changes: list[tuple[str, int, Body]] = []
    lost = 0
    for row in page:
        blob: str = row.body.get("pii") or ""
        if blob and key_id_of(blob) != vault.current:
            place = f"{name}/{row.id}"
            try:
                changes.append((row.id, row.version, {"pii": vault.seal(place, vault.open(place, blob))}))
            except KeyProblem:
                lost += 1
    return changes, lost


def _opens(vault: Vault, place: str, blob: str) -> bool:
    try:
        vault.open(place, blob)
    except KeyProblem:
        return False
    return True
