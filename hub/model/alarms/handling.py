"""What was done about an alarm after it was received (接警): 派警, 到场, 反馈, in order.

Rules protected: a step that was written is never changed; who was mistaken adds a correction, which names the
step it corrects. What people write keeps its order. What the system of a command centre reports may come
late, twice or in any order: it says itself when something happened, and it is a fact whenever it arrives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from campaigns.said import Said

MOST_STEPS = 200
"""Of one alarm; no real one has as many."""


class StepKind(StrEnum):
    """What was done."""

    DISPATCHED = "dispatched"  # 派警: to the command desk of a city or county, for which unit
    ARRIVED = "arrived"  # 到场
    FEEDBACK = "feedback"  # 反馈: what came of it
    CORRECTED = "corrected"  # 更正 of a step before


class Outcome(StrEnum):
    """What came of an alarm (反馈结果)."""

    HANDLED = "handled"  # 现场处置完毕
    HELPED = "helped"  # 已救助
    SETTLED = "settled"  # 已调解
    INVESTIGATED = "investigated"  # 移交办案部门
    PASSED_ON = "passed_on"  # 移交其他部门
    NOT_FOUND = "not_found"  # 到场未发现警情
    ADVISED = "advised"  # 无需出警，已答复
    REPEATED = "repeated"  # 重复报警
    MISTAKEN = "mistaken"  # 误报
    HOAX = "hoax"  # 谎报


FALSE = frozenset({Outcome.MISTAKEN, Outcome.HOAX})
"""False alarms."""
WITHOUT_ARRIVAL = FALSE | {Outcome.ADVISED, Outcome.REPEATED}
"""What can be known although nobody went there."""


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """One step.

    number: from 1, in the order they were written. at: when it happened (ms UTC), as who reported it says; of
    a correction the instant that stands from then on, 0 = the time was right. noted_at: when it was written.
    by: id of the agent who wrote it, "" for the system of a command centre. key: under which the same step is
    the same one, however often it comes. desk: id of the command desk it was dispatched to, or that reported
    it. of: number of the dispatch that arrived, or of the step that is corrected, 0 = not known. outcome: of
    feedback, or corrected; "" for none. unit: who went there. who: reported it, by name or number.
    """

    number: int
    kind: StepKind
    at: int
    noted_at: int
    by: str = ""
    key: str = ""
    desk: str = ""
    of: int = 0
    outcome: str = ""
    unit: str = ""
    who: str = ""
    text: str = ""

    def happened(self, at: int) -> HandlingStep:
        """The same at this instant (ms UTC)."""
        return replace(self, at=at)

    def says_the_same(self, other: HandlingStep) -> bool:
        """Whether two reports under one key are one report."""
        return replace(self, number=0, noted_at=0) == replace(other, number=0, noted_at=0)


@dataclass(frozen=True, slots=True)
class Milestones:
    """How far it is, with what was corrected: the first of each, ms UTC, 0 = not yet. desk: it was first
    dispatched to."""

    dispatched_at: int = 0
    arrived_at: int = 0
    fed_back_at: int = 0
    outcome: str = ""
    desk: str = ""


def as_corrected(steps: Sequence[HandlingStep]) -> list[HandlingStep]:
    """The steps as they stand, in the order in which they happened; corrections are worked in."""
    standing = {one.number: one for one in steps if one.kind is not StepKind.CORRECTED}
    for one in steps:
        if one.kind is StepKind.CORRECTED and (wrong := standing.get(one.of)):
            standing[one.of] = replace(wrong, at=one.at or wrong.at, outcome=one.outcome or wrong.outcome)
    return sorted(standing.values(), key=lambda one: (one.at, one.number))


def milestones(steps: Sequence[HandlingStep]) -> Milestones:
    """Of an alarm with these steps."""
    standing = as_corrected(steps)

    def first(kind: StepKind) -> int:
        return min((one.at for one in standing if one.kind is kind), default=0)

    fed_back = [one for one in standing if one.kind is StepKind.FEEDBACK]
    last = max(fed_back, key=lambda one: one.number, default=None)
    return Milestones(
        first(StepKind.DISPATCHED),
        first(StepKind.ARRIVED),
        first(StepKind.FEEDBACK),
        str(last.outcome) if last else "",
        next((one.desk for one in standing if one.kind is StepKind.DISPATCHED), ""),
    )


def known(steps: Sequence[HandlingStep], key: str) -> HandlingStep | None:
    """The step that was written under a key before."""
    return next((one for one in steps if key and one.key == key), None)


def out_of_order(steps: Sequence[HandlingStep], new: HandlingStep, *, handed_over: bool) -> str:
    """Why a person cannot write this step now, "" when they can. handed_over: 110 has the alarm."""
    kinds = {one.kind for one in steps}
    if len(steps) >= MOST_STEPS:
        return Said("这条警情的登记太多，不能再添加")
    match new.kind:
        case StepKind.DISPATCHED:
            return Said("已经反馈，不能再派警") if StepKind.FEEDBACK in kinds else ""
        case StepKind.ARRIVED:
            return _no_arrival(steps, new)
        case StepKind.FEEDBACK:
            return _no_feedback(kinds, new, handed_over=handed_over)
        case StepKind.CORRECTED:
            return _no_correction(steps, new)


def floor_of(steps: Sequence[HandlingStep], new: HandlingStep, raised_at: int) -> int:
    """The instant before which it cannot have happened (ms UTC)."""
    standing = as_corrected(steps)
    match new.kind:
        case StepKind.ARRIVED:
            before = [one.at for one in standing if one.number == new.of]
        case StepKind.FEEDBACK:
            before = [one.at for one in standing]
        case StepKind.CORRECTED:
            wrong = next((one for one in standing if one.number == new.of), None)
            before = [one.at for one in standing if wrong and one.number == wrong.of]
        case _:
            before = []
    return max([raised_at, *before])


def _no_arrival(steps: Sequence[HandlingStep], new: HandlingStep) -> str:
    sent = {one.number for one in steps if one.kind is StepKind.DISPATCHED}
    if not sent:
        return Said("还没有派警，不能登记到场")
    if new.of not in sent:
        return Said("没有这次派警")
    if any(one.kind is StepKind.ARRIVED and one.of == new.of for one in steps):
        return Said("这次派警已经登记到场；登记有误请用“更正”")
    return ""


def _no_feedback(kinds: set[StepKind], new: HandlingStep, *, handed_over: bool) -> str:
    if StepKind.FEEDBACK in kinds:
        return Said("已经反馈过；登记有误请用“更正”")
    if new.outcome in WITHOUT_ARRIVAL or handed_over:
        return ""
    if StepKind.DISPATCHED not in kinds:
        return Said("还没有派警：没有派警的只能反馈为无需出警、重复报警、误报或谎报")
    if StepKind.ARRIVED not in kinds:
        return Said("还没有登记到场：请先登记到场，再反馈处置结果")
    return ""


def _no_correction(steps: Sequence[HandlingStep], new: HandlingStep) -> str:
    wrong = next((one for one in steps if one.number == new.of), None)
    if wrong is None or wrong.kind is StepKind.CORRECTED:
        return Said("没有可以更正的这一步")
    if new.outcome and wrong.kind is not StepKind.FEEDBACK:
        return Said("只有反馈有处置结果")
    return ""
