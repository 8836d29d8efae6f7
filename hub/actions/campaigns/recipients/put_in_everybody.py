"""Members of groups of earlier releases get the row that stands for them in lists."""

from __future__ import annotations

from dataclasses import replace

from campaigns.segment import EVERYBODY
from channels.address import Address
from hub.repositories.memberships import Membership, MembershipRepository, reach_of
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Body, Documents
from hub.store.unreadable import Unreadable

_AT_ONCE = 500


async def put_in_everybody(documents: Documents, vault: Vault) -> None:
    """Harmless to repeat: a contact has one such row. One that cannot be read is left to whoever mends it."""
    shape = Shape(Membership, "memberships", vault)
    repository = MembershipRepository(documents, vault, cities={})
    fresh: dict[str, Body] = {}
    async for stored in documents.scan("memberships"):
        id = f"{EVERYBODY}:{stored.body['contact_id']}"
        if stored.body["group"] == EVERYBODY or id in fresh:
            continue
        try:
            old = shape.load(stored)
        except Unreadable:
            continue
        row = replace(
            old,
            id=id,
            group=EVERYBODY,
            reach=reach_of(Address(old.kind, old.address)),
            name_key=repository.name_key(old.name),
            listed_at=old.since,
        )
        fresh[id] = shape.body(row)
        if len(fresh) == _AT_ONCE:
            await documents.insert_many("memberships", list(fresh.items()))
            fresh.clear()
    if fresh:
        await documents.insert_many("memberships", list(fresh.items()))
