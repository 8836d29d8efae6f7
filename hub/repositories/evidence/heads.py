"""The chain of heads; only added to, never changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace

from hub.model.head import Head
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert
from hub.store.marks import Marks

COLLECTIONS = (Collection("heads", fields={"seq": int}, unique=(("seq",),)),)

_PAGE = 100


class HeadRepository:
    """Adds links and reads them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(Head, "heads", vault, key="seq")
        self._marks = Marks(vault, "heads")

    async def newest(self) -> Head | None:
        """The last link."""
        found = await self._documents.find("heads", {}, sort=(("seq", -1),), limit=1)
        return self._shape.load(found[0]) if found else None

    async def links(self) -> AsyncIterator[Head]:
        """All of them in order."""
        after = 0
        while True:
            where = {"seq": {"$gt": after}}
            page = await self._documents.find("heads", where, sort=(("seq", 1),), limit=_PAGE)
            for link in self._shape.listed(page):
                yield link
                after = link.seq
            if len(page) < _PAGE:
                return

    def insert(self, head: Head) -> Insert:
        """The write of a link, which marks it; its place in the chain is unique."""
        return self._shape.insert(self.marked(head))

    def marked(self, head: Head) -> Head:
        """The link with its mark."""
        return replace(head, mark=self._marks.of(_text(head)))

    def wrong(self, before: Head | None, link: Head) -> tuple[str, ...]:
        """What is wrong with a link that should follow `before`, None = should be the first."""
        problems: list[str] = []
        expected = before.seq + 1 if before else 1
        if link.seq != expected:
            problems.append(f"head {expected} is missing, {link.seq} follows")
        elif link.previous != (before.mark if before else ""):
            problems.append(f"head {link.seq} does not follow the head before it")
        if link.mark != self.marked(link).mark:
            problems.append(f"head {link.seq} was changed")
        return tuple(problems)


def _text(head: Head) -> str:
    said = asdict(replace(head, mark=""))
    if not head.audit_hash:  # the marks of links of earlier releases stay true
        del said["audit_hash"]
    return json.dumps(said, sort_keys=True, ensure_ascii=False)
