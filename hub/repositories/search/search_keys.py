"""What a case is found by as a whole: its number, and telephones, mail addresses and name of its citizen,
and the first letters of the name.

A case whose citizen is anonymous has no key that tells who it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from channels.address import Address, AddressKind, BadAddress, email, phone
from hub.model.cases.case import Case
from hub.store.crypto import Vault
from hub.store.keyed_terms import folded
from knowledge_base.text.initials import name_initials

TAIL_DIGITS = 4
"""The end of a telephone number that is enough to ask for."""
NUMBER_TAIL_DIGITS = 6
"""The end of a case number that is enough to ask for."""
_NAME_CHARS = range(2, 41)
INITIALS_CHARS = range(2, 7)
"""Of a name that is found by its first letters; one is too common."""
_STORED_PHONE = re.compile(r"\+?\d{3,20}")
_NOT_OF_NAMES = re.compile(r"[\W\d_]+")

Key = tuple["KeyKind", str]
"""A kind and its normalised value; of an address the value is its blind index."""


class KeyKind(StrEnum):
    """What is found as a whole."""

    NUMBER_TAIL = "number_tail"
    ADDRESS = "address"
    PHONE_TAIL = "phone_tail"
    NAME = "name"
    INITIALS = "initials"


def name_key(name: str) -> set[Key]:
    """A whole name, however it is spaced; a surname alone is too common to be one."""
    plain = _NOT_OF_NAMES.sub("", folded(name))
    return {(KeyKind.NAME, plain)} if len(plain) in _NAME_CHARS else set()


def initials_keys(name: str) -> set[Key]:
    """The first letters of a Chinese name, for each way to read it: 张三 → zs. None of any other name."""
    plain = _NOT_OF_NAMES.sub("", folded(name))
    if len(plain) not in INITIALS_CHARS or plain.isascii():
        return set()
    return {(KeyKind.INITIALS, letters) for letters in name_initials(plain)}


def typed_address(text: str) -> Address | None:
    """The telephone number or mail address that somebody wrote, or None."""
    try:
        found = email(text) if "@" in text else phone(text)
    except BadAddress:
        return None
    return found if found.value else None


def address_keys(text: str, vault: Vault) -> set[Key]:
    """The keys of an address as it is stored; none of one that nobody types, as a web chat's."""
    is_mail = "@" in text
    if not is_mail and not _STORED_PHONE.fullmatch(text):
        return set()
    address = Address(AddressKind.EMAIL if is_mail else AddressKind.PHONE, text)
    found: set[Key] = {(KeyKind.ADDRESS, vault.blind(address.key))}
    if address.kind is AddressKind.PHONE and len(address.value) > TAIL_DIGITS + 2:
        found.add((KeyKind.PHONE_TAIL, address.value[-TAIL_DIGITS:]))
    return found


def case_keys(case: Case, vault: Vault, others: Iterable[str] = ()) -> set[Key]:
    """The keys of a case. others: addresses from which it was written to, beside the citizen's own."""
    found: set[Key] = set()
    if case.reference:
        found.add((KeyKind.NUMBER_TAIL, case.reference[-NUMBER_TAIL_DIGITS:]))
    if case.applicant.anonymous:
        return found
    details = case.details or {}
    if case.applicant.address_key:  # readable also where the sealed part is not
        found.add((KeyKind.ADDRESS, case.applicant.address_key))
    for text in {case.applicant.address, details.get("phone", ""), details.get("email", ""), *others}:
        found |= address_keys(text, vault)
    return found | name_key(case.applicant.name) | initials_keys(case.applicant.name)
