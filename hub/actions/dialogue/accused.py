"""Whom a text accuses, as far as its words say it without any doubt: 举报民警收钱, 投诉东城派出所的辅警.

The rule: a word of complaint and a word of police in one text accuse nobody yet; who wants to report gambling
asks the police for it (我想举报赌博，派出所电话多少). The police are accused where the complaint is followed
by whom it is about, unless it is asked how such a complaint is made (怎么投诉交警，走12389还是12345).
Everything else is weighed by what it means.
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

_HOW_BEFORE = re.compile(
    r"(?:怎么样?|怎样|如何|咋|点样|按怎|哪[里儿个]?|边度|向谁|找谁|跟谁|是不是|能不能|可不可以|可以|是否|什么情况|[想要]了解|了解一?下"
    r"|咨询|打听|请教|请问|想问|问问|问一?下|要是|如果|假如|万一)(?:一?下)?(?:(?!我[要得来])[^|]){0,6}$"
)
_HOW_AFTER = re.compile(
    r"^[^|]{0,4}?(?:怎么|怎样|如何|咋|点样|找谁|[去打走拨归向到在]?(?:哪|边[度个])|走(?=12|信访|纪委|什么|网)"
    r"|[打拨](?=1\d|市长|什么|电话|热线|几)|还是|多久|多少|几[天号个]|要不要|需不需要|用不用|能不能|可不可以|是不是|会不会|有没有"
    r"|应该|流程|渠道|途径|程序|条件|(?<![不没])受理|区别|管用|有用|什么(?:流程|材料|渠道|后果|区别)|的?(?:电话|信箱|邮箱|地址|网站|入口|部门|单位))"
)
"""What stands before and after a complaint in a question about complaints."""


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
        if any(not _asks_how(folded, found) for found in self._named.finditer(folded)):
            return Level.SURE
        return Level.POSSIBLE if self.named(folded) else Level.NONE

    def named(self, folded: str) -> bool:
        """Whether police are named at all."""
        return any(thing in folded for thing in self._objects)


def _asks_how(folded: str, complaint: re.Match[str]) -> bool:
    """Whether a complaint in a text is what somebody asks about."""
    before, after = folded[: complaint.start()], folded[complaint.end() :]
    return bool(_HOW_BEFORE.search(before) or _HOW_AFTER.search(after))
