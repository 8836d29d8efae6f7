"""Cases: how one is opened, worked on, answered, and asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.assignment.competent_unit import CompetentUnit
from hub.actions.cases.case_rules import CaseRules
from hub.actions.cases.casework import Casework
from hub.actions.cases.citizen.citizen_move import CitizenMove
from hub.actions.cases.citizen.deliver_electronically import DeliverElectronically
from hub.actions.cases.citizen.show_case import ShowCase
from hub.actions.cases.citizen.wording import CitizenWording
from hub.actions.cases.close_case import CloseCase
from hub.actions.cases.documents.legal_documents import LegalDocuments
from hub.actions.cases.move_case import MoveCase
from hub.actions.cases.note_reading import NoteReading
from hub.actions.cases.open_case import OpenCase
from hub.actions.cases.pass_time import PassTime
from hub.actions.cases.queue.read_queue import ReadQueue
from hub.actions.cases.read_cases import ReadCases
from hub.actions.cases.read_procedure import ReadProcedure
from hub.actions.cases.read_warnings import ReadWarnings
from hub.actions.cases.references import References
from hub.actions.cases.replies.note_case import NoteCase
from hub.actions.cases.replies.reply_desk import ReplyDesk
from hub.actions.cases.screening.confirm_report import ConfirmReport
from hub.actions.cases.screening.dismiss_alarm import DismissAlarm
from hub.actions.cases.screening.keep_decision import KeepDecision
from hub.actions.cases.screening.release_case import ReleaseCase
from hub.actions.cases.screening.suspect_case import SuspectCase
from hub.actions.cases.split_case import SplitCase
from hub.actions.cases.step_unit import StepUnit
from hub.actions.cases.tell_citizen import TellCitizen
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.intake.file_petition import FilePetition
from hub.actions.progress.track_case import TrackCase
from hub.actions.staff.note_access import NoteAccess
from hub.model.cases.calendar import WorkCalendar
from hub.model.cases.rule_book import BookKind
from hub.settings.settings import Settings
from hub.wiring.dialogue import Dialogue, track_case_of
from hub.wiring.documents import documents_of
from hub.wiring.foundation import Foundation
from hub.wiring.replies import reply_desk
from hub.wiring.rules import RuleActions


@dataclass(frozen=True, slots=True)
class CaseActions:
    """What is done with cases; `open_case` and `outgoing` are what intake and calls do it with, `casework` to
    `rules` what alarms do."""

    pass_time: PassTime
    open_case: OpenCase
    casework: Casework
    keep: KeepDecision
    unit: StepUnit
    rules: CaseRules
    outgoing: Outgoing
    track_case: TrackCase
    assign_case: AssignCase
    citizen_move: CitizenMove
    close_case: CloseCase
    confirm_report: ConfirmReport
    deliver_electronically: DeliverElectronically
    dismiss_alarm: DismissAlarm
    file_petition: FilePetition
    move_case: MoveCase
    note_case: NoteCase
    note_reading: NoteReading
    read_cases: ReadCases
    documents: LegalDocuments
    read_procedure: ReadProcedure
    read_queue: ReadQueue
    read_warnings: ReadWarnings
    release_case: ReleaseCase
    replies: ReplyDesk
    show_case: ShowCase
    split_case: SplitCase
    suspect_case: SuspectCase


def office_calendar(settings: Settings, national: WorkCalendar) -> WorkCalendar:
    """The national calendar with the office's own week, holidays and make-up days."""
    hours = settings.hours
    week = (hours.mon, hours.tue, hours.wed, hours.thu, hours.fri, hours.sat, hours.sun)
    return national.of_office(
        weekdays=frozenset(number for number, spans in enumerate(week) if spans.strip()),
        rest=map(date.fromisoformat, hours.holidays),
        work=map(date.fromisoformat, hours.workdays),
    )


def _calendar(settings: Settings, books: RuleActions) -> Callable[[], WorkCalendar]:
    @lru_cache(maxsize=1)
    def of_office(national: WorkCalendar) -> WorkCalendar:
        return office_calendar(settings, national)

    return lambda: of_office(books.rules.calendar())


def case_actions(
    base: Foundation,
    profiles: Profiles,
    dialogue: Dialogue,
    books: RuleActions,
) -> CaseActions:
    """Everything about cases."""
    stores, clock = base.stores, base.clock
    rules = books.case_rules
    casework = Casework(base.documents, stores)
    keep = KeepDecision(casework, stores)
    catalogue = partial(books.rules.rows, BookKind.COMPETENCE)
    competent = CompetentUnit(stores.units, catalogue)
    open_case = OpenCase(stores.cases, References(base.documents, base.vault, clock), rules, competent)
    outgoing = Outgoing(profiles, stores.conversations, stores.outbox)
    tell = TellCitizen(stores, profiles, outgoing, dialogue.texts, base.identities)
    unit = StepUnit(stores, tell, dialogue.texts, rules, organ=base.settings.organisation.name)
    track_case = track_case_of(base, dialogue.texts, outgoing, profiles)
    wording = CitizenWording(unit, dialogue.texts, rules)
    deliver = DeliverElectronically(base.documents, stores, unit, rules, clock)
    days, calendar = base.settings.triage.screening_working_days, _calendar(base.settings, books)
    access = NoteAccess(stores.audit, clock)
    read_cases = ReadCases(stores, casework, base.files, clock, access, calendar, screening_days=days)
    assign_case = AssignCase(casework, stores, unit, rules, clock)
    documents = documents_of(base, rules, access)
    move_case = MoveCase(casework, stores, unit, rules, clock, catalogue, documents.sign)
    read_queue = ReadQueue(stores, calendar, screening_days=days)
    return CaseActions(
        pass_time=PassTime(base.documents, stores.cases, unit, rules, clock),
        open_case=open_case,
        casework=casework,
        keep=keep,
        unit=unit,
        rules=rules,
        outgoing=outgoing,
        track_case=track_case,
        assign_case=assign_case,
        citizen_move=CitizenMove(base.documents, stores, track_case, unit, wording, rules, clock),
        close_case=CloseCase(casework, stores, unit, rules, clock),
        confirm_report=ConfirmReport(casework, keep, rules, clock),
        deliver_electronically=deliver,
        dismiss_alarm=DismissAlarm(casework, keep, rules, clock),
        file_petition=FilePetition(
            base.documents, stores, base.vault, open_case, dialogue.triage, dialogue.understand, clock
        ),
        move_case=move_case,
        note_case=NoteCase(casework, stores, clock),
        note_reading=NoteReading(base.documents, stores.conversations, clock),
        read_cases=read_cases,
        documents=documents,
        read_procedure=ReadProcedure(stores.case_warnings, stores.units, rules, clock),
        read_queue=read_queue,
        read_warnings=ReadWarnings(stores, clock),
        release_case=ReleaseCase(casework, keep, clock),
        replies=reply_desk(base, casework, unit, tell, dialogue.texts, rules),
        show_case=ShowCase(stores.cases, deliver, wording, rules, clock, documents.read),
        split_case=SplitCase(casework, stores, open_case, base.identities, clock),
        suspect_case=SuspectCase(casework, keep, stores, clock),
    )
