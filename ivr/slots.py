"""Normalises what a caller keyed or said, checks it, and reads it back.

Digit words are converted only here, inside digit slots: general converters turn 我有一个问题 into
1个问题. The raw text is always kept beside the value by whoever calls.
Source: GB 11643 (check digit of the ID number); GA 36 (number plates).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ivr.node import AskKind

_SOUNDS = {
    "0": "〇零洞",
    "1": "一幺妖壹",
    "2": "二两贰",
    "3": "三叁",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆",
    "7": "七拐柒",
    "8": "八捌",
    "9": "九勾玖",
}
_DIGIT = {sound: digit for digit, sounds in _SOUNDS.items() for sound in sounds}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJ-NP-Z0-9]{{6}})"
)
_ZH = str.maketrans("0123456789", "零幺二三四五六七八九")
_EN = dict(
    zip(
        "0123456789",
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        strict=True,
    )
)


def spoken_digits(text: str) -> str | None:
    """幺三八, 一百二十, １２３ → ASCII digits; None when anything but digits is in it."""
    bare = _bare(text)
    if any(unit in bare for unit in (*_UNITS, "万")):
        number = _positional(bare)
        return None if number is None else str(number)
    digits = "".join(_DIGIT.get(char, char) for char in bare)
    return digits if re.fullmatch(r"[0-9]+", digits) else None


def id_number(text: str) -> str | None:
    """An 18-digit ID number with a real birth date and the right check digit; `*` stands for X."""
    candidate = _as_digits(text).upper().replace("*", "X")
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", candidate):
        return None
    try:
        date(int(candidate[6:10]), int(candidate[10:12]), int(candidate[12:14]))
    except ValueError:
        return None
    total = sum(int(char) * weight for char, weight in zip(candidate, _ID_WEIGHTS, strict=False))
    return candidate if candidate[17] == _ID_CHECKS[total % 11] else None


def mobile(text: str) -> str | None:
    """An 11-digit mainland mobile number."""
    digits = spoken_digits(text)
    return digits if digits and re.fullmatch(r"1[3-9][0-9]{9}", digits) else None


def plate(text: str) -> str | None:
    """A number plate, ordinary (6 characters after the province) or new energy (7)."""
    candidate = _as_digits(text).upper().replace("·", "")
    return candidate if _PLATE.fullmatch(candidate) else None


def normalise(kind: AskKind, text: str) -> str | None:
    """The value of an answer of this kind, or None when it cannot be one."""
    match kind:
        case AskKind.DIGITS | AskKind.CHOICE:
            return spoken_digits(text)
        case AskKind.MOBILE:
            return mobile(text)
        case AskKind.ID_NUMBER:
            return id_number(text)
        case AskKind.PLATE:
            return plate(text)


def spell(text: str, language: str) -> str:
    """Digits one by one, as a telephone voice must get them: 110 → 幺，幺，零."""
    if language == "en":
        return ", ".join(_EN.get(char, char) for char in text)
    return "，".join(text.translate(_ZH))


def groups(digits: str) -> tuple[str, ...]:
    """The groups people hear numbers in: 3-4-4 for mobiles, fours for everything longer than five."""
    if len(digits) <= 5:
        return (digits,)
    if len(digits) == 11:
        return (digits[:3], digits[3:7], digits[7:])
    return tuple(digits[start : start + 4] for start in range(0, len(digits), 4))


def read_back(kind: AskKind, value: str, language: str) -> str:
    """What is said to let the caller check a value; of an ID number the tail only."""
    if kind is AskKind.ID_NUMBER:
        tail = spell(value[-4:], language)
        return f"number ending in {tail}" if language == "en" else f"尾号{tail}"
    if kind is AskKind.PLATE:
        return f"{value[:2]}，{spell(value[2:], language)}"
    stop = ". " if language == "en" else "。"
    return stop.join(spell(group, language) for group in groups(value))


def _bare(text: str) -> str:
    return re.sub(r"[\s\-,，。、.]", "", unicodedata.normalize("NFKC", text))


def _as_digits(text: str) -> str:
    return "".join(_DIGIT.get(char, char) for char in _bare(text))


def _positional(text: str) -> int | None:
    """一百二十三 → 123, 两万零五 → 20005; None when the text is no such number."""
    total = section = current = 0
    ceiling = 10_000  # units must fall within a section: 十百 is no number
    for char in text:
        digit = _DIGIT.get(char, char)
        if digit.isascii() and digit.isdigit():
            if current:
                return None
            current = int(digit)
        elif char in _UNITS and _UNITS[char] < ceiling:
            ceiling = _UNITS[char]
            section += (current or 1) * ceiling
            current = 0
        elif char == "万" and not total and section + current:
            total = (section + current) * 10_000
            section = current = 0
            ceiling = 10_000
        else:
            return None
    return total + section + current
