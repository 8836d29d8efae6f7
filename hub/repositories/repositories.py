"""Every repository over one store, and the list of all collections it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.outbox.receipts import HandsetRule
from hub.repositories import (
    agents,
    calls,
    campaigns,
    case_warnings,
    cases,
    contacts,
    conversations,
    leases,
    letters,
    meaning_due,
    memberships,
    notices,
    outbox,
    presences,
    recent_answers,
    rule_books,
    schedules,
    suppressions,
    triage_decisions,
)
from hub.repositories.agents import AgentRepository, SessionRepository, SetupRepository, UnitRepository
from hub.repositories.alarms import alarms, duty
from hub.repositories.alarms.alarms import AlarmRepository
from hub.repositories.alarms.duty import DutyRepository
from hub.repositories.calls import CallRepository, RecordingRepository
from hub.repositories.campaigns import CampaignRepository
from hub.repositories.case_warnings import CaseWarningRepository
from hub.repositories.cases import CaseRepository
from hub.repositories.composer import composer
from hub.repositories.composer.composer import ComposerRepositories, composer_repositories
from hub.repositories.contacts import ContactRepository
from hub.repositories.conversations import ConversationRepository
from hub.repositories.deliveries import fallbacks
from hub.repositories.deliveries.records import DeliveryRecords, delivery_records
from hub.repositories.departments import records as department_records_of
from hub.repositories.departments.records import DepartmentRecords, department_records
from hub.repositories.evidence import heads, recording_moves
from hub.repositories.evidence.heads import HeadRepository
from hub.repositories.inbound import long_texts
from hub.repositories.knowledge import (
    answer_counts,
    cursors,
    entries,
    entry_versions,
    feedback,
    questions,
    vectors,
    words,
)
from hub.repositories.knowledge.answer_counts import AnswerCountRepository
from hub.repositories.knowledge.cursors import CursorRepository
from hub.repositories.knowledge.entries import EntryRepository
from hub.repositories.knowledge.entry_versions import EntryVersionRepository
from hub.repositories.knowledge.feedback import FeedbackRepository
from hub.repositories.knowledge.questions import QuestionRepository
from hub.repositories.knowledge.vectors import VectorRepository
from hub.repositories.knowledge.words import WordRepository
from hub.repositories.legal_documents import documents as legal_documents
from hub.repositories.letters import LetterRepository
from hub.repositories.meaning_due import MeaningDueRepository
from hub.repositories.memberships import MembershipRepository
from hub.repositories.notices import NoticeRepository
from hub.repositories.outbox import OutboxRepository
from hub.repositories.people import aid
from hub.repositories.people.aid import AidRepositories, aid_repositories
from hub.repositories.presences import PresenceRepository
from hub.repositories.publicity import bounces, calendar_feeds, campaign_history, series
from hub.repositories.publicity.bounces import BounceRepository
from hub.repositories.publicity.calendar_feeds import CalendarFeedRepository
from hub.repositories.publicity.campaign_history import CampaignHistory
from hub.repositories.publicity.series import SeriesRepository
from hub.repositories.queue import settings as queue_settings
from hub.repositories.queue import tags
from hub.repositories.queue.lists import CaseQueueRepository
from hub.repositories.queue.settings import QueueSettingsRepository
from hub.repositories.queue.tags import TagRepository
from hub.repositories.recent_answers import RecentAnswersRepository
from hub.repositories.recipients import contact_imports, saved_segments
from hub.repositories.recipients.contact_imports import ContactImportRepository
from hub.repositories.recipients.saved_segments import SavedSegmentRepository
from hub.repositories.replies import canned_replies, drafts, follows, pending_replies, taking_part
from hub.repositories.replies.canned_replies import CannedReplyRepository
from hub.repositories.replies.drafts import DraftRepository
from hub.repositories.replies.follows import FollowRepository
from hub.repositories.replies.pending_replies import PendingReplyRepository
from hub.repositories.replies.taking_part import TakingPartRepository
from hub.repositories.rule_books import RuleBookRepository
from hub.repositories.schedules import ScheduleRepository
from hub.repositories.search import case_index
from hub.repositories.search.case_index import CaseIndex
from hub.repositories.search.case_texts import CaseTexts
from hub.repositories.sending import responses
from hub.repositories.sending.counts import SendingCounts
from hub.repositories.sending.responses import ResponseRepository
from hub.repositories.staff import (
    account_changes,
    audit,
    availabilities,
    bulk_runs,
    held_forms,
    known_devices,
    notification_choices,
    notifications,
)
from hub.repositories.staff.account_changes import AccountChangeRepository
from hub.repositories.staff.audit import AuditRepository
from hub.repositories.staff.availabilities import AvailabilityRepository
from hub.repositories.staff.bulk_runs import BulkRunRepository
from hub.repositories.staff.known_devices import KnownDeviceRepository
from hub.repositories.staff.notification_choices import NotificationChoiceRepository
from hub.repositories.staff.notifications import NotificationRepository
from hub.repositories.supervision import figures
from hub.repositories.suppressions import SuppressionRepository
from hub.repositories.triage_decisions import TriageDecisionRepository
from hub.repositories.vault import identity_rows
from hub.repositories.warnings import issues
from hub.repositories.warnings.issues import WarningRepository
from hub.runtime.clock import Clock
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents

COLLECTIONS: tuple[Collection, ...] = (
    Collection("events"),  # of earlier releases; migration 1 empties it
    Collection("marks"),
    Collection("attempts", fields={"until": int}, indexes=(("until",),)),
    *agents.COLLECTIONS,
    *alarms.COLLECTIONS,
    *duty.COLLECTIONS,
    *answer_counts.COLLECTIONS,
    *availabilities.COLLECTIONS,
    *account_changes.COLLECTIONS,
    *audit.COLLECTIONS,
    *bounces.COLLECTIONS,
    *bulk_runs.COLLECTIONS,
    *calendar_feeds.COLLECTIONS,
    *known_devices.COLLECTIONS,
    *calls.COLLECTIONS,
    *campaigns.COLLECTIONS,
    *campaign_history.COLLECTIONS,
    *aid.COLLECTIONS,
    *case_index.COLLECTIONS,
    *canned_replies.COLLECTIONS,
    *case_warnings.COLLECTIONS,
    *cases.COLLECTIONS,
    *composer.COLLECTIONS,
    *contacts.COLLECTIONS,
    *contact_imports.COLLECTIONS,
    *conversations.COLLECTIONS,
    *cursors.COLLECTIONS,
    *department_records_of.COLLECTIONS,
    *drafts.COLLECTIONS,
    *entries.COLLECTIONS,
    *entry_versions.COLLECTIONS,
    *feedback.COLLECTIONS,
    *fallbacks.COLLECTIONS,
    *follows.COLLECTIONS,
    *heads.COLLECTIONS,
    *figures.COLLECTIONS,
    *held_forms.COLLECTIONS,
    *identity_rows.COLLECTIONS,
    *recording_moves.COLLECTIONS,
    *taking_part.COLLECTIONS,
    *tags.COLLECTIONS,
    *leases.COLLECTIONS,
    *legal_documents.COLLECTIONS,
    *letters.COLLECTIONS,
    *long_texts.COLLECTIONS,
    *meaning_due.COLLECTIONS,
    *memberships.COLLECTIONS,
    *notices.COLLECTIONS,
    *notification_choices.COLLECTIONS,
    *notifications.COLLECTIONS,
    *outbox.COLLECTIONS,
    *pending_replies.COLLECTIONS,
    *presences.COLLECTIONS,
    *questions.COLLECTIONS,
    *queue_settings.COLLECTIONS,
    *recent_answers.COLLECTIONS,
    *responses.COLLECTIONS,
    *rule_books.COLLECTIONS,
    *saved_segments.COLLECTIONS,
    *schedules.COLLECTIONS,
    *series.COLLECTIONS,
    *suppressions.COLLECTIONS,
    *triage_decisions.COLLECTIONS,
    *vectors.COLLECTIONS,
    *issues.COLLECTIONS,
    *words.COLLECTIONS,
)


@dataclass(frozen=True, slots=True)
class KnowledgeRepositories:
    """What is kept for editors and for what answers."""

    answer_counts: AnswerCountRepository
    entries: EntryRepository
    entry_versions: EntryVersionRepository
    feedback: FeedbackRepository
    questions: QuestionRepository
    vectors: VectorRepository
    words: WordRepository


@dataclass(frozen=True, slots=True)
class PublicityRepositories:
    """What is kept for those who write to many."""

    bounces: BounceRepository
    calendar_feeds: CalendarFeedRepository
    campaign_history: CampaignHistory
    contact_imports: ContactImportRepository
    responses: ResponseRepository
    saved_segments: SavedSegmentRepository
    series: SeriesRepository
    sending_counts: SendingCounts
    warnings: WarningRepository


@dataclass(frozen=True, slots=True)
class Repositories:
    """One of each."""

    agents: AgentRepository
    aid: AidRepositories
    alarms: AlarmRepository
    availabilities: AvailabilityRepository
    account_changes: AccountChangeRepository
    audit: AuditRepository
    bulk_runs: BulkRunRepository
    calls: CallRepository
    campaigns: CampaignRepository
    case_index: CaseIndex
    case_texts: CaseTexts
    case_queue: CaseQueueRepository
    canned_replies: CannedReplyRepository
    case_warnings: CaseWarningRepository
    cases: CaseRepository
    composer: ComposerRepositories
    contacts: ContactRepository
    conversations: ConversationRepository
    cursors: CursorRepository
    deliveries: DeliveryRecords
    departments: DepartmentRecords
    duty: DutyRepository
    drafts: DraftRepository
    follows: FollowRepository
    heads: HeadRepository
    taking_part: TakingPartRepository
    tags: TagRepository
    knowledge: KnowledgeRepositories
    letters: LetterRepository
    meaning_due: MeaningDueRepository
    memberships: MembershipRepository
    notices: NoticeRepository
    notification_choices: NotificationChoiceRepository
    notifications: NotificationRepository
    outbox: OutboxRepository
    pending_replies: PendingReplyRepository
    presences: PresenceRepository
    publicity: PublicityRepositories
    queue_settings: QueueSettingsRepository
    recent_answers: RecentAnswersRepository
    recordings: RecordingRepository
    rule_books: RuleBookRepository
    schedules: ScheduleRepository
    sessions: SessionRepository
    known_devices: KnownDeviceRepository
    setup: SetupRepository
    suppressions: SuppressionRepository
    triage_decisions: TriageDecisionRepository
    units: UnitRepository


def repositories(
    documents: Documents,
    vault: Vault,
    *,
    cities: Mapping[str, str],
    handset: Mapping[str, HandsetRule] | None = None,
    clock: Clock | None = None,
) -> Repositories:
    """All. cities: names of prefectures by region code. handset: see the outbox. clock: see agents."""
    return Repositories(
        agents=AgentRepository(documents, vault, clock),
        aid=aid_repositories(documents, vault),
        alarms=AlarmRepository(documents, vault),
        availabilities=AvailabilityRepository(documents, vault),
        account_changes=AccountChangeRepository(documents, vault),
        audit=AuditRepository(documents, vault),
        bulk_runs=BulkRunRepository(documents, vault),
        calls=CallRepository(documents, vault),
        campaigns=CampaignRepository(documents, vault),
        case_index=CaseIndex(documents, vault, texts := CaseTexts(documents, vault)),
        case_texts=texts,
        case_queue=CaseQueueRepository(documents, vault),
        canned_replies=CannedReplyRepository(documents, vault),
        case_warnings=CaseWarningRepository(documents, vault),
        cases=CaseRepository(documents, vault),
        composer=composer_repositories(documents, vault),
        contacts=ContactRepository(documents, vault),
        conversations=ConversationRepository(documents, vault),
        cursors=CursorRepository(documents),
        deliveries=delivery_records(documents, vault),
        departments=department_records(documents, vault),
        duty=DutyRepository(documents, vault),
        drafts=DraftRepository(documents, vault),
        follows=FollowRepository(documents),
        heads=HeadRepository(documents, vault),
        taking_part=TakingPartRepository(documents),
        tags=TagRepository(documents, vault),
        knowledge=_knowledge(documents, vault),
        letters=LetterRepository(documents, vault),
        meaning_due=MeaningDueRepository(documents, vault),
        memberships=MembershipRepository(documents, vault, cities=cities),
        notices=NoticeRepository(documents, vault),
        notification_choices=NotificationChoiceRepository(documents, vault),
        notifications=NotificationRepository(documents, vault),
        outbox=OutboxRepository(documents, vault, handset),
        pending_replies=PendingReplyRepository(documents, vault),
        presences=PresenceRepository(documents, vault),
        publicity=_publicity(documents, vault),
        queue_settings=QueueSettingsRepository(documents, vault),
        recent_answers=RecentAnswersRepository(documents, vault),
        recordings=RecordingRepository(documents, vault),
        rule_books=RuleBookRepository(documents, vault),
        schedules=ScheduleRepository(documents, vault),
        sessions=SessionRepository(documents, vault),
        known_devices=KnownDeviceRepository(documents),
        setup=_setup(documents, vault),
        suppressions=SuppressionRepository(documents, vault),
        triage_decisions=TriageDecisionRepository(documents, vault),
        units=UnitRepository(documents, vault),
    )


def _setup(documents: Documents, vault: Vault) -> SetupRepository:
    return SetupRepository(documents, AgentRepository(documents, vault), UnitRepository(documents, vault))


def _publicity(documents: Documents, vault: Vault) -> PublicityRepositories:
    return PublicityRepositories(
        bounces=BounceRepository(documents, vault),
        calendar_feeds=CalendarFeedRepository(documents, vault),
        campaign_history=CampaignHistory(documents, vault),
        contact_imports=ContactImportRepository(documents, vault),
        responses=ResponseRepository(documents, vault),
        saved_segments=SavedSegmentRepository(documents, vault),
        series=SeriesRepository(documents, vault),
        sending_counts=SendingCounts(documents),
        warnings=WarningRepository(documents, vault),
    )


def _knowledge(documents: Documents, vault: Vault) -> KnowledgeRepositories:
    return KnowledgeRepositories(
        answer_counts=AnswerCountRepository(documents),
        entries=EntryRepository(documents, vault),
        entry_versions=EntryVersionRepository(documents, vault),
        feedback=FeedbackRepository(documents, vault),
        questions=QuestionRepository(documents, vault),
        vectors=VectorRepository(documents, vault),
        words=WordRepository(documents, vault),
    )
