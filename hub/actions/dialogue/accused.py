"""Whom a text accuses, as far as its words say it without any doubt: 举报民警收钱, 投诉东城派出所的辅警.

The rule: a word of complaint and a word of police in one text accuse nobody yet; who wants to report gambling
asks the police for it (我想举报赌博，派出所电话多少). The police are accused where the complaint is followed
by whom it is about. Everything else is weighed by what it means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.meaning.safety import Level
from knowledge_base.text.utterance import Utterance

_NOT_NOW = (
    r"(?<![不没别被])(?<!不是)(?<!不想)(?<!不用)(?<!没有)(?<!不是要)(?<!不想要)"
    r"(?<!没有要)(?<!没要)(?<!没想)(?<!没想要)(?<!不打算)(?<!没打算)(?<!不会)(?<!不会去)"
)
_FILLER = (
    r"(?:一下|下|你们?|你们?的|贵|我们?|这里|这边|当地|本地|这个|那个|这位|那位|该|某"
    r"|一名|一个|一位|个别|几个|有些|名|个|位|的){0,4}"
)
_SOMEWHERE = (
    r".{0,8}?(?:派出所|公安局|分局|支队|大队|中队|警务站|窗口|看守所|监狱|车管所|[你我]们所|所里|局里|队里|里)"
    rf"(?:里|上|有)?{_FILLER}"
)
_OFFICERS = (
    r"(?:值班|办案|执勤|执法|出警|接警|户籍|社区|驻村|管教)?"
    r"(?:民警|警察|辅警|交警|协警|特警|刑警|狱警|巡警|警官|警员|干警|副?所长|局长|大?队长|教导员|指导员)"
)
_NOT_THEM = (
    r"(?!旁|附近|边上|门口|对面|隔壁|楼下|后面|前面|电话|号码|热线|还是|怎么|要|会|能|找|去|是不是|实名|匿名"
    r"|的?(?:流程|渠道|途径|办法|手续|网址|模板|格式|入口|邮箱|时限|期限|条件)|的(?:程序|方式|方法|步骤|意思|打算))"
)
"""What follows a place that is only where something is, whom the citizen asks, or of whom somebody wants to
know how a complaint is made."""


class Accused:
    """Reads the configured words, folded."""

    def __init__(self, verbs: Sequence[str], objects: Sequence[str]) -> None:
        self._verbs = tuple(Utterance(word).folded for word in verbs)
        self._objects = tuple(Utterance(word).folded for word in objects)
        verb, thing = ("|".join(map(re.escape, words)) or r"(?!)" for words in (self._verbs, self._objects))
        whom = rf"(?:{_FILLER}(?:{thing}|{_OFFICERS})|{_SOMEWHERE}{_OFFICERS}){_NOT_THEM}"
        self._named = re.compile(rf"{_NOT_NOW}(?:{verb})(?!过){whom}")

    def level(self, folded: str) -> Level:
        """Sure where it is said who is accused, possible where both words occur in the text."""
        if not any(verb in folded for verb in self._verbs):
            return Level.NONE
        if self._named.search(folded):
            return Level.SURE
        return Level.POSSIBLE if self.named(folded) else Level.NONE

    def named(self, folded: str) -> bool:
        """Whether police are named at all."""
        return any(thing in folded for thing in self._objects)
