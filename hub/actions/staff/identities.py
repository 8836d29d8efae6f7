"""Whose matter a case is, for what the hub does by itself: answering, calling 110, splitting a letter.

Nothing of it is shown here: what people read goes by a request (`reveal_identity.py`).
"""

from __future__ import annotations

from dataclasses import replace

from hub.model.cases.case import Case
from hub.model.staff.identity import Identity, is_kept_apart
from hub.repositories.vault.identity_vault import IdentityVault
from hub.store.crypto import Vault
from hub.store.documents import Documents


class Identities:
    """The one reader of the vault."""

    def __init__(self, vault: IdentityVault) -> None:
        self._vault = vault

    async def whole(self, case: Case) -> Case:
        """The case with name and addresses, to be used and not to be shown. Raises `Unreadable`."""
        if not is_kept_apart(case) or case.applicant.anonymous:
            return case
        found = await self._vault.get(case.id)
        if found is None:
            return case
        known = found.value
        details = {**(case.details or {}), **_given(known)}
        applicant = replace(
            case.applicant,
            name=case.applicant.name or known.name,
            address=case.applicant.address or known.address,
        )
        return replace(case, applicant=applicant, details=details)

    async def of(self, case_id: str) -> Identity | None:
        """What is kept of one case, None = nothing. Raises `Unreadable`."""
        found = await self._vault.get(case_id)
        return found.value if found else None


def identities_of(documents: Documents, keys: Vault) -> Identities:
    """Over a store. keys: those of identities."""
    return Identities(IdentityVault(documents, keys))


def _given(identity: Identity) -> dict[str, str]:
    return {name: getattr(identity, name) for name in ("phone", "email") if getattr(identity, name)}
