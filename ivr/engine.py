"""The call engine: (flow, state, event) → (state, call steps, effects). Pure: no I/O, no clock.

Rules it protects: the caller is never left without a way on, errors are bounded, a complaint is a
draft case before the first question, and whatever was told before a hang-up becomes a case.
An event that answers another revision than the state's changes nothing and has no steps: the hub
gives it the stored answer.

Around a `do` node the hub calls `resume` in the same webhook, and answers with the steps of the
turn followed by those of the resumed turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from channels.contract import CallEvent, CallEventKind
from ivr.errors import IvrError
from ivr.input import answer
from ivr.keys import forgotten
from ivr.mistake import give_up
from ivr.node import LOOK_UPS, QUESTION_SLOT, DoNode, EndNode, Flow, Hook, RecordNode, TransferNode
from ivr.state import (
    AttachRecording,
    CallEnded,
    CallState,
    Effect,
    IssueReceipt,
    LookupProgress,
    OpenCase,
    Phase,
    PromotePartial,
    RaiseEmergency,
    RestrictDraft,
    SaveSlot,
    Turn,
)
from ivr.walk import CODE_SLOT, REFERENCE_SLOT, Walk

__all__ = [
    "AttachRecording",
    "CallEnded",
    "CallState",
    "Effect",
    "IssueReceipt",
    "LookupProgress",
    "OpenCase",
    "Phase",
    "PromotePartial",
    "RaiseEmergency",
    "RestrictDraft",
    "SaveSlot",
    "Turn",
    "WrongFlow",
    "begin",
    "end",
    "resume",
    "step",
]

HANGUP_DIGITS = "hangup"
"""What a provider reports as the key that ended a recording when the caller hung up."""

GRACE_TURNS = 10
"""Turns left, after the last allowed one, for leaving a message."""


_ANSWERS = frozenset({CallEventKind.DIGITS, CallEventKind.SPEECH, CallEventKind.RECORDED})
_WITH_AUDIO = frozenset({CallEventKind.RECORDED, CallEventKind.RECORDING_READY, CallEventKind.HANGUP})


class WrongFlow(IvrError):
    """The state belongs to another version of the flow: load the one it names by its sha."""


def begin(flow: Flow, event: CallEvent, *, facts: Mapping[str, str]) -> Turn:
    """Answer a call that has just started."""
    state = CallState(
        call_id=event.call_id,
        flow_id=flow.id,
        flow_sha=flow.sha,
        node=flow.start,
        language=flow.languages[0],
    )
    walk = Walk(flow, state, facts)
    walk.enter(flow.start)
    return walk.turn()


def step(flow: Flow, state: CallState, event: CallEvent, *, facts: Mapping[str, str]) -> Turn:
    """What an event makes of a call. Raises `WrongFlow` for another version of the flow."""
    if state.flow_sha != flow.sha:
        raise WrongFlow(f"the call runs version {state.flow_sha[:12]} of flow {state.flow_id}")
    walk = Walk(flow, state, facts)
    _keep_recording(walk, event)
    if state.ended:
        return walk.turn()
    if _is_end(event):
        _end(walk)
        return walk.turn()
    if event.kind is CallEventKind.LOST:
        _advance(walk)
        _recover(walk)
        return walk.turn()
    if event.revision != state.revision or event.kind not in _ANSWERS:
        return walk.turn()
    _advance(walk)
    if walk.state.turns > flow.policy.max_turns and not _may_finish(walk.state, flow):
        give_up(walk)
        return walk.turn()
    answer(walk, event)
    return walk.turn()


def resume(flow: Flow, state: CallState, outcome: str, facts: Mapping[str, str]) -> Turn:
    """Go on after a hook, in the same webhook. An outcome the node does not know is an error.

    facts: everything `step` gets plus what the hook found (`HOOK_FACTS`).
    """
    walk = Walk(flow, state, facts)
    node = walk.node
    if state.phase is not Phase.HUB or state.ended or not isinstance(node, DoNode):
        return walk.turn()
    if outcome in ("ok", "found", "answered", "choices", "told"):
        walk.hold(node.hook, facts)
    if node.hook is Hook.ISSUE_RECEIPT and outcome == "ok":
        # Nothing before the receipt can be gone back to: the case is registered.
        walk.state = replace(walk.state, receipt_issued=True, history=())
    if node.hook in LOOK_UPS:
        _after_lookup(walk, found=outcome == "found", wrong=outcome in ("wrong", "locked"))
        if walk.state.lookups_failed >= flow.policy.max_lookups:
            give_up(walk)
            return walk.turn()
    if outcome == "report":  # an accusation is told once more, behind the wall; it stands in no other case
        walk.forget(QUESTION_SLOT)
    walk.enter(node.next.get(outcome, node.next["error"]))
    return walk.turn()


def end(state: CallState) -> Turn:
    """The call is over, whichever flow it ran. What was told and has no receipt becomes a case, once."""
    promoted: tuple[Effect, ...] = (PromotePartial(state.node),) if state.is_half_told else ()
    over = replace(
        state,
        promoted=state.promoted or state.is_half_told,
        ended=True,
        phase=Phase.CLOSED,
        held={},
        slots={name: value for name, value in state.slots.items() if name != CODE_SLOT},
    )
    return Turn(over, (), (*promoted, CallEnded()))


def _advance(walk: Walk) -> None:
    walk.state = replace(walk.state, revision=walk.state.revision + 1, turns=walk.state.turns + 1)


def _after_lookup(walk: Walk, *, found: bool, wrong: bool) -> None:
    slots = dict(walk.state.slots)
    slots.pop(CODE_SLOT, None)  # a secret is not kept longer than it is needed
    reference = slots.get(REFERENCE_SLOT, "") if found else ""
    walk.state = replace(
        walk.state,
        slots=slots,
        verified_reference=reference,
        lookups_failed=walk.state.lookups_failed + (1 if wrong else 0),
    )


# --- what arrives whatever the state ------------------------------------------------------------


def _keep_recording(walk: Walk, event: CallEvent) -> None:
    """A recording is never lost, however late, doubled or out of order its event is."""
    if event.kind in _WITH_AUDIO and event.recording_id:
        node = walk.flow.nodes.get(event.node) or walk.node
        slot = node.slot if isinstance(node, RecordNode) else ""
        walk.emit(AttachRecording(event.recording_id, slot))


def _is_end(event: CallEvent) -> bool:
    if event.kind is CallEventKind.RECORDED:
        return event.ended or event.digits == HANGUP_DIGITS
    return event.kind is CallEventKind.HANGUP or event.ended


def _end(walk: Walk) -> None:
    turn = end(walk.state)
    walk.state = turn.state
    for effect in turn.effects:
        walk.emit(effect)


def _recover(walk: Walk) -> None:
    """The provider lost our answer: apologise and go on where the call is."""
    node = walk.node
    walk.state = forgotten(walk.state)  # it took longer than three fast keys
    walk.say((walk.flow.policy.lost,))
    if walk.state.turns > walk.flow.policy.max_turns + GRACE_TURNS:
        walk.enter(walk.flow.policy.last)
    elif isinstance(node, EndNode):
        walk.say_goodbye()
    elif isinstance(node, TransferNode):
        walk.enter(node.name)
    elif isinstance(node, DoNode):
        walk.ask_hub(node)
    else:
        walk.pose()


def _may_finish(state: CallState, flow: Flow) -> bool:
    """Somebody who is being helped may go on for a few turns beyond the limit."""
    waits_for_others = state.phase is Phase.TRANSFER
    return (state.gave_up and state.turns <= flow.policy.max_turns + GRACE_TURNS) or waits_for_others
