"""Plays a scripted call against a flow and writes down what the caller would hear.

For the department that edits a flow, and for tests. A script is TOML:

    facts = { province = "福建", open = "1" }
    steps = ["press 1", "press 2", "expect 举报", "record 20", "hangup", "expect effect PromotePartial"]

Steps: `press KEYS` · `silence` · `say WORDS` · `record SECONDS` · `answer OUTCOME` (of a transfer) ·
`hook OUTCOME` (of the next hook) · `wait MILLISECONDS` · `lost` · `hangup` · `expect WORDS` (heard
since the last step) · `expect not WORDS` · `expect effect NAME` · `expect node NAME`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from channels.address import phone
from channels.contract import Ask, CallEvent, CallEventKind, CallStep, Hangup, Pause, Record, Say
from channels.contract import Transfer as TransferStep
from ivr.engine import begin, resume, step
from ivr.errors import IvrError
from ivr.input import TRANSFER_OUTCOME
from ivr.node import Flow
from ivr.state import AnswerChoice, AnswerQuestion, Effect, IssueReceipt, MoveCase, Turn

SAMPLE_FACTS: Mapping[str, str] = {
    "reference": "26112200000197",
    "query_code": "40318652",
    "progress": "您的事项正在办理。",
    "asked": "",
    "told": "已提醒承办人。",
    "answer": "可以到任意一个派出所办理。",
    "choices": "1=1 2=2",
    "choices_aloud": "身份证补领请按1。身份证换领请按2。",
}
_OUTCOMES: Mapping[type[Effect], str] = {
    IssueReceipt: "ok",
    AnswerQuestion: "answered",
    MoveCase: "told",
    AnswerChoice: "answered",
}
START_MS = 1_700_000_000_000
BETWEEN_MS = 4_000
"""How long a scripted caller thinks before each step."""


class ScriptFailed(IvrError):
    """The call did not go as the script expects, or the script makes no sense."""


@dataclass(frozen=True, slots=True)
class Script:
    """What the caller does and expects. `steps` are lines as described above."""

    steps: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> Script:
    """A script from TOML. Raises `ScriptFailed`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ScriptFailed(f"not TOML: {problem}") from problem
    steps, facts = data.get("steps", []), data.get("facts", {})
    if not isinstance(steps, list) or not all(isinstance(line, str) for line in steps):
        raise ScriptFailed("steps must be a list of texts")
    return Script(tuple(steps), {str(name): str(value) for name, value in facts.items()})


def simulate(flow: Flow, script: Script | str) -> str:
    """The transcript of the call. Raises `ScriptFailed` at the first expectation not met."""
    call = ScriptedCall(flow, parse(script) if isinstance(script, str) else script)
    for line in call.script.steps:
        call.play(line)
    return call.transcript


class ScriptedCall:
    """A call that is being played. Public for tests that look at the state in between."""

    def __init__(self, flow: Flow, script: Script) -> None:
        self.script = script
        self.effects: list[Effect] = []
        self.steps: tuple[CallStep, ...] = ()
        self._flow = flow
        self._lines: list[str] = []
        self._now = START_MS
        self._wait: int | None = None
        self._hook = ""
        self._recordings = 0
        self._take(begin(flow, self._event(CallEventKind.STARTED), facts=script.facts))

    @property
    def transcript(self) -> str:
        """What was heard and done so far, a line each."""
        return "\n".join(self._lines) + "\n"

    @property
    def heard(self) -> str:
        """Everything said since the caller last did something."""
        return "".join(say.text for one in self.steps for say in _said(one))

    def play(self, line: str) -> None:
        """One step of the script."""
        verb, _, rest = line.strip().partition(" ")
        match verb:
            case "press":
                self._send(f"> keys {rest}", CallEventKind.DIGITS, digits=rest.rstrip("#"))
            case "silence":
                self._quiet()
            case "say":
                self._send(f"> says {rest}", CallEventKind.SPEECH, text=rest, confidence=0.9)
            case "record":
                self._record(float(rest))
            case "answer":
                self._send(f"> transfer {rest}", CallEventKind.DIGITS, details={TRANSFER_OUTCOME: rest})
            case "hook":
                self._hook = rest
            case "wait":
                self._wait = int(rest)
            case "lost":
                self._send("> answer lost", CallEventKind.LOST, stale=True)
            case "hangup":
                self._hang_up()
            case "expect":
                self._expect(rest)
            case _:
                raise ScriptFailed(f"no such step: {line}")

    def _quiet(self) -> None:
        kind = CallEventKind.DIGITS
        if self.steps and isinstance(self.steps[-1], Record):
            kind = CallEventKind.RECORDED
        self._send("> silence", kind)

    def _record(self, seconds: float) -> None:
        self._recordings += 1
        self._send(
            f"> speaks for {seconds:g} s",
            CallEventKind.RECORDED,
            recording_id=f"RE{self._recordings}",
            recording_seconds=seconds,
            digits="#",
        )

    def _hang_up(self) -> None:
        if self.steps and isinstance(self.steps[-1], Record):
            self._recordings += 1
            self._send(
                "> hangs up while recording",
                CallEventKind.RECORDED,
                recording_id=f"RE{self._recordings}",
                recording_seconds=5.0,
                digits="hangup",
                ended=True,
            )
        else:
            self._send("> hangs up", CallEventKind.HANGUP, stale=True, ended=True)

    def _expect(self, rest: str) -> None:
        word, _, name = rest.partition(" ")
        if word == "effect":
            met = any(type(effect).__name__ == name for effect in self.effects)
        elif word == "node":
            met = self.state_node == name
        elif word == "not":
            met = name not in self.heard
        else:
            met = rest in self.heard
        if not met:
            raise ScriptFailed(f"expected {rest!r}; the call so far:\n{self.transcript}")

    @property
    def state_node(self) -> str:
        """The node the call is at."""
        return self.turn.state.node

    def _send(self, line: str, kind: CallEventKind, *, stale: bool = False, **fields: Any) -> None:
        self._lines.append(line)
        self._now += BETWEEN_MS if self._wait is None else self._wait
        self._wait = None
        state = self.turn.state
        event = self._event(kind, revision=-1 if stale else state.revision, node=state.node, **fields)
        self._take(step(self._flow, state, event, facts=self.script.facts))

    def _event(self, kind: CallEventKind, **fields: Any) -> CallEvent:
        event = CallEvent(
            channel="voice-simulated",
            call_id="CA1",
            kind=kind,
            event_id=f"E{len(self._lines)}",
            line=self._flow.id,
            caller=phone("13800138000"),
            received_at=self._now,
        )
        return replace(event, **fields)

    def _take(self, turn: Turn) -> None:
        """Run hooks as the hub does, then write down what the caller hears."""
        steps = list(turn.steps)
        self.effects.extend(turn.effects)
        while turn.state.waits_for_hub and turn.effects:
            default = _OUTCOMES.get(type(turn.effects[-1]), "found")
            outcome, self._hook = self._hook or default, ""
            turn = resume(self._flow, turn.state, outcome, {**self.script.facts, **SAMPLE_FACTS})
            steps.extend(turn.steps)
            self.effects.extend(turn.effects)
        self.turn = turn
        self.steps = tuple(steps)
        self._lines.extend(line for one in steps for line in _lines(one))


def _said(one: CallStep) -> tuple[Say, ...]:
    match one:
        case Say():
            return (one,)
        case Ask() | Record():
            return tuple(said for said in one.prompts if isinstance(said, Say))
        case _:
            return ()


def _lines(one: CallStep) -> tuple[str, ...]:
    said = tuple(f"{say.language}: {say.text}" for say in _said(one))
    match one:
        case Pause():
            return (f"    … {one.seconds} s",)
        case Ask():
            return (*said, f"    [waits for up to {one.max_digits} keys]")
        case Record():
            return (*said, f"    [records up to {one.max_seconds} s]")
        case TransferStep():
            return (f"    [connects to {one.number}]",)
        case Hangup():
            return ("    [hangs up]",)
        case _:
            return said
