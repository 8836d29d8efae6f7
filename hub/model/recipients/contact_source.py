"""From where the office has a contact, and what the contact agreed to there. Each source is kept: an office
that asked for consent answers for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContactSource:
    """One contact in one source. id: `contact_id:source`.

    consent: as `campaigns.segment`, "" = not known. consent_at: when it was given, or when the file said so.
    batch: the import that told us last. Times are ms UTC, 0 = never.
    """

    id: str
    contact_id: str
    source: str
    at: int
    consent: str = ""
    consent_at: int = 0
    opted_out: bool = False
    batch: str = ""


def source_id(contact_id: str, source: str) -> str:
    """The id of the one record of a contact in a source."""
    return f"{contact_id}:{source}"
