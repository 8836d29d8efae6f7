"""The four repositories of those who write campaigns, and their collections."""

from __future__ import annotations

from dataclasses import dataclass

from hub.repositories.composer import sensitive_words, text_templates, trials, writings
from hub.repositories.composer.sensitive_words import SensitiveWordRepository
from hub.repositories.composer.text_templates import TextTemplateRepository
from hub.repositories.composer.trials import TrialRepository
from hub.repositories.composer.writings import WritingRepository
from hub.store.crypto import Vault
from hub.store.documents import Documents

COLLECTIONS = (
    *sensitive_words.COLLECTIONS,
    *text_templates.COLLECTIONS,
    *trials.COLLECTIONS,
    *writings.COLLECTIONS,
)


@dataclass(frozen=True, slots=True)
class ComposerRepositories:
    """One of each."""

    templates: TextTemplateRepository
    trials: TrialRepository
    words: SensitiveWordRepository
    writings: WritingRepository


def composer_repositories(documents: Documents, vault: Vault) -> ComposerRepositories:
    """Over one store."""
    return ComposerRepositories(
        templates=TextTemplateRepository(documents, vault),
        trials=TrialRepository(documents, vault),
        words=SensitiveWordRepository(documents, vault),
        writings=WritingRepository(documents, vault),
    )
