"""Contacts: a person or organisation the hub talks with, by one or more addresses."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.personal import personal


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or organisation.

    segments: names of the groups a publicity officer may address (分组).
    region: administrative code or area code, "" if unknown.
    """

    id: str
    created_at: int
    language: str = "zh"
    region: str = ""
    segments: tuple[str, ...] = ()
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
