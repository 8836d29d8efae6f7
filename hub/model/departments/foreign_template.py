"""A template of another platform in our writing: `{1}`, `${name}`, `#NAME#`, `%s` become `{name}`.

A name of letters and digits stays, so that the department's system goes on filling in what it knows; places
without a name, or with a Chinese one, get the next free number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.outbox.delivery import MessageClass
from channels.parts import count

MAX_TEXT = 1000
MAX_CODE = 30
TYPICAL_VALUE = "字" * 6
"""Stands for a value nobody knows yet, when parts are counted."""
_PLACE = re.compile(
    r"\$\{\s*(?P<dollar>[^{}$]{1,40}?)\s*\}"
    r"|\{\s*(?P<brace>[^{}$]{0,40}?)\s*\}"
    r"|#(?P<hash>[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]{0,29}|\d{1,2})#"
    r"|%(?:\d\$)?(?P<percent>[sd])(?![A-Za-z])"
)
_NAME = re.compile(r"[A-Za-z0-9_]{1,30}")
_CLASSES = {
    "E0": MessageClass.E0,
    "E1": MessageClass.E1,
    "N": MessageClass.N,
    "L": MessageClass.L,
    "紧急": MessageClass.E0,
    "验证码": MessageClass.E1,
    "通知": MessageClass.N,
    "办事通知": MessageClass.N,
    "普法": MessageClass.L,
    "宣传": MessageClass.L,
}


@dataclass(frozen=True, slots=True)
class OurText:
    """text: in our writing. renamed: whether a place got another name; joined: whether lines were joined."""

    text: str
    renamed: bool
    joined: bool


def our_text(foreign: str) -> OurText | None:
    """The text with our places, or None where a brace stands that is no place."""
    flat = " ".join(line.strip() for line in foreign.splitlines() if line.strip())
    known = {name for match in _PLACE.finditer(flat) if _NAME.fullmatch(name := _name(match))}
    given: dict[str, str] = {}
    renamed = False

    def ours(match: re.Match[str]) -> str:
        nonlocal renamed
        name = _name(match)
        if _NAME.fullmatch(name):
            return f"{{{name}}}"
        renamed = True
        if not name or name not in given:
            number = next(one for one in map(str, range(1, 1000)) if one not in known)
            known.add(number)
            if not name:
                return f"{{{number}}}"
            given[name] = number
        return f"{{{given[name]}}}"

    text = _PLACE.sub(ours, flat)
    if re.search(r"[{}]", re.sub(r"\{[A-Za-z0-9_]{1,30}\}", "", text)):
        return None
    return OurText(text, renamed, "\n" in foreign.strip())


def parts_of(text: str, signature: str) -> int:
    """SMS parts of a text in our writing under a signature, every place filled with six characters."""
    filled = re.sub(r"\{[A-Za-z0-9_]{1,30}\}", TYPICAL_VALUE, text)
    return count(f"【{signature}】{filled}" if signature else filled).parts


def class_named(word: str) -> MessageClass | None:
    """The class a file names, in our letters or in words; a notice where it names none. None: unclear."""
    plain = word.strip()
    return _CLASSES.get(plain.upper()) or _CLASSES.get(plain) if plain else MessageClass.N


def _name(match: re.Match[str]) -> str:
    """What the place is called, "" where it has no name."""
    return match["dollar"] or match["brace"] or match["hash"] or ""
