"""One case played through the table in memory: events at local times, with a person for each role."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from hub.model.cases.attempt import Attempt
from hub.model.cases.clock import Clock, ClockState, Rules
from hub.model.cases.moves import IllegalMove, allowed, move
from hub.model.cases.passing_time import WarningGiven, advance
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.roles import CaseRole
from hub.model.cases.table import rows_of
from hub.model.track import Track
from hub.runtime.clock import CHINA, to_ms
from hub.settings.profiles import load_profile
from hub.settings.work_calendar import shipped_calendar

NATIONAL = Rules(load_profile("national"), shipped_calendar())


def ms(at: str) -> int:
    """A local time, `2026-03-02 09:00`, as ms UTC."""
    return to_ms(datetime.fromisoformat(at).replace(tzinfo=CHINA))


class Play:
    """A case and what happened to it."""

    def __init__(
        self, track: Track, received: str = "2026-03-02 09:00", *, rules: Rules = NATIONAL, **data: Any
    ) -> None:
        self.rules = rules
        self.p = Proceeding(track)
        self.warnings: list[WarningGiven] = []
        self.notices: list[str] = []
        self.do(received, "submit", **data)

    def do(self, at: str, event: str, by: str = "", person: str = "", **data: Any) -> Self:
        """Raises `IllegalMove`."""
        self.look(at)
        rows = rows_of(event)
        row = next((r for r in rows if self.p.state in r.sources and self.p.track in r.tracks), rows[0])
        role = CaseRole(by) if by else row.may(self.p.track)[0]
        if event == "route":
            data.setdefault("received_at", ms(at))
        moved = move(self.p, Attempt(event, ms(at), role, self.rules, person or role, data))
        self.p = moved.proceeding
        self.notices += moved.notices
        return self

    def refused(self, at: str, event: str, by: str = "", person: str = "", **data: Any) -> str:
        """Why it may not happen; nothing changes but the time."""
        self.look(at)
        before = self.p
        try:
            self.do(at, event, by, person, **data)
        except IllegalMove as refused:
            if self.p != before:
                raise AssertionError("half done") from None
            if refused.kept:
                self.p = refused.kept
            return refused.reason
        raise AssertionError(f"{event} was not refused")

    def look(self, at: str) -> Self:
        """Time passes."""
        passed = advance(self.p, ms(at), self.rules)
        self.p = passed.proceeding
        self.warnings += passed.warnings
        self.notices += passed.notices
        return self

    def clock(self, name: str) -> Clock:
        return next(clock for clock in reversed(self.p.clocks) if clock.name == name)

    def due(self, name: str) -> str:
        return self.rules.last_day(self.clock(name)).isoformat()

    def clock_state(self, name: str) -> ClockState:
        return self.clock(name).state

    def clocks(self) -> list[str]:
        return [str(clock.name) for clock in self.p.clocks]

    def breaches(self) -> list[str]:
        return [str(breach.clock) for breach in self.p.breaches]

    def papers(self) -> list[str]:
        return [str(paper.kind) for paper in self.p.papers]

    def allowed(self, at: str) -> tuple[str, ...]:
        return allowed(self.p, Attempt("look", ms(at), CaseRole.SYS, self.rules))


def in_triage(track: Track = Track.APPEAL) -> Play:
    """Received on Mon 2 March 2026."""
    return Play(track).do("2026-03-02 10:00", "pick")


def routed(track: Track = Track.APPEAL) -> Play:
    """With unit A since Tue 3 March."""
    return in_triage(track).do("2026-03-03 10:00", "route", mode="转送", unit="A")


def accepted(track: Track = Track.APPEAL, items: int = 1) -> Play:
    """Accepted on Tue 3 March: the 60 days of an appeal end on 2 May."""
    return in_triage(track).do(
        "2026-03-03 10:00", "accept", branch=2 if track is Track.LEGAL else 6, items=items
    )


def handling(track: Track = Track.APPEAL, items: int = 1) -> Play:
    """In the hands of h1 since Wed 4 March, who has called the citizen."""
    play = accepted(track, items).do("2026-03-04 10:00", "assign", handler="h1")
    return play.do("2026-03-04 11:00", "log_contact")


def drafted(track: Track = Track.APPEAL) -> Play:
    return handling(track).do("2026-03-10 10:00", "submit_reply", person="h1", outcomes=["支持"])


def replied(track: Track = Track.APPEAL) -> Play:
    """The reply was delivered on Thu 12 March:

    复查 may be asked for until Mon 13 April (11 April is a Saturday).
    """
    return drafted(track).do("2026-03-11 10:00", "sign").do("2026-03-12 10:00", "deliver", method="直接")


def answered(track: Track = Track.CONSULT) -> Play:
    return Play(track).do("2026-03-02 10:00", "answer")


def in_fucha() -> Play:
    return replied().do("2026-03-20 10:00", "request_fucha")


def fucha_done() -> Play:
    """Delivered on Wed 1 April."""
    return in_fucha().do("2026-04-01 10:00", "fucha_opinion", outcome="维持")


def in_fuhe() -> Play:
    return fucha_done().do("2026-04-10 10:00", "request_fuhe")
