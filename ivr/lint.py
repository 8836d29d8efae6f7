"""Proves properties of a flow before it may answer a call.

Checked: every node reachable and every way leading somewhere; every prompt in every language, with
known placeholders and digits that match the keys; short, shallow menus; the universal keys left
alone; no way round in circles without the caller doing something; no complaint without a case, no
receipt that is not read twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ivr.node import (
    GIVEN_FACTS,
    HOOK_FACTS,
    HOOK_OUTCOMES,
    LOOK_UPS,
    AskNode,
    DoNode,
    EndNode,
    Flow,
    Hook,
    InputNode,
    MenuNode,
    Node,
    RecordNode,
    SayNode,
    caller_exits,
    own_exits,
    prompts_of,
)
from ivr.wording import wording_problems

_MAY_BE_NONE = frozenset({"policy.help", "policy.danger"})


def problems_of(flow: Flow) -> tuple[str, ...]:
    """Everything wrong with a flow, in reading order; empty means it may answer calls."""
    broken = tuple(_broken_links(flow))
    if broken:  # the walks below follow links
        return broken
    checks = (
        _unreachable(flow),
        _without_exit(flow),
        wording_problems(flow),
        _circles(flow),
        _cases(flow),
        _receipts(flow),
    )
    return tuple(problem for check in checks for problem in check)


def _policy_nodes(flow: Flow) -> Mapping[str, str]:
    policy = flow.policy
    named = {
        "policy.top": policy.top,
        "policy.complaint": policy.complaint,
        "policy.person": policy.person,
        "policy.help": policy.help,
        "policy.last": policy.last,
        "policy.emergency": policy.emergency,
        "policy.danger": policy.danger,
        "flow.start": flow.start,
    }
    return {place: name for place, name in named.items() if name or place not in _MAY_BE_NONE}


def _broken_links(flow: Flow) -> Iterator[str]:
    for place, name in _policy_nodes(flow).items():
        if name not in flow.nodes:
            yield f"{place} names no node: {name}"
    for node in flow.nodes.values():
        for target in (*caller_exits(node), *own_exits(node)):
            if target not in flow.nodes:
                yield f"{node.name} leads to no node: {target}"
        for prompt in prompts_of(node):
            if prompt not in flow.prompts:
                yield f"{node.name} says no prompt: {prompt}"
        if node.entry.language not in ("", "next", *flow.languages):
            yield f"{node.name} switches to a language the flow does not have"
        if isinstance(node, AskNode) and node.when not in ("", *GIVEN_FACTS):
            yield f"{node.name} waits for an unknown fact: {node.when}"
        if isinstance(node, DoNode):
            for outcome in HOOK_OUTCOMES[node.hook]:
                if outcome not in node.next:
                    yield f"{node.name} has no way for the outcome {outcome}"
    policy = flow.policy
    for prompt in (*policy.noinput, *policy.nomatch, policy.readback, policy.lost):
        if prompt not in flow.prompts:
            yield f"policy says no prompt: {prompt}"
    last = flow.nodes.get(policy.last)
    if last is not None and not isinstance(last, EndNode):
        yield f"policy.last must be an end node: {policy.last}"


def _all_exits(node: Node) -> tuple[str, ...]:
    return caller_exits(node) + own_exits(node)


def _reachable(flow: Flow, starts: Iterable[str], *, without: Iterable[str] = ()) -> frozenset[str]:
    found = set(without)
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_all_exits(flow.nodes[name]))
    return frozenset(found.difference(without))


def _unreachable(flow: Flow) -> Iterator[str]:
    reached = _reachable(flow, _policy_nodes(flow).values())
    for name in flow.nodes:
        if name not in reached:
            yield f"{name} is unreachable"


def _without_exit(flow: Flow) -> Iterator[str]:
    if flow.policy.help:
        return
    for node in flow.nodes.values():
        if not isinstance(node, InputNode):
            continue
        if not node.noinput:
            yield f"{node.name} has no way out for silence"
        if isinstance(node, MenuNode | AskNode) and not node.nomatch:
            yield f"{node.name} has no way out for wrong answers"


# --- circles, cases, receipts ------------------------------------------------------------------


def _circles(flow: Flow) -> Iterator[str]:
    """Circles the call can run in while the caller does nothing at all."""
    for name, node in flow.nodes.items():
        exits = list(_unasked_exits(node))
        seen: set[str] = set()
        while exits:
            target = exits.pop()
            if target == name:
                yield f"{name} is in a loop without a counter"
                break
            if target not in seen:
                seen.add(target)
                exits.extend(_unasked_exits(flow.nodes[target]))


def _unasked_exits(node: Node) -> tuple[str, ...]:
    if isinstance(node, MenuNode):  # its `repeat` is a key the caller pressed
        return tuple(name for name in (node.noinput, node.nomatch) if name)
    return own_exits(node)


def _cases(flow: Flow) -> Iterator[str]:
    """No question of a complaint, no recording and no receipt before there is a case."""
    if not flow.nodes[flow.policy.complaint].entry.open_case:
        yield f"{flow.policy.complaint} enters the complaint branch and opens no case"
    starts = {place: name for place, name in _policy_nodes(flow).items() if place != "flow.start"}
    another = {node.name for node in flow.nodes.values() if node.entry.another}
    reached = _without_case(flow, {flow.start, *starts.values(), *another})
    for node in flow.nodes.values():
        if node.name not in reached or node.entry.open_case:
            continue
        if isinstance(node, RecordNode):
            yield f"{node.name} can be reached without a case"
        if isinstance(node, DoNode) and node.hook is Hook.ISSUE_RECEIPT:
            yield f"{node.name} can be reached without a case"
    complaint = _reachable(flow, [flow.policy.complaint], without=another)
    for node in flow.nodes.values():
        # A question asked both inside and outside the branch would be asked before the case.
        both = node.name in complaint and node.name in reached and not node.entry.open_case
        if both and isinstance(node, AskNode) and not _leads_to_lookup(flow, node):
            yield f"{node.name} can be asked before there is a case"


def _without_case(flow: Flow, starts: set[str]) -> frozenset[str]:
    """Nodes that can be reached without a case having been opened or found on the way."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        node = flow.nodes[name]
        if node.entry.open_case:
            continue
        if isinstance(node, DoNode) and node.hook is Hook.PROVE_CASE:
            waiting.extend(to for outcome, to in node.next.items() if outcome != "found")
        else:
            waiting.extend(_all_exits(node))
    return frozenset(found)


def _leads_to_lookup(flow: Flow, node: AskNode) -> bool:
    seen: set[str] = set()
    following: Node = node
    while isinstance(following, AskNode) and following.name not in seen:
        seen.add(following.name)
        following = flow.nodes[following.next]
    return isinstance(following, DoNode) and following.hook in LOOK_UPS | {Hook.MOVE_CASE}


def _receipts(flow: Flow) -> Iterator[str]:
    """Reference and query code are read digit by digit, twice, at once."""
    for node in flow.nodes.values():
        if not isinstance(node, DoNode) or node.hook is not Hook.ISSUE_RECEIPT:
            continue
        reader = flow.nodes[node.next["ok"]]
        prompts = reader.prompts if isinstance(reader, SayNode) else ()
        for language in flow.languages:
            text = "".join(flow.prompts[prompt].get(language, "") for prompt in prompts)
            for fact in HOOK_FACTS[Hook.ISSUE_RECEIPT]:
                if text.count(f"{{{fact}:digits}}") < 2:
                    yield f"{reader.name} does not read {fact} twice, digit by digit, in {language}"
