"""What helps with who texts 12110 in danger: what the carrier knows of them, what they registered before."""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.alarms import carrier_looks
from hub.repositories.alarms.carrier_looks import CarrierLookRepository
from hub.repositories.people import register
from hub.repositories.people.register import RegisterRepository
from hub.store.crypto import Vault
from hub.store.documents import Documents

COLLECTIONS = (*carrier_looks.COLLECTIONS, *register.COLLECTIONS)


@dataclass(frozen=True, slots=True)
class AidRepositories:
    """One of each."""

    carrier_looks: CarrierLookRepository
    register: RegisterRepository


def aid_repositories(documents: Documents, vault: Vault) -> AidRepositories:
    """Both over one store."""
    return AidRepositories(CarrierLookRepository(documents, vault), RegisterRepository(documents, vault))
