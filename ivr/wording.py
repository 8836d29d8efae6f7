"""Checks what a flow says: prompts in every language, digits that match the keys, short menus.

A caller acts on what is heard. A key nobody is told of, a digit that does nothing, a menu with
nine options or four levels are faults of the wording, found before anybody calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.keys import UNIVERSAL, universal_words
from ivr.node import (
    GIVEN_FACTS,
    HOOK_FACTS,
    AskNode,
    EndNode,
    Flow,
    InputNode,
    MenuNode,
    Node,
    SayNode,
    TransferNode,
    prompts_of,
)
from ivr.prompts import WHEN, placeholders, stray_braces

MOST_OPTIONS = 6
MOST_LEVELS = 3
_PRESS = {
    "zh": re.compile(r"按\s*([0-9])"),
    "en": re.compile(r"press(?:ing)?\s+([0-9])", re.IGNORECASE),
}


def wording_problems(flow: Flow) -> Iterator[str]:
    """Everything wrong with menus and prompts. The flow's links must hold."""
    yield from _menus(flow)
    yield from _prompts(flow)


def _menus(flow: Flow) -> Iterator[str]:
    levels = _levels(flow)
    for node in flow.nodes.values():
        if not isinstance(node, MenuNode):
            continue
        if len(node.keys) > MOST_OPTIONS:
            yield f"{node.name} has {len(node.keys)} options, more than {MOST_OPTIONS}"
        if levels.get(node.name, 1) > MOST_LEVELS:
            yield f"{node.name} is {levels[node.name]} levels deep, more than {MOST_LEVELS}"
        for key in node.keys:
            if key in UNIVERSAL:
                yield f"{node.name} redefines the key {key}"
            elif not re.fullmatch(r"[1-8]", key):
                yield f"{node.name} has a key that is not one digit: {key}"
        yield from _words(node)


def _levels(flow: Flow) -> Mapping[str, int]:
    """How many menus in a row lead to each menu; a question in between starts anew."""
    menus = [node for node in flow.nodes.values() if isinstance(node, MenuNode)]
    followers = {menu.name: _next_menus(flow, menu) for menu in menus}
    inner = {name for names in followers.values() for name in names}
    levels = {menu.name: 1 for menu in menus if menu.name not in inner}
    top = flow.policy.top
    if isinstance(flow.nodes[top], MenuNode):
        levels[top] = 1
    waiting = list(levels)
    while waiting:
        name = waiting.pop(0)
        for following in followers[name]:
            if following not in levels:  # breadth first: the first way found is the shortest
                levels[following] = levels[name] + 1
                waiting.append(following)
    return levels


def _next_menus(flow: Flow, menu: MenuNode) -> tuple[str, ...]:
    found: list[str] = []
    for target in menu.keys.values():
        seen: set[str] = set()
        node = flow.nodes[target]
        while isinstance(node, SayNode) and node.name not in seen:
            seen.add(node.name)
            node = flow.nodes[node.next]
        if isinstance(node, MenuNode):
            found.append(node.name)
    return tuple(found)


def _words(node: MenuNode) -> Iterator[str]:
    owned = [(word, key) for key, words in node.words.items() for word in words]
    for key in node.words:
        if key not in node.keys:
            yield f"{node.name} has words for the key {key}, which is no option"
    for place, (word, key) in enumerate(owned):
        if word in universal_words():
            yield f"{node.name} redefines the word {word}"
        for other, other_key in owned[place + 1 :]:
            if key != other_key and _within_one_edit(word, other):
                yield f"{node.name} has words too alike for two options: {word}, {other}"


def _within_one_edit(one: str, other: str) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(long[:cut] + long[cut + 1 :] == short for cut in range(len(long)))


# --- prompts -----------------------------------------------------------------------------------


def _prompts(flow: Flow) -> Iterator[str]:
    known = {"value", *GIVEN_FACTS, *(fact for facts in HOOK_FACTS.values() for fact in facts)}
    known |= {node.slot for node in flow.nodes.values() if isinstance(node, AskNode)}
    used = {prompt for node in flow.nodes.values() for prompt in prompts_of(node)}
    policy = flow.policy
    used |= {*policy.noinput, *policy.nomatch, policy.readback, policy.lost}
    for name, texts in flow.prompts.items():
        if name not in used:
            yield f"prompt {name} is never said"
        for language in flow.languages:
            text = texts.get(language, "")
            if not text.strip():
                yield f"prompt {name} is missing in {language}"
            for fact in placeholders(text):
                if fact not in known:
                    yield f"prompt {name} speaks of an unknown fact: {fact}"
            if texts.get(WHEN, "speech") not in known:
                yield f"prompt {name} waits for an unknown fact: {texts[WHEN]}"
            if stray_braces(text):
                yield f"prompt {name} has a brace that is no placeholder in {language}"
    for node in flow.nodes.values():
        yield from _digits(flow, node)
        if isinstance(node, EndNode | TransferNode) and not node.prompts:
            yield f"{node.name} says nothing"


def _digits(flow: Flow, node: Node) -> Iterator[str]:
    """A key nobody is told of, and a digit that does nothing."""
    if not isinstance(node, InputNode):
        return
    keys = set(node.keys) if isinstance(node, MenuNode) else set()
    for language in flow.languages:
        pattern = _PRESS.get(language)
        if pattern is None:
            continue
        full = "".join(flow.prompts[prompt].get(language, "") for prompt in node.prompts)
        told = set(pattern.findall(full))
        heard = {
            digit
            for prompt in prompts_of(node)
            for digit in pattern.findall(flow.prompts[prompt].get(language, ""))
        }
        for key in sorted(keys - told):
            yield f"{node.name} does not tell of the key {key} in {language}"
        for digit in sorted(heard - keys - UNIVERSAL):
            yield f"{node.name} tells of the key {digit} in {language}, which is no option"
