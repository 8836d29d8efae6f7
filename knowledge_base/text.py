"""Brings what a citizen wrote into one form, so that the same words compare equal however they were typed or
spoken.

NFKC, lower case, traditional to simplified characters, only Han characters, letters and digits, no polite
openers and fillers, spoken digits as digits (幺二三八九 is 12389, 十二分 is 12分). Applying it twice changes
nothing. It never looks at meaning: words of the same meaning are the business of `lexicon`.
"""

import re
import unicodedata
from functools import cache

from knowledge_base.shelf import table_lines

MAX_CHARS = 500
"""Longer texts are cut before anything else is done with them: a question is short, and work must stay
bounded."""

_DROPPED = re.compile(r"[^0-9a-z\u3400-\u4dbf\u4e00-\u9fff]+")

# Longer ones first: an alternation takes the first that fits.
_FILLERS = (
    "我想咨询一下",
    "我想问一下",
    "我想请问一下",
    "我想请教一下",
    "我要咨询一下",
    "我要问一下",
    "麻烦问一下",
    "麻烦问下",
    "想请教一下",
    "想请问一下",
    "想咨询一下",
    "想咨询下",
    "想问一下",
    "想问问",
    "想问下",
    "咨询一下",
    "咨询下",
    "请教一下",
    "请教下",
    "请问一下",
    "请问下",
    "问一下",
    "警察同志",
    "民警同志",
    "警察叔叔",
    "公安同志",
    "打扰一下",
    "打扰了",
    "不好意思",
    "麻烦您",
    "麻烦你",
    "你们好",
    "您好",
    "你好",
    "请问",
    "请教",
    "劳驾",
    "同志",
    "谢谢您",
    "谢谢你",
    "谢谢",
    "多谢",
    "拜托",
    "那个",
    "这个",
    "就是说",
    "就是",
    "的话",
    "一下",
    "嗯",
    "呃",
    "额",
    "啊",
    "呀",
    "哦",
    "噢",
    "喔",
    "哎",
    "唉",
    "诶",
    "欸",
    "喂",
    "嘛",
    "呢",
    "吧",
    "哈",
    "啦",
    "哟",
    "呐",
)
_FILLER = re.compile("|".join(sorted(_FILLERS, key=len, reverse=True)))

_DIGIT_OF = {spoken: str(value) for value, spoken in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "幺": "1",
    "两": "2",
}
_SPOKEN_NUMBER = re.compile(r"[零〇幺一二两三四五六七八九]{3,}")
_TENS = re.compile(r"([二三四五六七八九])?十([一二三四五六七八九])?")


@cache
def _simplified() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for line in table_lines("traditional.txt") for pair in line.split()}


def normalise(text: str) -> str:
    """The comparable form of `text`; "" when nothing in it can be compared (only punctuation, fillers, other
    scripts)."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARS]).lower().translate(_simplified())
    text = _digits(_DROPPED.sub("", text))
    while (shorter := _FILLER.sub("", text)) != text:  # taking one out may join the halves of another
        text = _digits(shorter)
    return text[:MAX_CHARS]


def _digits(text: str) -> str:
    text = _SPOKEN_NUMBER.sub(lambda run: "".join(_DIGIT_OF[spoken] for spoken in run[0]), text)
    return _TENS.sub(_tens, text) if "十" in text else text


def _tens(found: re.Match[str]) -> str:
    tens, ones = found[1], found[2]
    if not tens and not ones:
        return "十"  # 十 alone is as often "fully" (十分) as ten
    return _DIGIT_OF.get(tens, "1") + _DIGIT_OF.get(ones, "0")
