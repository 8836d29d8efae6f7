"""Brings what a citizen wrote into one form, so that the same words compare equal however they were typed or
spoken.

NFKD, lower case, traditional to simplified characters, only Han characters, letters and digits, no accents
and other marks, no polite openers and fillers, numbers in one form (see `numeral`). Applying it twice changes
nothing, and nothing that is taken out makes a difference by where it stood. It never looks at meaning: words
of the same meaning are the business of `lexicon`.
"""

import re
import unicodedata
from functools import cache, lru_cache

from knowledge_base.text.numeral import numerals
from knowledge_base.text.tables import table_lines

MAX_CHARS = 500
"""Longer texts are cut before anything else is done with them: a question is short, and work must stay
bounded."""

_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[!-/]*[@-~]?|\[[0-9;?]+[a-z]|\x1b[\]p_^x][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[(-/][0-~]|\x1bo[a-z]"
)
"""What moves a cursor, colours a screen or names a window (ECMA-48), in lower case; the plainest also when
its control character was taken out before."""
_ZEROS = str.maketrans("〇○", "零零")
"""Signs that are written for 零 and are no Han characters to Unicode."""
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
    "同志",
    "谢谢您",
    "谢谢你",
    "谢谢",
    "多谢",
    "拜托",
    "那个",
    "这个",
    "就是说",
    "嗯",
    "呃",
    "啊",
    "呀",
    "哦",
    "噢",
    "喔",
    "哎",
    "唉",
    "诶",
    "欸",
    "啦",
    "哟",
    "呐",
)
_IN_WORDS = (
    "(?<!疲)劳驾(?!驶)",
    "(?<!申)请[问教]",
    "的话(?![费题筒剧])",
    "(?<!成)就是",
    "一下(?!子)",
    "(?<![干喇])嘛",
    "呢(?![子绒])",
    "(?<![金限数余税全差总份名超定巨配面售业易口资])额(?![头外度])",
    "哈(?![尔密士欠达佛萨里利巴])",
    "喂(?![奶母养食饭药狗猫鸡鱼])",
    "(?<![酒网贴水茶氧])吧(?!台)",
)
"""Fillers that are also a part of words."""
_FILLER = re.compile("|".join((*sorted(_FILLERS, key=len, reverse=True), *_IN_WORDS)))

_KEPT = re.compile("[名原编卓显土专论主译拙巨遗合]著|著[作名述称者录书]|乾[坤隆]|瞭望|宫商角徵羽")
"""Words whose character is simplified elsewhere (著 is 着, 乾 is 干) but not in them."""


@cache
def _simplified() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for line in table_lines("traditional.txt") for pair in line.split()}


_REMEMBERED = 1024
"""Texts whose form is remembered, 2 MB at most: what becomes of one text is asked in several places."""


def normalise(text: str) -> str:
    """The comparable form of `text`; "" when nothing in it can be compared (only punctuation, fillers, other
    scripts)."""
    return _normalised(text[:MAX_CHARS])


@lru_cache(_REMEMBERED)
def _normalised(text: str) -> str:
    text = _TERMINAL.sub("", unicodedata.normalize("NFKD", text).lower())
    text = _DROPPED.sub("", text.translate(_ZEROS))[:MAX_CHARS]
    # Only now: a blank within 乾坤 must not hide the word from `simplified`.
    text = numerals(simplified(text))[:MAX_CHARS]
    while (shorter := numerals(_FILLER.sub("", text))[:MAX_CHARS]) != text:
        text = shorter  # taking a filler out may join the halves of another, or of a number
    return text


def simplified(text: str) -> str:
    """`text` with traditional characters as simplified ones."""
    table = _simplified()
    kept = [found.span() for found in _KEPT.finditer(text)]
    if not kept:
        return text.translate(table)
    parts, at = [], 0
    for begin, end in kept:
        parts += [text[at:begin].translate(table), text[begin:end]]
        at = end
    return "".join(parts) + text[at:].translate(table)
