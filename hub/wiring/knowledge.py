"""The knowledge base: what is in force, the editors' actions, and what it learns from use."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.triage import Triage
from hub.actions.knowledge.edit_entry import EditEntry
from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.import_entries import ImportEntries
from hub.actions.knowledge.import_words import ImportWords
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.keep_vectors import KeepVectors
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.actions.knowledge.rate_entry import RateEntry
from hub.actions.knowledge.read_entries import ReadEntries
from hub.actions.knowledge.read_help import ReadHelp
from hub.actions.knowledge.read_quality import ReadQuality
from hub.actions.knowledge.read_words import ReadWords
from hub.actions.knowledge.ship_entries import ship_entries
from hub.actions.knowledge.sort_questions import SortQuestions
from hub.actions.knowledge.watch_answers import Lag, WatchAnswers
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.settings.settings import Settings
from hub.store.documents import Documents
from hub.wiring.dialogue import thresholds_of
from hub.wiring.foundation import Foundation
from knowledge_base.files.importer import shipped
from knowledge_base.match.answer import weighs
from knowledge_base.meaning.shipped_vectors import shipped_vectors
from knowledge_base.meaning.wording_vectors import WordingVectors


@dataclass(frozen=True, slots=True)
class KnowledgeActions:
    """What editors do, with what is in force (`knowledge`) and what keeps it so (`follow`)."""

    knowledge: Knowledge
    follow: FollowEntries
    edit_entry: EditEntry
    edit_words: EditWords
    import_entries: ImportEntries
    import_words: ImportWords
    publish_entry: PublishEntry
    read_entries: ReadEntries
    read_help: ReadHelp
    read_quality: ReadQuality
    read_words: ReadWords
    sort_questions: SortQuestions


async def knowledge_actions(base: Foundation) -> KnowledgeActions:
    """Ships the entries that are new and reads what is in force."""
    settings, stores = base.settings, base.stores
    thresholds = thresholds_of(settings)
    knowledge = knowledge_with(base.encoding.name)
    vectors = KeepVectors(stores.knowledge.vectors, base.encoding, knowledge)
    desk = EntryDesk(base.documents, stores.knowledge.entries, stores.knowledge.entry_versions, base.clock)
    await ship_entries(desk, shipped())
    follow = FollowEntries(
        base.documents,
        stores.knowledge.entries,
        stores.knowledge.entry_versions,
        stores.knowledge.words,
        knowledge,
        vectors,
        base.clock,
    )
    await follow.look()
    is_weighed = weighs(thresholds, base.encoding.name)
    meaning = base.encoding if is_weighed else Encoding(None, base.clock)
    publish_entry = PublishEntry(
        desk,
        follow,
        knowledge,
        vectors,
        meaning,
        second_person=settings.knowledge.second_person,
    )
    edit_words = EditWords(desk, stores.knowledge.words, follow, knowledge)
    return KnowledgeActions(
        knowledge=knowledge,
        follow=follow,
        edit_entry=EditEntry(desk),
        edit_words=edit_words,
        import_entries=ImportEntries(desk, publish_entry, knowledge, meaning),
        import_words=ImportWords(edit_words, follow, knowledge),
        publish_entry=publish_entry,
        read_entries=ReadEntries(desk, stores.agents, knowledge, thresholds, base.encoding),
        read_help=ReadHelp(knowledge, stores.knowledge.entries),
        read_quality=ReadQuality(
            desk,
            stores.knowledge.answer_counts,
            stores.knowledge.feedback,
            stores.knowledge.questions,
            knowledge,
        ),
        read_words=ReadWords(stores.knowledge.words, stores.agents, follow, knowledge, thresholds),
        sort_questions=SortQuestions(
            desk,
            stores.knowledge.questions,
            knowledge,
            base.encoding,
            keep_seconds=settings.retention.questions_seconds,
        ),
    )


def knowledge_with(engine: str) -> Knowledge:
    """What is in force, still empty, with the vectors that are shipped for the engine of this name."""
    return Knowledge(shipped_vectors(engine) or WordingVectors.none(engine) if engine else None)


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
        stores.knowledge.answer_counts,
        stores.knowledge.questions,
        stores.cursors,
        triage,
        knowledge,
        clock,
        Lag(settings.knowledge.choices_seconds, settings.retention.questions_seconds),
    )


def rate_entry_of(base: Foundation, read_help: ReadHelp, triage: Triage) -> RateEntry:
    """What takes citizens' opinions on answers."""
    return RateEntry(
        base.documents,
        base.stores.knowledge.feedback,
        base.stores.knowledge.answer_counts,
        read_help,
        triage,
        base.clock,
        keep_seconds=base.settings.retention.questions_seconds,
    )
