"""Turns a written answer into what a telephone voice says.

The rule: nothing is read out that cannot be understood by ear. Numbers that people dial are read digit by
digit (12389 would be twelve thousand to a voice), addresses of pages are left out, and signs become words or
pauses.
"""

from __future__ import annotations

import re
import unicodedata

from ivr.slots import spell

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DIALLED = re.compile(r"(?<![\d.,])(?:1(?:10|19|20|22)|12\d{3}|96\d{3,4}|\d{5,})(?![\d.,])(?![年月日天元周])")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[-－](\d{7,8})(?!\d)")
_WORDS = (
    (re.compile(r"(?<=\d)\s*[-–—~～]\s*(?=\d)"), "到"),
    (re.compile(r"(?<=\d)\s*%"), "个百分点"),
    (re.compile(r"(\d{1,2}):00"), r"\1点"),
    (re.compile(r"(\d{1,2}):(\d{2})"), r"\1点\2分"),
    (re.compile(r"(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])"), "或"),
    (re.compile(r"&"), "和"),
    (re.compile(r"\+"), "加"),
    (re.compile(r"[()（）\[\]【】;；]"), "，"),
    (re.compile(r"[“”\"'‘’《》〈〉「」『』*#_`|<>]"), ""),
    (re.compile(r"\s*\n\s*"), "。"),
    (re.compile(r"[•·●■★→]"), "，"),
)
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)(?=[^A-Za-z]*[\u4e00-\u9fff，。；]|$)")
_LIST_NUMBER = re.compile(r"(?m)^\s*(\d{1,2})[.、)]\s*")
_PAUSES = re.compile(r"[，,。]*([。！？!?])[，,。]*|[，,]{2,}")


def aloud(text: str) -> str:
    """`text` as it is to be spoken."""
    said = unicodedata.normalize("NFC", _ADDRESS.sub("", text))
    said = _LANDLINE.sub(lambda found: f"{_digits(found[1])}，{_digits(found[2])}", said)
    said = _LIST_NUMBER.sub(r"第\1，", said)
    said = _DIALLED.sub(lambda found: _digits(found[0]), said)
    for pattern, word in _WORDS:
        said = pattern.sub(word, said)
    return _PAUSES.sub(lambda found: found[1] or "，", said).strip("， \t")


def _digits(number: str) -> str:
    return spell(number, "zh").replace("，", "")


def without_reference(text: str) -> str:
    """A sentence about the case that is spoken of, for the ear: without its fourteen digits."""
    text = re.sub(r"\bcase \d{14}", "your case", text, flags=re.IGNORECASE)
    text = re.sub(r"（编号\d{14}）|\d{14}", "", text)
    return _ISO_DAY.sub(lambda day: f"{day[1]}年{int(day[2])}月{int(day[3])}日", text)
