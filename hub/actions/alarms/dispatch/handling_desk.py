"""One of each that handles alarms after they were received."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.alarms.dispatch.escalate import Escalate
from hub.actions.alarms.dispatch.hear_centre import HearCentre
from hub.actions.alarms.dispatch.read_handling import ReadHandling
from hub.actions.alarms.dispatch.read_times import ReadTimes
from hub.actions.alarms.dispatch.record_step import RecordStep
from hub.actions.alarms.dispatch.take_over import TakeOver
from hub.actions.alarms.hand_over import HandOver
from hub.actions.alarms.pass_on import PassOn
from hub.actions.alarms.report import MakeReport
from hub.actions.alarms.set_silence import SetSilence
from hub.actions.cases.casework import Casework
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.store.documents import Documents


@dataclass(frozen=True, slots=True)
class HandlingDesk:
    """What is done about an alarm, and read of it."""

    read: ReadHandling
    record: RecordStep
    take_over: TakeOver
    hear: HearCentre
    escalate: Escalate
    times: ReadTimes
    silence: SetSilence


def handling_of(
    documents: Documents, stores: Repositories, report: MakeReport, pass_on: PassOn, clock: Clock
) -> HandlingDesk:
    """All of it, with the ways that alarms are passed on by."""
    ways = pass_on.ways
    hand_over = HandOver(stores, report, ways)
    take_over = TakeOver(documents, stores, ways, clock)
    return HandlingDesk(
        read=ReadHandling(stores, take_over, ways, clock),
        record=RecordStep(documents, stores, hand_over, ways, clock),
        take_over=take_over,
        hear=HearCentre(documents, stores, take_over, ways, clock),
        escalate=Escalate(documents, stores, hand_over, pass_on, clock),
        times=ReadTimes(documents, stores, ways),
        silence=SetSilence(Casework(documents, stores), stores.cases, clock),
    )
