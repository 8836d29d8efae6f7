"""What is kept of departments, gathered."""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.departments import (
    callbacks,
    cutovers,
    keys,
    listened,
    registry,
    sent_months,
    sent_texts,
    shadows,
    submissions,
)
from hub.repositories.departments.callbacks import CallbackRepository
from hub.repositories.departments.cutovers import CutoverRepository
from hub.repositories.departments.keys import DepartmentKeyRepository
from hub.repositories.departments.listened import ListenedRepository
from hub.repositories.departments.registry import DepartmentRepository
from hub.repositories.departments.sent_months import SentMonthRepository
from hub.repositories.departments.sent_texts import SentTextRepository
from hub.repositories.departments.shadows import ShadowRepository
from hub.repositories.departments.submissions import SubmissionRepository
from hub.store.crypto import Vault
from hub.store.documents import Documents

COLLECTIONS = (
    *registry.COLLECTIONS,
    *keys.COLLECTIONS,
    *submissions.COLLECTIONS,
    *callbacks.COLLECTIONS,
    *listened.COLLECTIONS,
    *sent_months.COLLECTIONS,
    *cutovers.COLLECTIONS,
    *shadows.COLLECTIONS,
    *sent_texts.COLLECTIONS,
)


@dataclass(frozen=True, slots=True)
class DepartmentRecords:
    """One of each."""

    registry: DepartmentRepository
    keys: DepartmentKeyRepository
    submissions: SubmissionRepository
    callbacks: CallbackRepository
    listened: ListenedRepository
    sent_months: SentMonthRepository
    cutovers: CutoverRepository
    shadows: ShadowRepository
    sent_texts: SentTextRepository


def department_records(documents: Documents, vault: Vault) -> DepartmentRecords:
    """All on one store."""
    return DepartmentRecords(
        registry=DepartmentRepository(documents, vault),
        keys=DepartmentKeyRepository(documents, vault),
        submissions=SubmissionRepository(documents, vault),
        callbacks=CallbackRepository(documents, vault),
        listened=ListenedRepository(documents, vault),
        sent_months=SentMonthRepository(documents, vault),
        cutovers=CutoverRepository(documents, vault),
        shadows=ShadowRepository(documents, vault),
        sent_texts=SentTextRepository(documents, vault),
    )
