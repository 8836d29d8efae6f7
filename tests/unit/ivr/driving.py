"""Drives the engine event by event, for tests that look at the state in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from channels.address import phone
from channels.contract import Ask, CallEvent, CallEventKind, CallStep, Record, Say
from ivr.engine import CallState, Effect, Turn, begin, resume, step
from ivr.flow import load, shipped
from ivr.node import Flow

FLOW = load(shipped("12389"))
FACTS: Mapping[str, str] = {
    "province": "福建",
    "open": "1",
    "person_number": "+8659112345678",
    "emergency_number": "+8659187550110",
    "cities": "591=福州|Fuzhou 592=厦门|Xiamen",
}
RECEIPT = {"reference": "26112200000197", "query_code": "40318652"}
EVENT = CallEvent(
    channel="voice",
    call_id="CA1",
    kind=CallEventKind.STARTED,
    event_id="E0",
    line="12389",
    caller=phone("13800138000"),
    received_at=1_700_000_000_000,
)


@dataclass
class Caller:
    """One caller on one call."""

    facts: Mapping[str, str] = field(default_factory=lambda: FACTS)
    flow: Flow = FLOW

    def __post_init__(self) -> None:
        self.now = EVENT.received_at
        self.all_effects: list[Effect] = []
        self.turn = begin(self.flow, EVENT, facts=self.facts)
        self._note()

    @property
    def state(self) -> CallState:
        return self.turn.state

    @property
    def heard(self) -> str:
        return "".join(say.text for one in self.turn.steps for say in said(one))

    def event(self, kind: CallEventKind, **fields: Any) -> CallEvent:
        answers = {"revision": self.state.revision, "node": self.state.node}
        return replace(EVENT, kind=kind, received_at=self.now, **{**answers, **fields})

    def send(self, kind: CallEventKind, *, after_ms: int = 4000, **fields: Any) -> Turn:
        self.now += after_ms
        self.turn = step(self.flow, self.state, self.event(kind, **fields), facts=self.facts)
        self._note()
        return self.turn

    def press(self, *keys: str, after_ms: int = 4000) -> Turn:
        for key in keys:
            self.send(CallEventKind.DIGITS, digits=key, after_ms=after_ms)
        return self.turn

    def say(self, text: str, confidence: float = 0.9) -> Turn:
        return self.send(CallEventKind.SPEECH, text=text, confidence=confidence)

    def record(self, recording_id: str = "RE1", digits: str = "#") -> Turn:
        return self.send(
            CallEventKind.RECORDED,
            recording_id=recording_id,
            recording_seconds=12.0,
            digits=digits,
            ended=digits == "hangup",
        )

    def hang_up(self) -> Turn:
        return self.send(CallEventKind.HANGUP, revision=-1, node="", ended=True)

    def resume(self, outcome: str, **facts: str) -> Turn:
        self.turn = resume(self.flow, self.state, outcome, {**self.facts, **facts})
        self._note()
        return self.turn

    def _note(self) -> None:
        self.all_effects.extend(self.turn.effects)


def said(one: CallStep) -> tuple[Say, ...]:
    match one:
        case Say():
            return (one,)
        case Ask() | Record():
            return tuple(say for say in one.prompts if isinstance(say, Say))
        case _:
            return ()
