"""The JSON another system answers with, believed only as far as it goes (docs/progress_systems.md).

The rule: what comes from outside is cut, cleaned of control characters and marks that turn the order, and
taken whole or not at all; a state that nobody mapped is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from hub.actions.progress.progress_source import SourceDown
from hub.model.cases.state import CITIZEN_LABEL, CaseState
from hub.model.progress import Progress, Reply, Step
from hub.other_systems.foreign_text import cleaned
from hub.runtime.clock import to_ms

MOST_STEPS = 12
MOST_REPLIES = 20
LABEL_CHARS = 40
TEXT_CHARS = 2000

_STATES: Mapping[str, CaseState] = {
    "registered": CaseState.REGISTERED,
    "handling": CaseState.HANDLING,
    "replied": CaseState.REPLIED,
    "closed": CaseState.CLOSED,
}


def state_of(word: str) -> CaseState | None:
    """Our state for a word of the contract, or None."""
    return _STATES.get(word.strip().casefold())


def read(body: bytes, reference: str, *, system: str, states: Mapping[str, str]) -> Progress | None:
    """What the answer tells; None for `found: false`. Raises `SourceDown` for anything that is no answer.

    states: the system's own words for the four of the contract.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise SourceDown("no JSON") from problem
    if not isinstance(data, dict) or not isinstance(data.get("found"), bool):
        raise SourceDown("found: must be true or false")
    if not data["found"]:
        return None
    word = data.get("state")
    state = state_of(states.get(word, word)) if isinstance(word, str) else None
    if state is None:
        raise SourceDown("state: is not mapped")
    steps, replies = data.get("steps", []), data.get("replies", [])
    if not isinstance(steps, list) or not isinstance(replies, list):
        raise SourceDown("steps and replies: must be lists")
    received_at = _instant(data.get("received_at"))
    return Progress(
        reference=reference,
        label=CITIZEN_LABEL[state],
        received_at=received_at,
        steps=tuple(map(_step, steps[:MOST_STEPS])) or _stages(state, received_at),
        replies=tuple(map(_reply, replies[-MOST_REPLIES:])),
        system=system,
    )


def _step(one: object) -> Step:
    if not isinstance(one, dict) or not isinstance(one.get("done"), bool):
        raise SourceDown("steps: label, at, done")
    at = None if one.get("at") is None else _instant(one["at"])
    return Step(_clean(one.get("label"), LABEL_CHARS), at, one["done"])


def _reply(one: object) -> Reply:
    if not isinstance(one, dict):
        raise SourceDown("replies: at, text")
    return Reply(_instant(one.get("at")), _clean(one.get("text"), TEXT_CHARS))


def _stages(state: CaseState, received_at: int) -> tuple[Step, ...]:
    order = list(_STATES.values())
    return tuple(
        Step(CITIZEN_LABEL[one], None if place else received_at, done=place <= order.index(state))
        for place, one in enumerate(order)
    )


def _instant(value: object) -> int:
    if not isinstance(value, str):
        raise SourceDown("at: must be an instant")
    try:
        return to_ms(datetime.fromisoformat(value))
    except (ValueError, OverflowError) as problem:
        raise SourceDown("at: must be an instant with its offset") from problem


def _clean(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise SourceDown("a text is missing")
    kept = cleaned(value, longest)
    if not kept:
        raise SourceDown("a text is empty")
    return kept
