"""Legal documents: who signs, where they are kept, what makes PDF of them."""

from __future__ import annotations

from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.documents.legal_documents import LegalDocuments
from hub.actions.cases.documents.read_documents import ReadDocuments
from hub.actions.cases.documents.sign_documents import Organ, SignDocuments
from hub.actions.staff.note_access import NoteAccess
from hub.repositories.legal_documents.documents import LegalDocumentRepository
from hub.runtime.typesetting.typesetter import Typesetter
from hub.wiring.foundation import Foundation


def documents_of(base: Foundation, rules: CaseRules, access: NoteAccess) -> LegalDocuments:
    """Everything about documents; the organ is who publishes, never an office inside it."""
    organisation, kept = base.settings.organisation, LegalDocumentRepository(base.documents, base.vault)
    organ = Organ(organisation.publisher, organisation.document_code, organisation.superior)
    typesetter = Typesetter(organisation.document_fonts, organisation.document_font_names)
    return LegalDocuments(
        sign=SignDocuments(base.stores, kept, rules, organ, typesetter.unprintable),
        read=ReadDocuments(base.stores, kept, access),
        typesetter=typesetter,
    )
