"""Keys that mean the same everywhere, the words for them, and the watch for 1-1-0.

1-1-0 is an emergency when pressed within 1.5 s and not as answers to three successive prompts. Three
keys within 1.5 s cannot be answers to three prompts that somebody heard; slower ones are, even when
each happens to be an option of its menu. Because fast fingers do exist, the caller is asked before
anything is dialled.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.state import CallState

PERSON, REPEAT, BACK = "0", "9", "*"
UNIVERSAL = frozenset({PERSON, REPEAT, BACK})
EMERGENCY = "110"
EMERGENCY_WINDOW_MS = 1500

_WORDS = {
    PERSON: ("人工", "转人工", "人工服务", "operator", "agent", "a person"),
    REPEAT: ("重听", "重复", "再说一遍", "再听一遍", "帮助", "repeat", "help"),
    BACK: ("返回", "上一步", "返回上一步", "主菜单", "back"),
}


def universal_word(text: str) -> str:
    """The key a universal word stands for, or ""; recognisers end what they heard with a full stop."""
    for key, words in _WORDS.items():
        if text.strip(" \t\n。．.，,！!？?").lower() in words:
            return key
    return ""


def universal_words() -> frozenset[str]:
    """Every word that a menu may not use for an option."""
    return frozenset(word for words in _WORDS.values() for word in words)


def watched(state: CallState, keys: str, at_ms: int) -> CallState:
    """The state with these menu keys remembered (the last three)."""
    remembered = (state.last_keys + keys)[-3:]
    instants = (state.last_keys_at + (at_ms,) * len(keys))[-3:]
    return replace(state, last_keys=remembered, last_keys_at=instants)


def means_emergency(state: CallState) -> bool:
    """Whether the remembered keys are 1-1-0, pressed at once."""
    if state.last_keys != EMERGENCY:
        return False
    return state.last_keys_at[-1] - state.last_keys_at[0] <= EMERGENCY_WINDOW_MS


def may_become_emergency(state: CallState) -> bool:
    """Whether the key pressed last may be the first or the second of 1-1-0."""
    return state.last_keys.endswith(EMERGENCY[0])


def forgotten(state: CallState) -> CallState:
    """The state with no keys remembered."""
    return replace(state, last_keys="", last_keys_at=())
