"""Legal documents, sealed, and the series their numbers come from: one of each organ, kind and year.

A number is drawn in the unit of work that signs: two who sign at once cannot have the same, and none is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.model.legal_documents.legal_document import LegalDocument, document_id
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update, Write

COLLECTIONS = (Collection("legal_documents"), Collection("document_series"))


@dataclass(frozen=True, slots=True)
class Series:
    """Where a series stands. last: the number drawn last. version: 0 before the first."""

    id: str
    last: int
    version: int


class LegalDocumentRepository:
    """Reads documents; gives the writes that store them and draw numbers."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._shape = Shape(LegalDocument, "legal_documents", vault)

    async def of_case(self, case_id: str, places: Sequence[int]) -> Mapping[int, LegalDocument]:
        """Documents of a case by their place among its papers; papers of earlier releases have none."""
        ids = [document_id(case_id, place) for place in places]
        found = await self._documents.get_many("legal_documents", ids)
        return {one.place: one for one in self._shape.listed(found.values())}

    async def series(self, code: str, mark: str, year: int) -> Series:
        """Where the series of an organ's kind of document stands in a year."""
        id = f"{code}:{mark}:{year}"
        stored = await self._documents.get("document_series", id)
        return Series(id, stored.body["last"], stored.version) if stored else Series(id, 0, 0)

    def draw(self, series: Series) -> Write:
        """The write that takes the next number; `Conflict` or `Duplicate` when somebody else did."""
        if not series.version:
            return Insert("document_series", series.id, {"last": 1})
        return Update("document_series", series.id, {"last": series.last + 1}, series.version)

    def insert(self, document: LegalDocument) -> Insert:
        """The write of a new one."""
        return self._shape.insert(document)
