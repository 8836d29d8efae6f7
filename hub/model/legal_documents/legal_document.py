"""A legal document (法律文书) of a case: its number, its text, who signed it. Signed once, never changed.

Its delivery is an event of the case (`Paper` in `hub/model/cases/proceeding.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What it says. addressee: as the citizen named themselves. paragraphs: in order, the remedy (救济途径)
    last where there is one."""

    title: str
    addressee: str
    paragraphs: Sequence[str]

    @property
    def plain(self) -> str:
        """All of it, a line each."""
        return "\n".join((self.title, f"{self.addressee}：", *self.paragraphs))


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """id: of the case, and its place among the papers of the case. number: 文号. organ: its full name, never
    an internal office. signed_at: ms UTC. digest: SHA-256 of the plain text, which stands in the history."""

    id: str
    case_id: str
    place: int
    kind: str
    number: str
    organ: str
    signed_by: str
    signed_at: int
    digest: str
    title: str = personal()
    addressee: str = personal()
    paragraphs: tuple[str, ...] = personal(())

    @property
    def text(self) -> DocumentText:
        """What it says."""
        return DocumentText(self.title, self.addressee, self.paragraphs)

    @property
    def is_whole(self) -> bool:
        """Whether the text is the one that was signed."""
        return digest_of(self.text) == self.digest


def document_id(case_id: str, place: int) -> str:
    """Id of the document that belongs to a paper of the case, by its place among them (from 0)."""
    return f"{case_id}:{place:03d}"


def digest_of(text: DocumentText) -> str:
    """SHA-256 of the plain text, in hex."""
    return sha256(text.plain.encode()).hexdigest()
