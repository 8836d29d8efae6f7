"""What the citizen reads of where a case stands."""

from __future__ import annotations

from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CITIZEN_LABEL, CaseState
from hub.model.track import Track


def citizen_label(p: Proceeding, *, unit_name: str = "", master: str = "") -> str:
    """The state in plain words. unit_name: of the unit it was sent to, never told of a REPORT."""
    match p.state:
        case CaseState.ROUTED if p.track is Track.REPORT:
            return CITIZEN_LABEL[CaseState.TRIAGE]
        case CaseState.ROUTED:
            return f"{CITIZEN_LABEL[p.state]}({unit_name})" if unit_name else CITIZEN_LABEL[p.state]
        case CaseState.HANDLING if p.extended and not p.replied_at:
            return "已延期"
        case CaseState.MERGED if master:
            return f"{CITIZEN_LABEL[p.state]}({master})"
        case state:
            return CITIZEN_LABEL[state]
