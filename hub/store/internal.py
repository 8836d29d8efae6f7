"""The collections every store has beside the declared ones.

They are ordinary collections, so that copying and digesting take them along: a copied
store goes on numbering where the old one stopped.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.store.documents import Collection, Undeclared
from hub.store.query import check_collection

COUNTERS = Collection("_counters", fields={"value": int})
"""One document per named counter; `value` is the last number given out."""

MIGRATIONS = Collection("_migrations", fields={"number": int}, indexes=(("number",),))
"""One document per migration that ran."""

KEYS = Collection("_keys")
"""What tells whether a key ring belongs to this store (`hub/repositories/key_proof.py`)."""

INDEX_PROOF = "index"
"""Id of the row of `KEYS` with a digest that only the right index key makes."""

REPORT_PROOF = "report:"
"""Begins the ids of the rows of `KEYS` with a text that only a key of REPORT recordings opens
(`hub/repositories/evidence/report_keys.py`)."""

INTERNAL = (COUNTERS, MIGRATIONS, KEYS)


def all_collections(declared: Sequence[Collection]) -> dict[str, Collection]:
    """The declared collections and the internal ones by name, checked."""
    found: dict[str, Collection] = {}
    for collection in (*declared, *INTERNAL):
        check_collection(collection)
        if collection.name in found:
            raise Undeclared(f"collection {collection.name} is declared twice")
        found[collection.name] = collection
    return found
