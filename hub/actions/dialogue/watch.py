"""How a measurement looks on while the hub decides (`hub talk eval`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.actions.dialogue.understand import WAIT_SECONDS
from hub.actions.dialogue.verdict import Verdict


def _nobody(_verdict: Verdict) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    """decided: is told the verdict on each text, whether or not the channel may say it.

    wait_seconds: how long a text may wait for what it means; a citizen does not wait for long.
    """

    decided: Callable[[Verdict], None] = _nobody
    wait_seconds: float = WAIT_SECONDS


UNWATCHED = Watch()
