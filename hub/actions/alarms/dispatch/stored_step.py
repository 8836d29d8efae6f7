"""A step of the handling as writes: in the alarm, and in the chained history of its case.

The history proves that nothing was changed afterwards; the alarm holds the same steps together, because a
page with many alarms cannot read many histories.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.model.alarms.alarm import Alarm, with_step
from hub.model.alarms.handling import HandlingStep, StepKind
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.model.cases.step import SYSTEM
from hub.repositories.repositories import Repositories
from hub.store.codec import Versioned
from hub.store.documents import Write

_KINDS: Mapping[StepKind, HistoryKind] = {
    StepKind.DISPATCHED: HistoryKind.ALARM_DISPATCHED,
    StepKind.ARRIVED: HistoryKind.ALARM_ARRIVED,
    StepKind.FEEDBACK: HistoryKind.ALARM_FEEDBACK,
    StepKind.CORRECTED: HistoryKind.ALARM_CORRECTED,
}


def step_writes(
    repositories: Repositories,
    alarm: Versioned[Alarm],
    case: Versioned[Case],
    after: Alarm,
    step: HandlingStep,
) -> list[Write]:
    """`after` with the step at its end, and the entry of the history."""
    facts = {"step": str(step.number), "happened_at": str(step.at)}
    facts |= {"desk": step.desk} if step.desk else {}
    facts |= {"outcome": str(step.outcome)} if step.outcome else {}
    facts |= {"of": str(step.of)} if step.of else {}
    said = "；".join(filter(None, (step.unit, step.who, step.text)))
    told, entry = recorded(
        case.value, at=step.noted_at, actor=step.by or SYSTEM, kind=_KINDS[step.kind], facts=facts, text=said
    )
    cases = repositories.cases
    return [
        repositories.alarms.update(with_step(after, step), alarm.version),
        cases.update(told, case.version),
        cases.insert_entry(entry),
    ]
