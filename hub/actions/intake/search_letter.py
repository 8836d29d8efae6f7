"""Looks for words of danger and accusation in a letter that nobody could read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.actions.dialogue.triage import Triage
from hub.actions.dialogue.verdict import Danger
from knowledge_base.text.utterance import Utterance


@dataclass(frozen=True, slots=True)
class Found:
    """What its bytes seem to say. accuses: it may accuse police, and waits behind the wall."""

    danger: Danger | None = None
    accuses: bool = False


def search_letter(pieces: Iterable[str], triage: Triage) -> Found:
    """One look at each piece. Megabytes take seconds: not for the event loop."""
    words: dict[str, None] = {}
    threat = accuses = False
    for piece in pieces:
        folded = Utterance(piece).folded
        danger = triage.danger(folded)
        if danger is not None:
            words.update(dict.fromkeys(danger.words))
            threat = threat or danger.threat
        accuses = accuses or triage.may_accuse(folded)
    return Found(Danger(tuple(words), threat=threat) if words else None, accuses)
