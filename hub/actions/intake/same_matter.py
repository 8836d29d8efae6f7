"""Whether a text beside an open case adds to it or tells of something new.

The rule: what says itself that it is new has a case of its own; what shares words with the case, is short or
points back adds to it; of the rest the citizen is asked where he can answer, and until then it stands in the
open case, so that nothing waits for an answer that never comes.
"""

from __future__ import annotations

import re
from enum import StrEnum

from knowledge_base.text.plain import plain

_NEW = re.compile(
    r"(?:另外|另|还有|还想|再|又)(?:要|想)?(?:反映|咨询|投诉|举报|说|报|有)?(?:一|个)?(?:件|个)?(?:别的|其他|新)?(?:的)?(?:事情?|问题|情况)"
    r"|(?:新|别|其他)的?(?:事情?|问题|情况)|另(?:外)?一[件个]|换[一个]?个?(?:事|问题)|跟(?:刚才|上面|那个)(?:的)?(?:无关|没关系)"
)
_BACK = re.compile(
    r"补充|刚才|上面|之前|前面|上次|我说的|我的(?:事|问题|诉求|工单)|这(?:件|个)?事|那(?:件|个)?事|催|进度|怎么样了|处理|办得|回复|答复"
    r"|^(?:是|就是|就|在|对|不对|不是|没有|有|他|她|它|那|这|而且|并且|也|还是|还|因为|所以|但|可是)"
)
_SHORT = 12
_NEW_PLACE = 40
"""Characters at the beginning in which a text says that it is new."""


class Matter(StrEnum):
    """What a text is to the open case."""

    SAME = "same"
    NEW = "new"
    UNSURE = "unsure"


def matter_of(text: str, known: str, *, shared: int = 1) -> Matter:
    """known: what the case is about in its own words. shared: pairs of characters that make it the same."""
    said = plain(text)
    if "补充" in said:
        return Matter.SAME
    if _NEW.search(said[:_NEW_PLACE]) and len(said) > _SHORT:
        return Matter.NEW
    if len(said) <= _SHORT or _BACK.search(said) or len(_pairs(said) & _pairs(plain(known))) >= shared:
        return Matter.SAME
    return Matter.UNSURE


_COMMON = frozenset(
    re.findall(
        "..",
        "我们他们你们没有有人现在一个什么怎么可以就是不是请问这个那个"
        "我要我想要举要投举报投诉控告检举派出出所民警警察交警辅警公安安局",
    )
)
"""Pairs that many texts hold, or every report."""


def _pairs(said: str) -> frozenset[str]:
    """Two characters each, but those that every text holds."""
    return frozenset(said[at : at + 2] for at in range(len(said) - 1)) - _COMMON


_YES = re.compile(
    r"(?:1|一|是|是的|对|对的|新的|嗯|yes|anewmatter|是新的事情|新的事情|新事情|是新的|另一件|是另一件|是另外一件)(?:啊|呀|的|吧)*"
)
_NO = re.compile(
    r"(?:2|二|不是|不|不是新的|补充|是补充|是补充的|no|anaddition|同一件事|同一件|一件事|是同一件)(?:啊|呀|的|吧)*"
)


def is_new(text: str) -> bool | None:
    """What is answered to 这是新的事情吗; None for anything else."""
    said = plain(text)
    if _NO.fullmatch(said):
        return False
    return True if _YES.fullmatch(said) else None
