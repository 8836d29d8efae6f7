"""静默联系: while somebody may be in danger, no text leaves to them by itself.

Rule protected: a telephone that lights up may betray who wrote to the person they hide from, so from the
first sign of danger until a person says otherwise, or the case is over, only people write to them. A handler
may ask for silence without a sign, and lift it; a new sign brings it back. A case that 110 took over is over
here, the danger is not: it stays silent as long as what the citizen writes still belongs to it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from hub.model.cases.alarm import is_alarm, was_handed_off
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry, HistoryKind, recorded


class Silence(StrEnum):
    """What a person said about it; stored with the case."""

    BY_SIGN = ""  # nobody said anything: the signs of danger decide
    ASKED = "asked"
    LIFTED = "lifted"


def is_silent(case: Case, at: int) -> bool:
    """Whether nothing may leave by itself to who brought this case. at: ms UTC."""
    if not case.is_open and not was_handed_off(case, at):
        return False
    return case.silence == Silence.ASKED or (case.silence == Silence.BY_SIGN and is_alarm(case))


def signed_anew(case: Case) -> Case:
    """The case after a new sign of danger: what a person lifted before it holds no more."""
    return replace(case, silence=Silence.BY_SIGN) if case.silence == Silence.LIFTED else case


def said(case: Case, silence: Silence, *, at: int, by: str, why: str) -> tuple[Case, HistoryEntry]:
    """A person asks for silence or lifts it; who and why stands in the history."""
    after = replace(case, silence=silence)
    kind = HistoryKind.SILENCED if silence == Silence.ASKED else HistoryKind.SILENCE_LIFTED
    return recorded(after, at=at, actor=by, kind=kind, text=why)
