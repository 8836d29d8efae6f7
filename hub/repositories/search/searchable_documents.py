"""The store with an index of its cases: what a commit says of a case is found as soon as it is durable.

The writes say themselves what is added, moved or put behind the compartment, so that no action has to know of
the index or can forget it, and the index changes in the same unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.cases.history import HistoryKind
from hub.repositories.search.case_index import RESTRICTED, SHARED, CaseChange, CaseIndex
from hub.repositories.search.case_texts import CaseTexts
from hub.store.around import DocumentsAround
from hub.store.crypto import Vault
from hub.store.documents import Body, Conflict, Delete, Documents, Duplicate, Insert, Update, Write

_TRIES = 10
_OF_HISTORY = frozenset({HistoryKind.NOTED, HistoryKind.SUSPECTED, HistoryKind.RELEASED})
"""What is searched, and what decides how much of the history ordinary staff read."""
_TELLING = frozenset({"cases", "messages", "history", "recordings"})


class SearchableDocuments(DocumentsAround):
    """`Documents` that indexes what it commits; everything else is the store's own."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        super().__init__(documents)
        self._vault = vault
        self._texts = CaseTexts(documents, vault)
        self._index = CaseIndex(documents, vault, self._texts)

    async def commit(self, writes: Sequence[Write]) -> None:
        """See the port. Whoever indexed the same case a moment before is no conflict of the caller."""
        if not any(write.collection in _TELLING for write in writes):
            await self._documents.commit(writes)
            return
        for tries_left in reversed(range(_TRIES)):
            indexed = await self._index.writes(await self._changes(writes))
            try:
                await self._documents.commit([*writes, *indexed])
            except (Conflict, Duplicate) as refused:
                if refused.write.collection not in (SHARED, RESTRICTED) or not tries_left:
                    raise
            else:
                return

    async def _changes(self, writes: Sequence[Write]) -> dict[str, CaseChange]:
        """By case; of a case whose words stay as they were there is nothing."""
        changes: dict[str, CaseChange] = {}
        conversations = {
            write.id: write.body if isinstance(write, Insert) else write.set
            for write in writes
            if isinstance(write, Insert | Update) and write.collection == "conversations"
        }
        for write in writes:
            match write:
                case Insert("cases", id, body):
                    change = changes.setdefault(id, CaseChange())
                    change.case, change.is_new = self._texts.case(id, body), True
                case Update("cases", id, body):
                    await self._case(id, body, changes.setdefault(id, CaseChange()))
                case Delete("cases", id):
                    changes.setdefault(id, CaseChange()).is_gone = True
                case Insert("messages", id, body) if body.get("case_id"):
                    change = changes.setdefault(body["case_id"], CaseChange())
                    await self._said(id, body, change, conversations)
                case Update("messages", id, body) if "case_id" in body:
                    await self._moved(id, body["case_id"], changes, conversations)
                case Delete("messages", id):
                    await self._moved(id, "", changes, conversations)
                case Insert("history", id, body) if body["kind"] in _OF_HISTORY:
                    change = changes.setdefault(body["case_id"], CaseChange())
                    change.entries.append(self._texts.entry(id, body))
                case Insert("recordings", id, body) | Update("recordings", id, body):
                    if body.get("case_id") and body.get("pii"):
                        change = changes.setdefault(body["case_id"], CaseChange())
                        change.texts.append(self._texts.heard(id, body))
        return changes

    async def _case(self, id: str, body: Body, change: CaseChange) -> None:
        if "pii" not in body or "compartment" not in body:
            stored = await self._documents.get("cases", id)
            body = {**(stored.body if stored else {}), **body}
        change.case = self._texts.case(id, body)
        change.is_unreadable = f"cases/{id}" in self._vault.unreadable

    async def _said(self, id: str, body: Body, change: CaseChange, conversations: dict[str, Body]) -> None:
        change.texts.append(self._texts.said(id, body))
        conversation_id = body["conversation_id"]
        if conversation_id not in conversations:
            stored = await self._documents.get("conversations", conversation_id)
            conversations[conversation_id] = stored.body if stored else {}
        change.conversations[conversation_id] = conversations[conversation_id]

    async def _moved(
        self, id: str, after: str, changes: dict[str, CaseChange], conversations: dict[str, Body]
    ) -> None:
        stored = await self._documents.get("messages", id)
        if stored is None:
            return
        before = stored.body["case_id"]
        if before and before != after:
            changes.setdefault(before, CaseChange()).left.add(id)
        if after:
            change = changes.setdefault(after, CaseChange())
            await self._said(id, stored.body, change, conversations)
