"""What the caller pressed, said or recorded, and where it leads.

Keys 0, 9 and * mean the same everywhere; 1-1-0 is looked for before a key is taken as an option.
More keys than a prompt asked for answer the prompts that follow, so that somebody who knows the
menu is not made to listen.
"""

from __future__ import annotations

from dataclasses import replace

from channels.contract import CallEvent, CallEventKind
from ivr import keys
from ivr.mistake import nothing, once_more, wrong
from ivr.node import (
    QUESTION_SLOT,
    AskKind,
    AskNode,
    DoNode,
    EndNode,
    MenuNode,
    QuestionNode,
    RecordNode,
    TransferNode,
)
from ivr.slots import normalise
from ivr.state import Phase, SaveSlot
from ivr.walk import Walk

TRANSFER_OUTCOME = "dial_status"
"""The detail of a DIGITS event that tells how a transfer ended."""

CONNECTED = frozenset({"completed", "answered"})
"""Outcomes of a transfer that mean somebody talked to the caller."""

MIN_CONFIDENCE = 0.5
"""Recognised words below this are no answer."""

MIN_QUESTION_CONFIDENCE = 0.3
"""The same for a whole question, which the knowledge base looks at once more."""

MAX_QUESTION = 500


def answer(walk: Walk, event: CallEvent) -> None:
    """Take an event that answers the node the call is at."""
    node = walk.node
    said_goodbye = keys.may_become_emergency(walk.state)
    if not event.digits:  # silence or words, longer than three fast keys take
        walk.state = keys.forgotten(walk.state)
    if event.kind is CallEventKind.SPEECH and _heard_anywhere(walk):
        return
    match node:
        case EndNode():
            _after_goodbye(walk, event, heard=said_goodbye)
        case DoNode():
            walk.ask_hub(node)  # the hub died between the effect and `resume`
        case TransferNode():
            if event.details.get(TRANSFER_OUTCOME) in CONNECTED:
                walk.enter(node.connected)
            else:
                walk.call_next_desk(node)
        case RecordNode():
            _recorded(walk, node, event)
        case QuestionNode():
            _asked(walk, node, event)
        case MenuNode() | AskNode() if event.kind is CallEventKind.SPEECH:
            _heard(walk, node, event)
        case MenuNode() | AskNode():
            _pressed(walk, event.digits, event.received_at, raw=event.digits)
        case _:
            walk.pose()


def _after_goodbye(walk: Walk, event: CallEvent, *, heard: bool) -> None:
    """Nothing counts any more but 1-1-0, which may have begun with the key that led here.

    heard: whether the goodbye was said and keys were listened for behind it.
    """
    if heard and not event.digits:
        walk.hang_up()
    elif not event.digits or not _emergency(walk, event.digits, event.received_at):
        walk.say_goodbye()


def _heard_anywhere(walk: Walk) -> bool:
    """Words that count at every node: of an emergency, flagged at once, and the wish for a person."""
    danger = walk.facts.get("danger", "")
    if danger:
        walk.raise_emergency("speech", danger)
        walk.unsay()
        walk.go(walk.flow.policy.danger or walk.flow.policy.emergency)
    elif walk.facts.get("may_be_danger") and walk.state.node != walk.flow.policy.emergency:
        walk.unsay()
        walk.go(walk.flow.policy.emergency)  # asks before anything is dialled, like 1-1-0
    elif walk.facts.get("wants_person"):
        walk.go(walk.flow.policy.person)
    else:
        return False
    return True


def _asked(walk: Walk, node: QuestionNode, event: CallEvent) -> None:
    """A question in words. Keys still mean what they mean everywhere."""
    if event.kind is not CallEventKind.SPEECH:
        _key_instead(walk, node, event)
        return
    key = keys.universal_word(event.text)
    doubtful = 0 < event.confidence < MIN_QUESTION_CONFIDENCE  # 0: the provider did not say
    if key:
        _universal(walk, node, key)
    elif doubtful or not any(char.isalnum() for char in event.text):
        once_more(walk, node)
    else:
        slots = {**walk.state.slots, QUESTION_SLOT: event.text[:MAX_QUESTION]}
        walk.state = replace(walk.state, slots=slots)
        walk.go(node.next)


def _key_instead(walk: Walk, node: QuestionNode, event: CallEvent) -> None:
    key = event.digits[:1]
    if key and _emergency(walk, event.digits, event.received_at):
        return
    if key in keys.UNIVERSAL:
        _universal(walk, node, key)
    elif key and keys.may_become_emergency(walk.state):
        walk.pose(short=True)
    else:
        once_more(walk, node)


def _recorded(walk: Walk, node: RecordNode, event: CallEvent) -> None:
    if len(event.digits) == 1 and _emergency(walk, event.digits, event.received_at):
        return
    if event.digits == keys.PERSON:
        walk.go(walk.flow.policy.person)
    elif event.digits == keys.BACK:
        walk.pose()
    elif event.recording_id or event.recording_seconds > 0:
        slots = {**walk.state.slots, node.slot: event.recording_id}
        walk.state = replace(walk.state, slots=slots)
        walk.go(node.next)
    else:
        nothing(walk, node)


def _heard(walk: Walk, node: MenuNode | AskNode, event: CallEvent) -> None:
    key = keys.universal_word(event.text)
    if not key and event.confidence >= MIN_CONFIDENCE:
        if isinstance(node, MenuNode):
            key = _option_said(node, event.text)
        else:
            key = normalise(node.kind, event.text) or ""
    if not key:
        wrong(walk, node)
        return
    _pressed(walk, key, event.received_at, raw=event.text)


def _option_said(node: MenuNode, text: str) -> str:
    said = [key for key, words in node.words.items() if any(word in text for word in words)]
    return said[0] if len(said) == 1 else ""  # two options in one sentence are no answer


def _pressed(walk: Walk, digits: str, at_ms: int, *, raw: str) -> None:
    """Keys, perhaps more than the prompt asked for: the rest answers the prompts that follow."""
    rest = digits
    while True:
        node = walk.node
        if isinstance(node, MenuNode) or walk.state.phase is Phase.CONFIRM:
            rest = _one_key(walk, rest, at_ms)
            if not rest or walk.state.phase not in (Phase.INPUT, Phase.CONFIRM):
                return
            if not isinstance(walk.node, MenuNode | AskNode):
                return
            walk.unsay()
            raw = rest
        elif isinstance(node, AskNode):
            if not _emergency_in_entry(walk, node, rest, at_ms):
                _entry(walk, node, rest, raw)
            return
        else:
            return


def _one_key(walk: Walk, digits: str, at_ms: int) -> str:
    """Take the first key at a menu or a confirmation; returns the keys that are left."""
    node = walk.node
    if not isinstance(node, MenuNode | AskNode):
        return ""
    if not digits:
        nothing(walk, node)
        return ""
    if _emergency(walk, digits, at_ms):
        return ""
    key, rest = digits[0], digits[1:]
    if key in keys.UNIVERSAL:
        _universal(walk, node, key)
    elif isinstance(node, MenuNode) and key in node.keys:
        walk.go(node.keys[key])
    elif isinstance(node, AskNode) and key == "1":
        walk.go(node.next)
    elif isinstance(node, AskNode) and key == "2":
        _ask_again(walk)
    else:
        wrong(walk, node)
        return ""
    return rest


def _emergency(walk: Walk, digits: str, at_ms: int) -> bool:
    """Whether the keys are 1-1-0; the caller is then asked before anything is dialled."""
    target = walk.flow.policy.emergency
    if walk.state.node == target:
        return False
    walk.state = keys.watched(walk.state, digits[0], at_ms)
    if not digits.startswith(keys.EMERGENCY) and not keys.means_emergency(walk.state):
        return False
    walk.state = keys.forgotten(walk.state)
    walk.unsay()
    walk.go(target)
    return True


def _emergency_in_entry(walk: Walk, node: AskNode, digits: str, at_ms: int) -> bool:
    """The last one or two of three fast keys may meet a prompt for digits, and then arrive only when that
    prompt has waited in vain for more: they count from the earliest they can have been pressed."""
    if not 0 < len(digits) < len(keys.EMERGENCY):
        walk.state = keys.forgotten(walk.state)
        return False
    waited_ms = 0 if len(digits) == node.max_digits else node.timeout_seconds * 1000
    pressed_at = max(at_ms - waited_ms, *walk.state.last_keys_at, 0)
    walk.state = keys.watched(walk.state, digits[:-1], pressed_at)
    return _emergency(walk, digits[-1], pressed_at)


def _universal(walk: Walk, node: MenuNode | AskNode | QuestionNode, key: str) -> None:
    if key == keys.PERSON:
        walk.go(walk.flow.policy.person)
    elif key == keys.BACK:
        _back(walk)
    elif isinstance(node, MenuNode) and node.repeat:
        walk.enter(node.repeat)  # not `go`: what was read out is read out again
    else:
        walk.pose()


def _back(walk: Walk) -> None:
    if walk.state.phase is Phase.CONFIRM:
        _ask_again(walk)
    elif walk.state.history:
        target = walk.state.history[-1]
        walk.state = replace(walk.state, history=walk.state.history[:-1], held={})
        walk.enter(target)
    elif walk.state.receipt_issued:
        walk.pose()
    else:
        walk.enter(walk.flow.policy.top)


def _entry(walk: Walk, node: AskNode, digits: str, raw: str) -> None:
    """A whole entry of digits. `*` alone goes back, within an entry it clears what came before."""
    entry = digits
    if node.kind is not AskKind.ID_NUMBER:
        entry = digits.rpartition(keys.BACK)[2]
    if digits == keys.BACK:
        _back(walk)
    elif digits in (keys.PERSON, keys.REPEAT):
        _universal(walk, node, digits)
    elif not digits and node.optional:
        walk.go(node.next)
    elif not entry:
        nothing(walk, node)
    else:
        _value(walk, node, entry, raw)


def _value(walk: Walk, node: AskNode, entry: str, raw: str) -> None:
    value = normalise(node.kind, entry)
    if value is not None and node.kind is AskKind.CHOICE:
        options = walk.options(node)
        value = next((v for v in (value, value.removeprefix("0")) if v in options), None)
    elif value is not None and not node.min_digits <= len(value) <= node.max_digits:
        value = None
    if value is None:
        if entry == keys.EMERGENCY:
            walk.go(walk.flow.policy.emergency)
        else:
            wrong(walk, node)
        return
    walk.state = replace(walk.state, slots={**walk.state.slots, node.slot: value})
    if walk.state.case_opened and not node.secret:
        # Saved before it is confirmed: a caller who hangs up now has said it.
        walk.emit(SaveSlot(node.slot, value, raw))
    if node.readback:
        walk.state = replace(walk.state, phase=Phase.CONFIRM, noinput=0, nomatch=0)
        walk.pose()
    else:
        walk.go(node.next)


def _ask_again(walk: Walk) -> None:
    walk.state = replace(walk.state, phase=Phase.INPUT, noinput=0, nomatch=0)
    walk.pose()
