"""What one case adds to the figures of its month (统一电子监察): whole numbers that are summed up.

A case belongs to the month in which it was received (月 by local time), so that a figure leads to the cases
behind it: the queue filters by the day of receipt. What is merged into another case or withdrawn counts as
received and in no rate.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from hub.model.cases.case import Case
from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.standing import REPEATED
from hub.model.cases.state import CaseState

Figures = Mapping[str, int]
"""By the name of a figure; what is 0 is left out."""


class Figure(StrEnum):
    """Numbers of cases, unless said otherwise. Names of stored fields: never rename."""

    RECEIVED = "received"
    FINISHED = "finished"  # answered or ended otherwise, not merged, not withdrawn
    ON_TIME = "on_time"  # of those, without a missed limit
    MISSED = "missed"  # missed a limit, finished or not
    ANSWERED = "answered"  # were taken in hand, told or replied to: a first response
    REWORKED = "reworked"  # done again (重办)
    REPEATED = "repeated"  # brought before (重复), as a person decided
    RATED = "rated"
    SATISFIED = "satisfied"  # of those, with 4 or 5 points
    PETITIONS = "petitions"  # 信访事项
    PETITIONS_REPEATED = "petitions_repeated"
    NOTICE_DUE = "notice_due"  # 受理告知 was made, or its last day is over
    NOTICE_ON_TIME = "notice_on_time"
    FIRST_DUE = "first_due"  # 初次信访事项 that were handled, or whose last day is over
    FIRST_ON_TIME = "first_on_time"
    FIRST_TAKEN = "first_taken"  # 初次信访事项 that were accepted
    FIRST_CONTACTED = "first_contacted"  # of those, the petitioner was contacted
    ORGAN_RATED = "organ_rated"  # petitions that the registering organ answered itself, rated
    ORGAN_SATISFIED = "organ_satisfied"
    UNIT_RATED = "unit_rated"  # petitions that a unit in charge answered, rated
    UNIT_SATISFIED = "unit_satisfied"


_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
FIRST_RESPONSE_MS: Sequence[int] = (
    15 * _MINUTE,
    _HOUR,
    4 * _HOUR,
    8 * _HOUR,
    *(days * _DAY for days in (1, 2, 3, 5, 7, 10, 15, 30)),
)
"""Steps of the histogram of first responses: at most so long; the last is for what took longer."""

SATISFIED_FROM = 4
_FIRST = "first_{:02d}"
_STEPS = tuple(_FIRST.format(step) for step in range(len(FIRST_RESPONSE_MS) + 1))
_S = CaseState
_IN_NO_RATE = frozenset({_S.MERGED, _S.WITHDRAWN})
_IN_HAND = frozenset(
    {_S.REGISTERED, _S.TRIAGE, _S.NEED_INFO, _S.ROUTED, _S.OBJECTION}
    | {_S.ACCEPTED, _S.HANDLING, _S.REVIEW_DRAFT, _S.REWORK}
)


def figures_of(case: Case, score: int = 0) -> Figures:
    """Of one case as it stands. score: 1 to 5 as the citizen rated it last, 0 = not. A draft adds nothing."""
    if case.state is CaseState.DRAFT:
        return {}
    p = case.proceeding
    found: Counter[str] = Counter({Figure.RECEIVED: 1})
    if case.state in _IN_NO_RATE:
        return found
    missed, finished = bool(p.breaches), case.state not in _IN_HAND
    is_repeated = REPEATED in case.flags
    found[Figure.MISSED] = missed
    found[Figure.FINISHED] = finished
    found[Figure.ON_TIME] = finished and not missed
    found[Figure.REWORKED] = p.redone > 0
    found[Figure.REPEATED] = is_repeated
    found[Figure.RATED] = score > 0
    found[Figure.SATISFIED] = score >= SATISFIED_FROM
    if responded_at := _first_response(p):
        found[Figure.ANSWERED] = 1
        found[_STEPS[bisect_left(FIRST_RESPONSE_MS, responded_at - case.received_at)]] = 1
    if p.is_petition:
        found.update(_of_petition(p, score, is_repeated=is_repeated))
    return {str(name): int(number) for name, number in found.items() if number}


def _of_petition(p: Proceeding, score: int, *, is_repeated: bool) -> Mapping[str, int]:
    notice, handling = p.last(ClockName.NOTIFY_15), p.last(ClockName.HANDLE_60)
    rated, satisfied = (
        (Figure.UNIT_RATED, Figure.UNIT_SATISFIED)
        if p.unit_id
        else (Figure.ORGAN_RATED, Figure.ORGAN_SATISFIED)
    )
    first = not is_repeated
    return {
        Figure.PETITIONS: 1,
        Figure.PETITIONS_REPEATED: is_repeated,
        Figure.NOTICE_DUE: not p.identity_unclear and _is_over(notice),
        Figure.NOTICE_ON_TIME: not p.identity_unclear and _was_kept(notice),
        Figure.FIRST_DUE: first and _is_over(handling),
        Figure.FIRST_ON_TIME: first and _was_kept(handling),
        Figure.FIRST_TAKEN: first and p.accepted_at > 0,
        Figure.FIRST_CONTACTED: first and p.accepted_at > 0 and p.contacted,
        rated: score > 0,
        satisfied: score >= SATISFIED_FROM,
    }


def _first_response(p: Proceeding) -> int:
    """When somebody first did something the citizen was told of (ms UTC), 0 = not yet."""
    told = (p.accepted_at, p.replied_at, *(paper.issued_at for paper in p.papers[:1]))
    return min((at for at in told if at), default=0)


def _is_over(clock: Clock | None) -> bool:
    return clock is not None and bool(clock.stopped_at or clock.breached_at)


def _was_kept(clock: Clock | None) -> bool:
    return clock is not None and bool(clock.stopped_at) and not clock.breached_at


def summed(all_of_them: Iterable[Figures]) -> Figures:
    """The sum; what is 0 is left out."""
    found: dict[str, int] = {}
    for one in all_of_them:
        for name, number in one.items():
            found[name] = found.get(name, 0) + number
    return {name: number for name, number in found.items() if number}


def difference(after: Figures, before: Figures) -> Figures:
    """What has to be added to `before`."""
    names = after.keys() | before.keys()
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: number for name, number in changes.items() if number}


def first_response_ms(figures: Figures, share: float) -> int | None:
    """The step of the histogram within which this share (0..1) of the first responses came; 0 = longer than
    the last step; None where there are none."""
    counts = [figures.get(step, 0) for step in _STEPS]
    wanted, seen = share * sum(counts), 0
    if not wanted:
        return None
    for step, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return FIRST_RESPONSE_MS[step] if step < len(FIRST_RESPONSE_MS) else 0
    return 0
