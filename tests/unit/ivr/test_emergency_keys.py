"""1-1-0 pressed at once is asked about at every prompt of every flow, however its keys arrive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.contract import Ask, CallEventKind, Hangup, Record
from ivr.flow import load, shipped
from ivr.node import AskKind, AskNode, DoNode, EndNode, Flow, InputNode
from ivr.state import CallState, Phase, Turn
from tests.unit.ivr.driving import FACTS, RECEIPT, Caller

FLOWS = {name: load(shipped(name)) for name in ("12389", "12123")}
PROMPTS = [
    (name, node.name, phase)
    for name, flow in FLOWS.items()
    for node in flow.nodes.values()
    if isinstance(node, InputNode) and not node.name.startswith("emergency.")
    for phase in (Phase.INPUT, Phase.CONFIRM)
    if phase is Phase.INPUT or (isinstance(node, AskNode) and node.readback)
]
OPEN = {**FACTS, "speech": "1", "number_withheld": "1", "choices": "1=1 2=2", "choices_aloud": "请按1。"}
FOUND = {**RECEIPT, "progress": "正在办理。", "told": "已提醒。", "asked": "", "answer": "可以。"}
OUTCOMES = ("ok", "found", "told", "answered")


def standing_at(flow: Flow, node: str, phase: Phase) -> Caller:
    """A caller who has just been asked."""
    caller = Caller({**OPEN, **FOUND}, flow)
    slots = {"city": "591", "reference": RECEIPT["reference"]}
    at = flow.nodes[node]
    if phase is Phase.CONFIRM and isinstance(at, AskNode):
        slots[at.slot] = "591" if at.kind is AskKind.CHOICE else "012345"
    state = replace(caller.state, node=node, phase=phase, slots=slots, case_opened=True, case_kind="REPORT")
    caller.turn = Turn(state, (caller.turn.steps[-1],))
    caller.send(CallEventKind.LOST, revision=-1)  # asked again: the answer says what the carrier waits for
    return caller


def deliver(caller: Caller, keys: str) -> None:
    """As a carrier does: what is asked for takes the keys that are there, the rest meets what is asked next.
    A prompt that may take more waits for them in vain."""
    waiting = keys
    for _ in range(12):
        while caller.state.waits_for_hub:
            node = caller.flow.nodes[caller.state.node]
            assert isinstance(node, DoNode)
            outcome = next(one for one in OUTCOMES if one in node.next)
            caller.resume(outcome, **FOUND)
        match caller.turn.steps[-1]:
            case Ask() as ask if waiting:
                taken, waiting = waiting[: ask.max_digits], waiting[ask.max_digits :]
                late = 0 if len(taken) == ask.max_digits else ask.timeout_seconds * 1000
                caller.send(CallEventKind.DIGITS, digits=taken, after_ms=100 + late)
            case Record() as record if waiting:
                taken, waiting = waiting[0], waiting[1:]
                if taken in record.finish_on:
                    caller.send(
                        CallEventKind.RECORDED,
                        digits=taken,
                        recording_id="RE1",
                        recording_seconds=2.0,
                        after_ms=100,
                    )
            case _:
                return


@pytest.mark.parametrize(("flow", "node", "phase"), PROMPTS)
def test_one_one_zero_at_once_is_asked_about_at_every_prompt(flow: str, node: str, phase: Phase) -> None:
    caller = standing_at(FLOWS[flow], node, phase)
    assert (caller.state.node, caller.state.phase) == (node, phase)
    deliver(caller, "110")
    assert caller.state.node == "emergency.confirm"


@pytest.mark.parametrize("keys", ["11", "1"])
def test_a_goodbye_that_may_be_cut_short_by_the_rest_of_it_is_a_goodbye(keys: str) -> None:
    caller = standing_at(FLOWS["12389"], "receipt.after", Phase.INPUT)
    deliver(caller, keys)
    assert isinstance(caller.flow.nodes[caller.state.node], EndNode)
    assert isinstance(caller.turn.steps[-1], Ask)
    assert "再见" in caller.heard
    assert caller.press("").steps == (Hangup(),)


def test_slow_keys_are_answers_and_end_with_a_plain_goodbye() -> None:
    caller = standing_at(FLOWS["12389"], "receipt.after", Phase.INPUT)
    caller.press("")
    caller.press("")
    caller.press("")
    assert isinstance(caller.turn.steps[-1], Hangup)
    assert "再见" in caller.heard


def test_an_entry_that_begins_slowly_is_no_emergency() -> None:
    caller = Caller()
    caller.press("1", "1")
    caller.press("10", after_ms=30_000)
    assert caller.state.node == "complaint.city"


def test_a_key_in_a_question_by_voice_uses_up_no_patience() -> None:
    caller = standing_at(FLOWS["12389"], "question", Phase.INPUT)
    deliver(caller, "1")
    state: CallState = caller.state
    assert (state.node, state.errors) == ("question", 0)
