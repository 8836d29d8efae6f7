"""Cases: how one is opened, worked on, answered, and asked for."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.cases.assign_case import AssignCase
from hub.actions.cases.casework import Casework
from hub.actions.cases.close_case import CloseCase
from hub.actions.cases.note_case import NoteCase
from hub.actions.cases.note_reading import NoteReading
from hub.actions.cases.open_case import OpenCase
from hub.actions.cases.read_cases import ReadCases
from hub.actions.cases.references import References
from hub.actions.cases.reply_to_case import ReplyToCase
from hub.actions.cases.split_case import SplitCase
from hub.actions.deliveries.channel_profile import Profiles
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.intake.file_petition import FilePetition
from hub.actions.progress.track_case import TrackCase
from hub.wiring.dialogue import Dialogue, track_case_of
from hub.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True)
class CaseActions:
    """What is done with cases; `open_case` and `outgoing` are what intake and calls do it with."""

    open_case: OpenCase
    outgoing: Outgoing
    track_case: TrackCase
    assign_case: AssignCase
    close_case: CloseCase
    file_petition: FilePetition
    note_case: NoteCase
    note_reading: NoteReading
    read_cases: ReadCases
    reply_to_case: ReplyToCase
    split_case: SplitCase


def case_actions(base: Foundation, profiles: Profiles, dialogue: Dialogue) -> CaseActions:
    """Everything about cases."""
    stores, clock = base.stores, base.clock
    casework = Casework(base.documents, stores)
    open_case = OpenCase(stores.cases, References(base.documents, clock))
    outgoing = Outgoing(profiles, stores.conversations, stores.outbox)
    return CaseActions(
        open_case=open_case,
        outgoing=outgoing,
        track_case=track_case_of(base, dialogue.texts),
        assign_case=AssignCase(casework, stores, clock),
        close_case=CloseCase(casework, stores, clock),
        file_petition=FilePetition(base.documents, stores, base.vault, open_case, dialogue.triage, clock),
        note_case=NoteCase(casework, stores, clock),
        note_reading=NoteReading(base.documents, stores.conversations, clock),
        read_cases=ReadCases(stores, casework, base.files, clock),
        reply_to_case=ReplyToCase(casework, stores, profiles, outgoing, dialogue.texts, clock),
        split_case=SplitCase(casework, stores, open_case, clock),
    )
