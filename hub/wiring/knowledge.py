"""What lets the knowledge base get better from use, put together."""

from __future__ import annotations

from hub.actions.dialogue.triage import Triage
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.rate_entry import RateEntry
from hub.actions.knowledge.read_help import ReadHelp
from hub.actions.knowledge.watch_answers import Lag, WatchAnswers
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.settings.settings import Settings
from hub.store.documents import Documents


def watch_answers_of(
    settings: Settings,
    documents: Documents,
    stores: Repositories,
    triage: Triage,
    knowledge: Knowledge,
    clock: Clock,
) -> WatchAnswers:
    """The reader of what was said."""
    return WatchAnswers(
        documents,
        stores.conversations,
        stores.cases,
        stores.answer_counts,
        stores.questions,
        stores.cursors,
        triage,
        knowledge,
        clock,
        Lag(settings.knowledge.choices_seconds, settings.retention.questions_seconds),
    )


def rate_entry_of(
    settings: Settings,
    documents: Documents,
    stores: Repositories,
    read_help: ReadHelp,
    triage: Triage,
    clock: Clock,
) -> RateEntry:
    """What takes citizens' opinions on answers."""
    return RateEntry(
        documents,
        stores.feedback,
        stores.answer_counts,
        read_help,
        triage,
        clock,
        keep_seconds=settings.retention.questions_seconds,
    )
