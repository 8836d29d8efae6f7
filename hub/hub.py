"""What a running hub consists of, as the pages, the webhooks and the commands see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass

from channels.adapter import FetchesRecordings, ListsRecordings, ReceivesWebhooks, RendersCalls
from channels.outbox.sender import SenderHealth
from hub.actions.alarms.ask_carrier import AskCarrier
from hub.actions.alarms.confirm_danger import ConfirmDanger
from hub.actions.alarms.dispatch.handling_desk import HandlingDesk
from hub.actions.alarms.forward_alarms import ForwardAlarms
from hub.actions.alarms.in_hand import AlarmInHand
from hub.actions.alarms.keep_duty import KeepDuty
from hub.actions.alarms.read_alarms import ReadAlarms
from hub.actions.calls.correct_transcript import CorrectTranscript
from hub.actions.calls.handle_call import HandleCall
from hub.actions.calls.redact_recording import RedactRecording
from hub.actions.campaigns.composing.composer import Composer
from hub.actions.campaigns.desk import CampaignDesk
from hub.actions.campaigns.planning.approve_campaign import ApproveCampaign
from hub.actions.campaigns.planning.count_campaign import CountCampaign
from hub.actions.campaigns.planning.move_campaign import MoveCampaign
from hub.actions.campaigns.planning.read_calendar import ReadCalendar
from hub.actions.campaigns.planning.release_campaign import ReleaseCampaign
from hub.actions.campaigns.planning.submit_campaign import SubmitCampaign
from hub.actions.campaigns.planning.subscribe_calendar import SubscribeCalendar
from hub.actions.campaigns.publicity.publish_notice import PublishNotice
from hub.actions.campaigns.publicity.series_actions import SeriesActions
from hub.actions.campaigns.recipients.recipients import Recipients
from hub.actions.campaigns.sending import Sending
from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.assignment.set_availability import SetAvailability
from hub.actions.cases.bulk.bulk_cases import BulkCases
from hub.actions.cases.citizen.citizen_move import CitizenMove
from hub.actions.cases.citizen.deliver_electronically import DeliverElectronically
from hub.actions.cases.citizen.show_case import ShowCase
from hub.actions.cases.close_case import CloseCase
from hub.actions.cases.documents.legal_documents import LegalDocuments
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.note_reading import NoteReading
from hub.actions.cases.print_case import PrintCase
from hub.actions.cases.queue.queue_desk import QueueDesk
from hub.actions.cases.queue.read_day import ReadDay
from hub.actions.cases.queue.read_notifications import ReadNotifications
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.queue.read_taken_part import ReadTakenPart
from hub.actions.cases.reach_citizen import ReachCitizen
from hub.actions.cases.read_cases import ReadCases
from hub.actions.cases.read_procedure import ReadProcedure
from hub.actions.cases.read_warnings import ReadWarnings
from hub.actions.cases.replies.note_case import NoteCase
from hub.actions.cases.replies.reply_desk import ReplyDesk
from hub.actions.cases.screening.confirm_report import ConfirmReport
from hub.actions.cases.screening.dismiss_alarm import DismissAlarm
from hub.actions.cases.screening.release_case import ReleaseCase
from hub.actions.cases.screening.suspect_case import SuspectCase
from hub.actions.cases.search.search_cases import SearchCases
from hub.actions.cases.snooze_case import SnoozeCase
from hub.actions.cases.split_case import SplitCase
from hub.actions.cases.supervision.read_board import ReadBoard
from hub.actions.cases.tags.edit_tags import EditTags
from hub.actions.cases.tags.tag_case import TagCase
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.decide_delivery import DecideDelivery
from hub.actions.deliveries.read_unmatched import ReadUnmatched
from hub.actions.deliveries.redrive import Redrive
from hub.actions.deliveries.refuse_mail import RefuseMail
from hub.actions.departments.department_actions import DepartmentActions
from hub.actions.dialogue.encoding import Encoding
from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand
from hub.actions.evidence.compartment import CompartmentDesk
from hub.actions.intake.accept_event import AcceptEvent
from hub.actions.intake.carriers.take_in import TakeIn
from hub.actions.intake.file_petition import FilePetition
from hub.actions.intake.look_again import LookAgain
from hub.actions.intake.unread_letters import UnreadLetters
from hub.actions.knowledge.edit_entry import EditEntry
from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.import_entries import ImportEntries
from hub.actions.knowledge.import_words import ImportWords
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.actions.knowledge.rate_entry import RateEntry
from hub.actions.knowledge.read_entries import ReadEntries
from hub.actions.knowledge.read_help import ReadHelp
from hub.actions.knowledge.read_quality import ReadQuality
from hub.actions.knowledge.read_words import ReadWords
from hub.actions.knowledge.sort_questions import SortQuestions
from hub.actions.people.people import People
from hub.actions.progress.track_case import TrackCase
from hub.actions.rules.in_force import RulesInForce
from hub.actions.rules.rule_books import RuleBooks
from hub.actions.staff.change_accounts import ChangeAccounts
from hub.actions.staff.change_units import ChangeUnits
from hub.actions.warnings.desk import WarningDesk
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.queue.feed import QueueFeed
from hub.repositories.repositories import Repositories
from hub.runtime.bell import Bell
from hub.runtime.clock import Clock
from hub.runtime.refusals import Refusals
from hub.runtime.supervisor import TaskState
from hub.settings.settings import Settings
from hub.store.crypto import Vault
from hub.store.documents import Documents
from hub.store.files import FileStore


@dataclass(frozen=True, slots=True)
class DeskActions:
    """What staff do round the queue."""

    bulk_cases: BulkCases
    correct_transcript: CorrectTranscript
    documents: LegalDocuments
    edit_tags: EditTags
    print_case: PrintCase
    redact_recording: RedactRecording
    queue_desk: QueueDesk
    read_board: ReadBoard
    read_day: ReadDay
    read_notifications: ReadNotifications
    reach_citizen: ReachCitizen
    read_taken_part: ReadTakenPart
    search_cases: SearchCases
    snooze_case: SnoozeCase
    tag_case: TagCase
    set_availability: SetAvailability
    unread_letters: UnreadLetters


@dataclass(frozen=True, slots=True)
class DeliveryDesk:
    """What staff do about deliveries that did not simply arrive."""

    decide: DecideDelivery
    redrive: Redrive
    read_unmatched: ReadUnmatched


@dataclass(frozen=True, slots=True)
class CampaignPlanning:
    """The way of a campaign from draft to release, and the calendar of all of them."""

    approve: ApproveCampaign
    calendar: ReadCalendar
    count: CountCampaign
    feed: SubscribeCalendar
    move: MoveCampaign
    release: ReleaseCampaign
    submit: SubmitCampaign


@dataclass(frozen=True, slots=True)
class PublicityActions:
    """What publicity officers and those who approve do; the runs themselves: `Actions.campaigns`."""

    composer: Composer
    planning: CampaignPlanning
    publish_notice: PublishNotice
    recipients: Recipients
    sending: Sending
    series: SeriesActions


@dataclass(frozen=True, slots=True)
class Actions:
    """The business, one verb each."""

    accept_event: AcceptEvent
    assign_case: AssignCase
    campaigns: CampaignDesk
    change_accounts: ChangeAccounts
    change_units: ChangeUnits
    citizen_move: CitizenMove
    close_case: CloseCase
    compartment: CompartmentDesk
    confirm_report: ConfirmReport
    deliver_electronically: DeliverElectronically
    delivery_desk: DeliveryDesk
    desk: DeskActions
    dismiss_alarm: DismissAlarm
    edit_entry: EditEntry
    edit_words: EditWords
    file_petition: FilePetition
    handle_call: HandleCall
    import_entries: ImportEntries
    import_words: ImportWords
    look_again: LookAgain
    move_case: MoveCase
    note_case: NoteCase
    note_reading: NoteReading
    people: People
    publicity: PublicityActions
    publish_entry: PublishEntry
    rate_entry: RateEntry
    refuse_mail: RefuseMail
    read_cases: ReadCases
    read_procedure: ReadProcedure
    read_queue: ReadQueue
    read_entries: ReadEntries
    read_help: ReadHelp
    read_quality: ReadQuality
    read_warnings: ReadWarnings
    read_words: ReadWords
    release_case: ReleaseCase
    replies: ReplyDesk
    rule_books: RuleBooks
    show_case: ShowCase
    split_case: SplitCase
    sort_questions: SortQuestions
    suspect_case: SuspectCase
    take_in: TakeIn
    track_case: TrackCase


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """What is done about alarms."""

    ask_carrier: AskCarrier
    read: ReadAlarms
    in_hand: AlarmInHand
    confirm_danger: ConfirmDanger
    duty: KeepDuty
    forward: ForwardAlarms
    handling: HandlingDesk


@dataclass(frozen=True, slots=True)
class VoiceAdapter:
    """A voice channel's adapter in its four shapes (one object)."""

    receives: ReceivesWebhooks
    renders: RendersCalls
    fetches: FetchesRecordings
    lists: ListsRecordings


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything wired. Made by `hub/app.py` alone.

    imports: files of entries, words and rules that were looked at and wait to be taken.
    webhooks: adapters by channel name. voice: the voice channels among them.
    forged: how many mails came to a signed address of ours that we did not write, since the start.
    refused: webhooks nobody had signed. hears: False while the model of recordings cannot be loaded.
    """

    settings: Settings
    clock: Clock
    documents: Documents
    vault: Vault
    files: FileStore
    imports: FileStore
    recordings: RecordingFiles
    repositories: Repositories
    actions: Actions
    alarms: AlarmDesk
    departments: DepartmentActions
    warnings: WarningDesk
    knowledge: Knowledge
    rules: RulesInForce
    bell: Bell
    feed: QueueFeed
    encoding: Encoding
    profiles: Profiles
    triage: Triage
    understand: Understand
    webhooks: Mapping[str, ReceivesWebhooks]
    refused: Refusals
    voice: Mapping[str, VoiceAdapter]
    run_jobs: Callable[[], Coroutine[None, None, None]]
    tasks: Callable[[], Mapping[str, TaskState]]
    senders: Callable[[], Sequence[SenderHealth]]
    hears: Callable[[], bool]
    forged: Callable[[], int]
    unconnected: Callable[[], Mapping[str, str]]
    close: Callable[[], Awaitable[None]]
