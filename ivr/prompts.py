"""Fills prompts and turns them into what a telephone voice says.

A prompt is text per language with `{fact}` or `{fact:digits}`; the latter is read digit by digit,
in groups with a pause after each, because a reference is written down by hand while it is heard.
A fact that is missing is said as nothing: a call never fails for want of a value. A prompt with `when` is
said only where that fact is there: a key is told of only on the lines where it does something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from channels.contract import Pause, Say
from ivr.node import Flow
from ivr.slots import groups, spell

_PLACE = re.compile(r"\{([a-z_]+)(?::(digits))?\}")
PAUSE_SECONDS = 1
WHEN = "when"


def placeholders(text: str) -> tuple[str, ...]:
    """The facts a prompt speaks of, in order."""
    return tuple(found.group(1) for found in _PLACE.finditer(text))


def stray_braces(text: str) -> bool:
    """Whether a brace is left that is no placeholder: a misspelt one would be read out."""
    return bool(re.search(r"[{}]", _PLACE.sub("", text)))


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with plain facts put in (telephone numbers of a transfer, not prompts)."""
    return _PLACE.sub(lambda found: facts.get(found.group(1), ""), text)


def spoken(
    flow: Flow, prompts: Iterable[str], language: str, facts: Mapping[str, str]
) -> tuple[Say | Pause, ...]:
    """The prompts as steps, with a pause after each group of digits."""
    steps: list[Say | Pause] = []
    for prompt in prompts:
        when = flow.prompts[prompt].get(WHEN, "")
        if when and not facts.get(when):
            continue
        steps.extend(_steps(flow.prompts[prompt][language], language, facts))
    return tuple(steps)


def sayings(flow: Flow, prompts: Iterable[str], language: str, facts: Mapping[str, str]) -> tuple[Say, ...]:
    """The prompts without pauses, as a question carries them."""
    return tuple(step for step in spoken(flow, prompts, language, facts) if isinstance(step, Say))


def _steps(text: str, language: str, facts: Mapping[str, str]) -> Iterable[Say | Pause]:
    plain = ""
    position = 0
    for place in _PLACE.finditer(text):
        plain += text[position : place.start()]
        position = place.end()
        value = facts.get(place.group(1), "")
        if place.group(2) is None:
            plain += value
            continue
        if plain.strip():
            yield Say(plain.strip(), language)
        plain = ""
        for group in groups(value) if value else ():
            yield Say(spell(group, language), language)
            yield Pause(PAUSE_SECONDS)
    plain = (plain + text[position:]).strip()
    if plain.strip("。.， ,"):
        yield Say(plain, language)
