"""One SHA-256 over everything a store holds: equal on two stores that hold the same.

It covers ids and bodies of all documents in id order, collection by collection. Versions
are left out, because they only count changes and a copy starts anew; so are the records of
migrations and of keys, which say when a store was brought up to date and what opens it, not what it holds.
A collection that holds nothing is left out too, so that a release that brings one changes no digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from hub.store.documents import Collection, Documents
from hub.store.internal import KEYS, MIGRATIONS, all_collections


async def digest(documents: Documents, collections: Sequence[Collection]) -> str:
    """The digest as 64 hexadecimal digits. Nobody should be writing meanwhile."""
    encoder = msgspec.json.Encoder(order="deterministic")
    sum_of_all = hashlib.sha256()
    for name in sorted(all_collections(collections)):
        if name in (KEYS.name, MIGRATIONS.name):
            continue
        is_empty = True
        async for document in documents.scan(name):
            if is_empty:
                sum_of_all.update(encoder.encode([name]) + b"\n")
                is_empty = False
            sum_of_all.update(encoder.encode([document.id, document.body]) + b"\n")
    return sum_of_all.hexdigest()
