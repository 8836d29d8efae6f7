"""What a word of danger is worth in a text that tells of nothing, as far as its meaning shows (火灾演练).

Rule protected: a cry for help is never lost. Where the text also describes a danger it is sure; alone it is a
flag, like a word that the office added and a danger that is described. Everything else is nothing: most texts
with a word of the list tell of a film, a drill or a law. A threat is sure, but anger that only wishes
(气死了，真想杀了他) is a flag where nothing else is told.
"""

from __future__ import annotations

import re

from hub.actions.dialogue.question import asks
from hub.actions.dialogue.verdict import Danger
from knowledge_base.meaning.grams import patterns_in
from knowledge_base.meaning.safety import Judgement, Level

_URGENT = {"#danger.now", "#danger.quiet"}
"""These say how urgent it is, not what it is."""
_CRIES = ("救命", "救我", "救救", "来人")
_WISHES = re.compile(
    r"(?:(?:真|好)想|恨不得|恨不能|巴不得)(?:立刻|马上|当场|直接|一刀|一拳|把[他她它])?.{0,4}|杀.{1,2}的心|非.{1,3}不可"
)
"""Words of anger with what follows them; who only has these plans nothing."""


def worth(verdict: Danger, judged: Judgement, folded: str) -> Level:
    """How sure the danger is; `folded`: the text. A threat stays one whatever else is said, a wish is not."""
    if verdict.threat and judged.danger is not Level.SURE and _only_wishes(verdict, folded):
        return Level.POSSIBLE
    tells = judged.danger is not Level.NONE or judged.accusation is not Level.NONE
    if tells or verdict.threat:
        return Level.SURE
    cries = any(cry in word for word in verdict.words for cry in _CRIES)
    described = {name for name in patterns_in(folded) if name.startswith("#danger.")} - _URGENT
    describes = bool(described) and not asks(folded)
    if cries and describes:
        return Level.SURE
    return Level.POSSIBLE if cries or describes or verdict.own else Level.NONE


def _only_wishes(verdict: Danger, folded: str) -> bool:
    """Whether all words of danger are wishes of anger, and nothing is described beside them."""
    rest = _WISHES.sub("", folded)
    described = {name for name in patterns_in(rest) if name.startswith("#danger.")}
    return not described and not any(word in rest for word in verdict.words)
