"""Contacts: a person or organisation the hub talks with, by one or more addresses."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or organisation. `region`: administrative code, "" if unknown.

    The groups a publicity officer may address are memberships (`hub/repositories/memberships.py`).
    """

    id: str
    created_at: int
    language: str = "zh"
    region: str = ""
    name: str = personal()


@dataclass(frozen=True, slots=True)
class ContactAddress:
    """One address of a contact. `id` is the blind index of the address: look-up needs no plain text."""

    id: str
    contact_id: str
    kind: str
    created_at: int
    verified: bool = False
    value: str = personal()
