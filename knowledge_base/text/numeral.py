"""Brings numbers into one form: 幺二三八九 is 12389, 二十五 is 25, 一百二 is 120, and a single digit alone is
written out, so that 2型 and 二型 are the same word.

Words that only hold a number character stay as they are (十分, 一般, 万一): a single spoken digit is never
touched, and a unit needs a digit before it.
"""

import re

_DIGIT_OF = {spoken: value for value, spoken in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "幺": 1,
    "两": 2,
}
_SPOKEN_OF = "零一二三四五六七八九"
_UNIT_OF = {"十": 10, "百": 100, "千": 1000, "万": 10000}

_RUN = re.compile(r"[零〇幺一二两三四五六七八九]{3,}")
_COUNTED = re.compile(
    r"(?:[一二两三四五六七八九][十百千万]|十(?=[一二三四五六七八九](?![十百千万])|[天个年日岁月]))[零一二两三四五六七八九十百千万]*"
)
_ALONE = re.compile(r"(?<![0-9a-z])[0-9](?![0-9a-z])")


def numerals(text: str) -> str:
    """`text` (lower case, no punctuation) with its numbers in one form; doing it twice changes nothing."""
    # The single digits first: 2百 is 二百 and so 200, 十2 is 十二.
    text = _ALONE.sub(lambda digit: _SPOKEN_OF[int(digit[0])], text)
    text = _RUN.sub(lambda run: "".join(str(_DIGIT_OF[spoken]) for spoken in run[0]), text)
    return _COUNTED.sub(_counted, text)


def _counted(found: re.Match[str]) -> str:
    total = part = digit = 0
    last = 1
    for spoken in found[0]:
        unit = _UNIT_OF.get(spoken)
        if unit is None:
            digit = _DIGIT_OF[spoken]
            last = 1 if spoken == "零" else last
            continue
        if unit == 10000:
            total, part, digit = (total + part + digit) * unit, 0, 0
        else:
            part, digit = part + (digit or 1) * unit, 0
        last = unit
    if digit and last >= 100 and found[0][-2] != "零":  # 一百二 is 120
        digit *= last // 10
    return str(total + part + digit)
