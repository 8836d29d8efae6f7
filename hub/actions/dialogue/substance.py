"""Whether a text holds anything a person could work on.

The rule: what is nothing but a letter, thanks, signs, a bare number, a number plate or a piece of markup is
asked about once more and makes no case. Two Han characters or two words are something: nobody judges here
what they mean.
"""

from __future__ import annotations

import re

from knowledge_base.dialogue.small_talk import SmallTalk
from knowledge_base.text.utterance import Utterance

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARKUP = re.compile(r"<script\b.*?(?:</script\s*>|$)|<[^<>]*>|&[a-z]{2,8};", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"[<>{}=;$\\]|--|\(\)")
_PLATE = re.compile(
    r"(?:我的|车牌号?码?|号牌|是)*"
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][a-z0-9]{4,6}[挂学警港澳]?"
)
_LONG_WORD = 12
"""Letters of one word: pinyin without blanks; a shorter one is nothing."""


def has_substance(utterance: Utterance, small_talk: SmallTalk) -> bool:
    """Whether it says anything besides."""
    said = Utterance(_MARKUP.sub(" ", utterance.composed))
    plain = said.plain
    if small_talk.of(said) is not None or _PLATE.fullmatch(plain):
        return False
    han = len(_HAN.findall(plain))
    if han:
        return han >= 2
    words = _WORD.findall(said.composed)
    if _CODE.search(said.composed):
        return False
    return len(words) >= 2 or any(len(word) >= _LONG_WORD for word in words)
