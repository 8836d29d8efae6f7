"""The colour of a row in the queue."""

from __future__ import annotations

import pytest

from hub.actions.cases.queue.read_queue import QueueRow
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.web.i18n import Catalogues, Language
from hub.web.pages.cases.queue import line_of

NOW = 1_790_049_600_000


@pytest.mark.parametrize(
    ("track", "flags", "due_at", "risk", "is_late"),
    [
        (Track.CONSULT, (), 0, "calm", False),
        (Track.EMERGENCY, ("danger",), 0, "bad", False),
        (Track.CONSULT, ("possible_danger",), 0, "warn", False),
        (Track.CONSULT, (), NOW + 1, "calm", False),
        (Track.CONSULT, (), NOW, "bad", True),
    ],
)
def test_danger_and_a_late_screening_are_seen_by_colour(
    track: Track, flags: tuple[str, ...], due_at: int, risk: str, is_late: bool
) -> None:
    origin = Origin("sms", "sms")
    case = Case("c1", "1", NOW, NOW, Proceeding(track, CaseState.REGISTERED), origin, flags=flags)
    line = line_of(QueueRow(case, 1, "", "", due_at), NOW, Catalogues.load().of(Language.ZH))
    assert (line.risk, line.is_late) == (risk, is_late)
