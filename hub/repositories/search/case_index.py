"""The index in which cases are found: one document per case, which holds keyed terms and nothing readable.

Rule protected: nothing of a case behind the compartment stands in the shared index. Such a case keeps an
empty document there, and is found only by the whole addresses of its citizen, in an index of its own with a
key of its own. Because every case has exactly one document, whose version grows with each change, whoever
adds words to a case and whoever puts it behind the compartment at the same moment cannot both succeed.

Words are added as they are said; the document is made again from everything stored when the case itself
changed, when a message left it, and when it came out of the compartment.
"""

from __future__ import annotations

import json
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry
from hub.repositories.search.case_texts import CaseTexts, notes_of, own_texts
from hub.repositories.search.search_keys import Key, KeyKind, address_keys, case_keys, initials_keys
from hub.store.crypto import Vault
from hub.store.documents import Body, Collection, Delete, Documents, Insert, Stored, Update, Write
from hub.store.keyed_terms import VERSION, KeyedTerms
from hub.store.terms import index_terms, keyed, packed

SHARED = "case_search"
RESTRICTED = "report_search"
COLLECTIONS = (Collection(SHARED, search="terms"), Collection(RESTRICTED, search="terms"))


@dataclass(slots=True)
class CaseChange:
    """What one unit of work changes of a case.

    case: as it is written, None when only something is added. texts: what is added to it. entries: of its
    history. conversations: in which something was said, by id. left: messages that go to another case, or go.
    """

    case: Case | None = None
    is_new: bool = False
    is_gone: bool = False
    is_unreadable: bool = False
    texts: list[str] = field(default_factory=list)
    entries: list[HistoryEntry] = field(default_factory=list)
    conversations: dict[str, Body] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)


class CaseIndex:
    """Gives the writes that keep the index right, and finds cases in it."""

    def __init__(self, documents: Documents, vault: Vault, texts: CaseTexts) -> None:
        self._documents = documents
        self._vault = vault
        self._texts = texts
        self._shared = KeyedTerms(vault.subkey(f"{SHARED}:{VERSION}"))
        self._restricted = KeyedTerms(vault.subkey(f"{RESTRICTED}:{VERSION}"))

    # -- finding -----------------------------------------------------------------------

    async def find(self, keys: Iterable[Key], words: Iterable[str], *, limit: int) -> list[str]:
        """Ids of ordinary cases that hold every key and the terms of every word, the last changed first.

        Empty when nothing is asked for that is indexed. The words need not stand in one piece.
        """
        terms = {self._shared.of_value(kind, value) for kind, value in keys}
        for word in words:
            terms |= self._shared.of_text(word)
        return await self._ids(SHARED, terms, limit)

    async def find_restricted(self, address_key: str, *, limit: int) -> list[str]:
        """Ids of cases behind the compartment whose citizen has this address."""
        return await self._ids(RESTRICTED, {self._restricted.of_value(KeyKind.ADDRESS, address_key)}, limit)

    def is_indexed(self, word: str) -> bool:
        """Whether a word has terms: a single character and a long number have none."""
        return bool(self._shared.of_text(word))

    async def missing(self, after: str, *, limit: int) -> tuple[str, list[str]]:
        """The last id of the next cases, "" behind the last one, and those of them without a document."""
        where = {"id": {"$gt": after}}
        cases = await self._documents.find("cases", where, sort=(("id", 1),), limit=limit)
        known = await self._documents.get_many(SHARED, [case.id for case in cases])
        return cases[-1].id if cases else "", [case.id for case in cases if case.id not in known]

    async def next_ids(self, after: str, *, limit: int) -> list[str]:
        """Ids of the next cases."""
        where = {"id": {"$gt": after}}
        cases = await self._documents.find("cases", where, sort=(("id", 1),), limit=limit)
        return [case.id for case in cases]

    async def initials(self, case_id: str) -> list[Write]:
        """What adds the first letters of the name to a case that was indexed before there were any."""
        known = await self._documents.get(SHARED, case_id)
        if known is None or known.body["restricted"] or not known.body["named"]:
            return []
        case = await self._texts.stored_case(case_id)
        if case is None or case.is_restricted or case.applicant.anonymous:
            return []
        before = set(index_terms(known.body["terms"]))
        terms = before | self._keyed(initials_keys(case.applicant.name))
        if terms == before:
            return []
        return [Update(SHARED, case_id, {"terms": packed(terms)}, known.version)]

    async def _ids(self, collection: str, terms: set[str], limit: int) -> list[str]:
        if not terms:
            return []
        found = await self._documents.search(collection, keyed(sorted(terms)), limit=limit)
        return [stored.id for stored in found]

    # -- keeping -----------------------------------------------------------------------

    async def writes(self, changes: Mapping[str, CaseChange]) -> list[Write]:
        """What goes into the same unit of work."""
        return [write for id, change in changes.items() for write in await self._of_case(id, change)]

    async def _of_case(self, id: str, change: CaseChange) -> list[Write]:
        known = None if change.is_new else await self._documents.get(SHARED, id)
        if change.is_gone:
            return [*_gone(SHARED, known), *_gone(RESTRICTED, await self._documents.get(RESTRICTED, id))]
        is_open = known is not None and not known.body["restricted"]
        if known is not None and is_open and change.case is None and not change.left:
            return self._added(known, change)
        case = change.case or await self._texts.stored_case(id)
        if case is None:
            return []
        if case.is_restricted:
            return [*self._emptied(id, known, change), *await self._kept_apart(case, change)]
        leaves: Sequence[Write] = ()
        if known is not None and not is_open:
            leaves = _gone(RESTRICTED, await self._documents.get(RESTRICTED, id))
        digest = self._digest(case)
        same = known is not None and (known.body["case"] == digest or change.is_unreadable)
        if known is not None and is_open and same and not change.left:
            return self._added(known, change)
        terms = await self._built(case, change)
        named = int(not case.applicant.anonymous)
        return [_put(id, known, _body(terms, case=digest, named=named)), *leaves]

    def _added(self, known: Stored, change: CaseChange) -> list[Write]:
        """What was said is added; nothing is written when all of it was there."""
        texts = [*change.texts, *notes_of(change.entries)]
        if not texts and not change.conversations:  # most changes of a case say nothing
            return []
        before = set(index_terms(known.body["terms"]))
        terms = before.union(*map(self._shared.of_text, texts))
        if known.body["named"]:
            for address in self._new_addresses(change, before):
                terms |= self._keyed(address_keys(address, self._vault))
        if terms == before:
            return []
        return [Update(SHARED, known.id, {"terms": packed(terms)}, known.version)]

    def _new_addresses(self, change: CaseChange, before: Container[str]) -> list[str]:
        return [
            self._texts.address(id, body)
            for id, body in change.conversations.items()
            if body.get("address_key")
            and self._shared.of_value(KeyKind.ADDRESS, body["address_key"]) not in before
        ]

    async def _built(self, case: Case, change: CaseChange) -> set[str]:
        """The terms of a case from everything that is stored and everything that is being written."""
        texts = [*own_texts(case), *change.texts]
        terms = self._keyed(case_keys(case, self._vault))
        addresses = self._new_addresses(change, terms)
        if not change.is_new:
            messages = (await self._texts.messages([case.id])).get(case.id, [])
            messages = [message for message in messages if message.id not in change.left]
            texts += [message.text for message in messages]
            texts += await self._texts.notes(case.id, change.entries)
            texts += await self._texts.transcripts(case.id)
            addresses += await self._texts.addresses(message.conversation_id for message in messages)
        if not case.applicant.anonymous:
            terms = terms.union(*(self._keyed(address_keys(one, self._vault)) for one in addresses))
        return terms.union(*map(self._shared.of_text, texts))

    def _emptied(self, id: str, known: Stored | None, change: CaseChange) -> list[Write]:
        """Nothing is left in the shared index. Words that come alone change the version all the same."""
        if known is not None and known.body["restricted"] and change.case is not None:
            return []
        return [_put(id, known, _body(set(), restricted=1))]

    async def _kept_apart(self, case: Case, change: CaseChange) -> list[Write]:
        known = None if change.is_new else await self._documents.get(RESTRICTED, case.id)
        addresses = [] if case.applicant.anonymous else self._new_addresses(change, ())
        before = set(index_terms(known.body["terms"])) if known else set()
        if case.applicant.anonymous:
            before = set()
        elif known is None and not change.is_new:
            said = (await self._texts.messages([case.id])).get(case.id, [])
            addresses += await self._texts.addresses(message.conversation_id for message in said)
        terms = before | {
            self._restricted.of_value(kind, value)
            for kind, value in case_keys(case, self._vault, addresses)
            if kind is KeyKind.ADDRESS
        }
        if not terms:
            return _gone(RESTRICTED, known)
        if known is None:
            return [Insert(RESTRICTED, case.id, {"terms": packed(terms)})]
        if terms == set(index_terms(known.body["terms"])):
            return []
        return [Update(RESTRICTED, case.id, {"terms": packed(terms)}, known.version)]

    def _keyed(self, keys: Iterable[Key]) -> set[str]:
        return {self._shared.of_value(kind, value) for kind, value in keys}

    def _digest(self, case: Case) -> str:
        """Tells whether what the case says by itself is what it was."""
        who, details = case.applicant, case.details or {}
        own = (case.reference, who.name, who.address, who.address_key, who.anonymous, details)
        said = json.dumps([own, own_texts(case)], sort_keys=True)
        return self._shared.of_value("case", said)


def _body(terms: set[str], *, case: str = "", named: int = 0, restricted: int = 0) -> Body:
    return {"terms": packed(terms), "case": case, "named": named, "restricted": restricted}


def _gone(collection: str, known: Stored | None) -> list[Write]:
    return [Delete(collection, known.id, known.version)] if known else []


def _put(id: str, known: Stored | None, body: Body) -> Write:
    return Insert(SHARED, id, body) if known is None else Update(SHARED, id, body, known.version)
