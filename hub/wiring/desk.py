"""What staff do at the queue: lists, search, many cases at once, their day and their notifications."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.calls.correct_transcript import CorrectTranscript
from hub.actions.calls.redact_recording import RedactRecording
from hub.actions.cases.assignment.assign_waiting import AssignWaiting
from hub.actions.cases.assignment.set_availability import SetAvailability
from hub.actions.cases.bulk.bulk_cases import BulkCases
from hub.actions.cases.print_case import PrintCase
from hub.actions.cases.queue.queue_desk import QueueDesk
from hub.actions.cases.queue.read_day import ReadDay
from hub.actions.cases.queue.read_notifications import ReadNotifications
from hub.actions.cases.queue.read_taken_part import ReadTakenPart
from hub.actions.cases.reach_citizen import ReachCitizen
from hub.actions.cases.search.fill_index import FillIndex
from hub.actions.cases.search.search_cases import SearchCases
from hub.actions.cases.snooze_case import SnoozeCase
from hub.actions.cases.supervision.follow_figures import FollowFigures
from hub.actions.cases.supervision.read_board import ReadBoard
from hub.actions.cases.tags.edit_tags import EditTags
from hub.actions.cases.tags.tag_case import TagCase
from hub.actions.intake.unread_letters import UnreadLetters
from hub.hub import DeskActions
from hub.repositories.supervision.figures import FigureRepository
from hub.wiring.cases import CaseActions
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class Desk:
    """What staff do, and what the hub does for them by itself."""

    actions: DeskActions
    assign_waiting: AssignWaiting
    fill_index: FillIndex
    follow_figures: FollowFigures


def desk_of(base: Foundation, cases: CaseActions) -> Desk:
    """Everything round the queue."""
    documents, stores, clock = base.documents, base.stores, base.clock
    fill_index = FillIndex(documents, stores.case_index, stores.cursors)
    figures = FigureRepository(documents, base.vault)
    tag_case = TagCase(cases.casework, stores, clock)
    at_most = base.settings.assignment.at_most
    return Desk(
        actions=DeskActions(
            bulk_cases=BulkCases(documents, stores, cases.assign_case, cases.move_case, tag_case, clock),
            correct_transcript=CorrectTranscript(cases.casework, stores, clock),
            documents=cases.documents,
            edit_tags=EditTags(documents, stores, clock),
            tag_case=tag_case,
            print_case=PrintCase(documents, stores, cases.read_cases, clock),
            redact_recording=RedactRecording(cases.casework, stores, base.recordings, clock),
            queue_desk=QueueDesk(documents, stores, cases.read_queue, clock),
            read_board=ReadBoard(stores, figures, cases.read_queue, clock),
            read_day=ReadDay(stores, cases.rules, clock),
            read_notifications=ReadNotifications(documents, stores, clock),
            reach_citizen=ReachCitizen(cases.casework, stores, clock),
            read_taken_part=ReadTakenPart(stores, cases.read_queue),
            search_cases=SearchCases(stores, fill_index, clock),
            snooze_case=SnoozeCase(cases.casework, stores, cases.rules, clock),
            set_availability=SetAvailability(documents, stores, clock),
            unread_letters=UnreadLetters(stores, cases.casework, cases.close_case, clock),
        ),
        assign_waiting=AssignWaiting(documents, stores, cases.unit, cases.rules, clock, at_most=at_most),
        fill_index=fill_index,
        follow_figures=FollowFigures(documents, stores, figures, clock),
    )
