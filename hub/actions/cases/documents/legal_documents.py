"""What is done with legal documents, together."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.documents.read_documents import ReadDocuments
from hub.actions.cases.documents.sign_documents import SignDocuments
from hub.runtime.typesetting.typesetter import Typesetter


@dataclass(frozen=True, slots=True)
class LegalDocuments:
    """sign: with a step of a case. read: by staff and the citizen. typesetter: makes PDF."""

    sign: SignDocuments
    read: ReadDocuments
    typesetter: Typesetter
