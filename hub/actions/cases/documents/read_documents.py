"""Reads the documents of a case, for staff who may see it and for its citizen, whose right was proven."""

from __future__ import annotations

from collections.abc import Mapping

from hub.actions.staff.note_access import NoteAccess
from hub.model import policy
from hub.model.agent import Agent
from hub.model.cases.case import Case
from hub.model.legal_documents.legal_document import LegalDocument
from hub.model.staff.audit import AuditAct
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.repositories.repositories import Repositories
from hub.runtime.errors import NotFound


class ReadDocuments:
    """Reads."""

    def __init__(
        self, repositories: Repositories, documents: LegalDocumentRepository, note_access: NoteAccess
    ) -> None:
        self._repositories = repositories
        self._documents = documents
        self._note_access = note_access

    async def one(self, agent: Agent, case_id: str, place: int) -> tuple[Case, LegalDocument]:
        """A document and its case, by its place among the papers. Raises `NotFound`."""
        found = await self._repositories.cases.get(case_id)
        if found is None or not policy.may_see(agent, found.value):
            raise NotFound("case")
        document = (await self._documents.of_case(case_id, [place])).get(place)
        if document is None:
            raise NotFound("document")
        await self._note_access(agent, found.value, AuditAct.FILE_READ)
        return found.value, document

    async def delivered(self, case: Case) -> Mapping[int, LegalDocument]:
        """What has reached the citizen, by its place among the papers."""
        places = [place for place, paper in enumerate(case.proceeding.papers) if paper.delivered_at]
        return await self._documents.of_case(case.id, places) if places else {}
