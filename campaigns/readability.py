"""How hard a text is to read for elderly people: long sentences, official words, letters of other scripts.

These are hints; nothing is refused for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from campaigns.finding import Finding, Level

LONGEST_SENTENCE = 40
"""Characters between two stops that are still read in one breath."""

EASIER: Mapping[str, str] = {
    "切勿": "不要",
    "请勿": "不要",
    "谨防": "小心",
    "严防": "小心",
    "务必": "一定要",
    "予以": "",
    "涉嫌": "可能是",
    "不法分子": "坏人、骗子",
    "犯罪嫌疑人": "骗子、坏人",
    "虚假": "假的",
    "谎称": "骗人说",
    "诱导": "骗您",
    "告知": "告诉",
    "甄别": "分清",
    "核实": "问清楚",
    "即刻": "马上",
    "立即": "马上",
    "知悉": "知道",
    "获悉": "知道",
    "缴纳": "交",
    "领取": "拿",
    "泄露": "告诉别人",
    "妥善保管": "收好",
    "高额回报": "赚大钱",
    "网络刷单": "网上刷单赚钱",
    "征信": "信用记录",
    "及时": "马上",
}
"""Official words and what one would say instead; "" = leave it out."""

LONG_SENTENCE = "有一句 %(count)s 个字，老人不易读，建议拆短：%(start)s…"
HARD_WORD = "“%(word)s”较难懂，可改为“%(easier)s”"
NEEDLESS = "“%(word)s”可以省去"
LETTERS = "“%(word)s”是外文缩写，老人可能不认识"

_STOP = re.compile(r"[。！？；!?;\n]+")
_MARKS = re.compile(r"\{[^{}|]*\|?([^{}]*)\}")
_LETTERS = re.compile(r"(?<![A-Za-z0-9./@:-])[A-Z][A-Z0-9]{1,9}(?![A-Za-z0-9./@:-])")
_FAMILIAR = frozenset({"APP", "WIFI", "QQ", "VIP"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def hints(field: str, text: str) -> tuple[Finding, ...]:
    """What could be easier to read: sentences, words, letters. Nothing of a text in another language."""
    plain = _MARKS.sub(r"\1", text)
    return tuple(_hints(field, plain)) if _CHINESE.search(plain) else ()


def _hints(field: str, text: str) -> Iterator[Finding]:
    for sentence in _STOP.split(text):
        sentence = sentence.strip()
        if len(sentence) > LONGEST_SENTENCE and _CHINESE.search(sentence):
            values = {"count": str(len(sentence)), "start": sentence[:10]}
            yield Finding(field, Level.HINT, LONG_SENTENCE, values)
    for word, easier in EASIER.items():
        if word in text:
            values = {"word": word, "easier": easier} if easier else {"word": word}
            yield Finding(field, Level.HINT, HARD_WORD if easier else NEEDLESS, values)
    for word in dict.fromkeys(_LETTERS.findall(text)):
        if word not in _FAMILIAR:
            yield Finding(field, Level.HINT, LETTERS, {"word": word})
