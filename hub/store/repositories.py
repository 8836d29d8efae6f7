"""Every repository over one store, and the list of all collections it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.store import (
    agents,
    answer_counts,
    calls,
    campaigns,
    cases,
    contacts,
    conversations,
    cursors,
    entries,
    entry_versions,
    feedback,
    letters,
    memberships,
    notices,
    outbox,
    questions,
    schedules,
    suppressions,
    words,
)
from hub.store.agents import AgentRepository, SessionRepository, SetupRepository, UnitRepository
from hub.store.answer_counts import AnswerCountRepository
from hub.store.calls import CallRepository, RecordingRepository
from hub.store.campaigns import CampaignRepository
from hub.store.cases import CaseRepository
from hub.store.contacts import ContactRepository
from hub.store.conversations import ConversationRepository
from hub.store.crypto import Vault
from hub.store.cursors import CursorRepository
from hub.store.documents import Collection, Documents
from hub.store.entries import EntryRepository
from hub.store.entry_versions import EntryVersionRepository
from hub.store.feedback import FeedbackRepository
from hub.store.letters import LetterRepository
from hub.store.memberships import MembershipRepository
from hub.store.notices import NoticeRepository
from hub.store.outbox import OutboxRepository
from hub.store.questions import QuestionRepository
from hub.store.schedules import ScheduleRepository
from hub.store.suppressions import SuppressionRepository
from hub.store.words import WordRepository

COLLECTIONS: tuple[Collection, ...] = (
    Collection("events"),  # of earlier releases; migration 1 empties it
    Collection("marks"),
    Collection("attempts", fields={"until": int}, indexes=(("until",),)),
    *agents.COLLECTIONS,
    *answer_counts.COLLECTIONS,
    *calls.COLLECTIONS,
    *campaigns.COLLECTIONS,
    *cases.COLLECTIONS,
    *contacts.COLLECTIONS,
    *conversations.COLLECTIONS,
    *cursors.COLLECTIONS,
    *entries.COLLECTIONS,
    *entry_versions.COLLECTIONS,
    *feedback.COLLECTIONS,
    *letters.COLLECTIONS,
    *memberships.COLLECTIONS,
    *notices.COLLECTIONS,
    *outbox.COLLECTIONS,
    *questions.COLLECTIONS,
    *schedules.COLLECTIONS,
    *suppressions.COLLECTIONS,
    *words.COLLECTIONS,
)


@dataclass(frozen=True, slots=True)
class Repositories:
    """One of each."""

    agents: AgentRepository
    answer_counts: AnswerCountRepository
    calls: CallRepository
    campaigns: CampaignRepository
    cases: CaseRepository
    contacts: ContactRepository
    conversations: ConversationRepository
    cursors: CursorRepository
    entries: EntryRepository
    entry_versions: EntryVersionRepository
    feedback: FeedbackRepository
    letters: LetterRepository
    memberships: MembershipRepository
    notices: NoticeRepository
    outbox: OutboxRepository
    questions: QuestionRepository
    recordings: RecordingRepository
    schedules: ScheduleRepository
    sessions: SessionRepository
    setup: SetupRepository
    suppressions: SuppressionRepository
    units: UnitRepository
    words: WordRepository


def repositories(documents: Documents, vault: Vault, *, cities: Mapping[str, str]) -> Repositories:
    """All repositories. `cities`: names of the prefectures by region code."""
    agent_repository = AgentRepository(documents, vault)
    unit_repository = UnitRepository(documents, vault)
    campaign_repository = CampaignRepository(documents, vault)
    return Repositories(
        agents=agent_repository,
        answer_counts=AnswerCountRepository(documents),
        calls=CallRepository(documents, vault),
        campaigns=campaign_repository,
        cases=CaseRepository(documents, vault),
        contacts=ContactRepository(documents, vault),
        conversations=ConversationRepository(documents, vault),
        cursors=CursorRepository(documents),
        entries=EntryRepository(documents, vault),
        entry_versions=EntryVersionRepository(documents, vault),
        feedback=FeedbackRepository(documents, vault),
        letters=LetterRepository(documents, vault),
        memberships=MembershipRepository(documents, vault, cities=cities),
        notices=NoticeRepository(documents, vault),
        outbox=OutboxRepository(documents, vault),
        questions=QuestionRepository(documents, vault),
        recordings=RecordingRepository(documents, vault),
        schedules=ScheduleRepository(documents, vault),
        sessions=SessionRepository(documents, vault),
        setup=SetupRepository(documents, agent_repository, unit_repository),
        suppressions=SuppressionRepository(documents, vault),
        units=unit_repository,
        words=WordRepository(documents, vault),
    )
