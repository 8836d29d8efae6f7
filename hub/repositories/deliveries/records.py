"""The repositories of what is kept beside the outbox, as one."""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.deliveries.dead_letters import DeadLetters
from hub.repositories.deliveries.fallbacks import FallbackRepository
from hub.repositories.deliveries.parts import DeliveryParts
from hub.store.crypto import Vault
from hub.store.documents import Documents


@dataclass(frozen=True, slots=True)
class DeliveryRecords:
    """One of each."""

    parts: DeliveryParts
    dead_letters: DeadLetters
    fallbacks: FallbackRepository


def delivery_records(documents: Documents, vault: Vault) -> DeliveryRecords:
    """All of them."""
    return DeliveryRecords(
        DeliveryParts(documents, vault), DeadLetters(documents, vault), FallbackRepository(documents, vault)
    )
