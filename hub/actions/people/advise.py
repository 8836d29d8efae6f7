"""What is seen in a matter while an officer writes it down: by the rules that read what citizens write."""

from __future__ import annotations

from dataclasses import dataclass

from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.understand import Understand
from hub.model.track import Track
from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Advice:
    """track: proposed; the officer decides. accuses: it goes behind the compartment wall, whatever is chosen.
    danger: perhaps; it is shown, and flags the case."""

    track: Track
    accuses: bool
    danger: bool


class Advise:
    """Advises."""

    def __init__(self, triage: Triage, understand: Understand) -> None:
        self._triage = triage
        self._understand = understand

    async def __call__(self, matter: str) -> Advice:
        """On what was written so far."""
        folded = Utterance(matter).folded
        understood = await self._understand(matter, seconds=_SECONDS)
        danger = bool(self._triage.danger(folded)) or understood.judgement.danger is not Level.NONE
        sure = self._triage.accuses_police(folded)
        accuses = sure or self._triage.accusation(folded, understood) is not Level.NONE
        track = Track.REPORT if sure else Track.EMERGENCY if danger else Track.CONSULT
        return Advice(track, accuses, danger)
