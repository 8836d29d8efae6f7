"""An online petition (网上信访) as the citizen filled it in, and the track it starts on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.track import Track


class PetitionKind(StrEnum):
    """What the citizen says it is; a person may correct the track at triage."""

    COMPLAINT = "complaint"  # 诉求、投诉
    REPORT = "report"  # 检举控告民警或公安机关
    SUGGESTION = "suggestion"  # 意见建议
    HELP = "help"  # 求助
    CONSULT = "consult"  # 咨询


TRACK_OF: dict[PetitionKind, Track] = {
    PetitionKind.COMPLAINT: Track.APPEAL,
    PetitionKind.REPORT: Track.REPORT,
    PetitionKind.SUGGESTION: Track.SUGGEST,
    PetitionKind.HELP: Track.SERVICE,
    PetitionKind.CONSULT: Track.CONSULT,
}


@dataclass(frozen=True, slots=True)
class Petition:
    """A checked form.

    submission_id: random per form; the same one twice is the same petition.
    phone: normalised or ""; anonymous petitions carry no name, phone or e-mail.
    no_emergency: the citizen says so of what was found dangerous. electronic: agrees to electronic delivery.
    """

    submission_id: str
    kind: PetitionKind
    title: str
    body: str
    place: str = ""
    occurred_on: str = ""
    region: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    anonymous: bool = False
    language: str = "zh"
    no_emergency: bool = False
    electronic: bool = False
