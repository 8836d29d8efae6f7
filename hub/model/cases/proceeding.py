"""The proceeding of a case (办理过程): its state, clocks, documents and what was decided, as one value.

It holds facts, numbers and ids only; what people wrote stands in the history, sealed. Only
`hub/model/cases/moves.py` makes a new one out of an old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.model.cases.clock import Clock
from hub.model.cases.clock_names import ClockName
from hub.model.cases.state import CaseState
from hub.model.track import Track

PETITION_TRACKS = frozenset({Track.SUGGEST, Track.APPEAL, Track.LEGAL})
"""Those of 《信访工作条例》 with its own clocks from registration."""
DIRECT_TRACKS = frozenset({Track.CONSULT, Track.SERVICE, Track.EMERGENCY})
"""Those that may be answered and closed in one step."""


_REVIEWED = frozenset({CaseState.FUCHA, CaseState.FUCHA_DONE, CaseState.FUHE, CaseState.FINAL})
"""Where a case lies before the higher organ."""


class DocumentKind(StrEnum):
    """The documents of the table."""

    ACCEPTANCE = "受理告知书"
    TRANSFER = "转送告知书"
    REFUSAL = "不予受理告知书"
    NOT_AGAIN = "不再受理告知书"
    LEGAL_WAY = "导入法定程序告知书"
    EXTENSION = "延期告知书"
    OPINION = "处理意见书"
    REPLY = "答复意见书"
    FUCHA_OPINION = "复查意见书"
    FUHE_OPINION = "复核意见书"
    FUCHA_REFUSAL = "复查不予受理告知书"
    FUHE_REFUSAL = "复核不予受理告知书"


class DeliveryMethod(StrEnum):
    """How a document reached the citizen (送达方式)."""

    DIRECT = "直接"
    SUBSTITUTE = "代收"
    LEFT = "留置"
    POST = "邮寄"
    MANDATED = "委托"
    PUBLIC = "公告"
    ELECTRONIC = "电子"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that was issued.

    unit_id: whose it is. number: "" until documents are numbered. delivered_at: ms UTC, 0 = not yet.
    effective_at: when a 公告 takes effect, 0 for other methods.
    """

    kind: DocumentKind
    issued_at: int
    unit_id: str = ""
    number: str = ""
    method: str = ""
    delivered_at: int = 0
    effective_at: int = 0


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that was missed. Never taken back."""

    clock: ClockName
    at: int
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class LateRequest:
    """复查 or 复核 asked for after the last day: a person answers it, never the system."""

    level: str
    at: int
    last_day: str


@dataclass(frozen=True, slots=True)
class Proceeding:
    """One case as its procedure sees it.

    previous, merged_from: where NEED_INFO and MERGED return to. event, came_from: the last move. unit_id:
    the unit in charge, "" for the organ that registered it. receives_at: when a unit that it was sent to
    will have it. items: how many things are asked for, each with its own outcome. author, signed_by: of
    the reply. closed_at: when all its clocks stopped at once, 0 where that was before it was kept.
    handling_at: since when a handler has it. returned: how often a unit said that it is not theirs.
    asked_days, asked_by: an extension that waits for approval. Times are ms UTC, 0 = never.
    """

    track: Track
    state: CaseState = CaseState.DRAFT
    previous: CaseState | None = None
    merged_from: CaseState | None = None
    event: str = ""
    came_from: CaseState = CaseState.DRAFT
    registered_at: int = 0
    accepted_at: int = 0
    replied_at: int = 0
    closed_at: int = 0
    handling_at: int = 0
    unit_id: str = ""
    receives_at: int = 0
    assigner: str = ""
    branch: int = 0
    items: int = 1
    outcomes: tuple[str, ...] = ()
    handler: str = ""
    author: str = ""
    signed_by: str = ""
    contacted: bool = False
    identity_unclear: bool = False
    extended: int = 0
    asked_days: int = 0
    asked_by: str = ""
    proposed: str = ""
    proposed_by: str = ""
    returned: int = 0
    redone: int = 0
    ratings: int = 0
    reminded_at: int = 0
    clocks: tuple[Clock, ...] = ()
    papers: tuple[Paper, ...] = ()
    breaches: tuple[Breach, ...] = ()
    late: tuple[LateRequest, ...] = ()

    @property
    def is_petition(self) -> bool:
        return self.track in PETITION_TRACKS

    @property
    def concerns_higher_organ(self) -> bool:
        """Whether it lies before the higher organ, is overdue, or a person has to answer a late request."""
        overdue = any(clock.breached_at and not clock.stopped_at for clock in self.clocks)
        return self.state in _REVIEWED or bool(self.late) or overdue

    def running(self, name: ClockName) -> Clock | None:
        """The clock of this name that has not stopped, the last if there are two."""
        return next((c for c in reversed(self.clocks) if c.name == name and not c.stopped_at), None)

    def last(self, name: ClockName) -> Clock | None:
        """The clock of this name that started last."""
        return next((c for c in reversed(self.clocks) if c.name == name), None)

    def paper(self, kind: str = "", *, waiting: bool = False) -> Paper | None:
        """The last document of a kind ("" for any), or the last that is not delivered."""
        return next(
            (
                paper
                for paper in reversed(self.papers)
                if (not kind or paper.kind == kind) and not (waiting and paper.delivered_at)
            ),
            None,
        )

    def without_handler(self) -> Proceeding:
        """The same, in nobody's hands."""
        return replace(self, handler="", handling_at=0)

    def draft_of(self, track: Track) -> Proceeding:
        """A draft that turned out to be of another track. Raises `ValueError` for what is no draft."""
        if self.state is not CaseState.DRAFT:
            raise ValueError("only a draft changes its track without a move")
        return replace(self, track=track)

    # -- a new value each ----------------------------------------------------------------------

    def start(
        self, name: ClockName, at: int, *, last_day: str = "", unit_id: str | None = None
    ) -> Proceeding:
        """With one clock more."""
        unit = self.unit_id if unit_id is None else unit_id
        return replace(self, clocks=(*self.clocks, Clock(name, self.track, at, unit, last_day=last_day)))

    def change(self, names: Iterable[ClockName], change: Callable[[Clock], Clock]) -> Proceeding:
        """With `change` made to every clock of these names that has not stopped."""
        wanted = frozenset(names)
        clocks = tuple(change(c) if c.name in wanted and not c.stopped_at else c for c in self.clocks)
        return replace(self, clocks=clocks)

    def stop(self, at: int, *names: ClockName) -> Proceeding:
        """With these clocks at their end."""
        return self.change(names, lambda clock: clock.stopped(at))

    def stop_all(self, at: int) -> Proceeding:
        """With every clock at its end."""
        return self.stop(at, *ClockName)

    def put_clock(self, old: Clock, new: Clock) -> Proceeding:
        """With one clock replaced."""
        return replace(self, clocks=tuple(new if clock is old else clock for clock in self.clocks))

    def put_paper(self, old: Paper, new: Paper) -> Proceeding:
        """With one document replaced."""
        return replace(self, papers=tuple(new if paper is old else paper for paper in self.papers))
