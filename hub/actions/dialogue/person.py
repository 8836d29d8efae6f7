"""Whether somebody wants a person: 转人工 and everything people write for it.

The rule: it always works, in every state and on every channel; a wish that was missed is worse than one that
was heard where there was none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge_base.text.utterance import Utterance

_SURE = re.compile(
    r"(?<!不用)(?<!不要)(?<!不想)(?<!别)(?<!不)(?:转接?(?:到|个|一下|下)?(?:人工|客服|真人)|zhuanrengong|接人工|要人工|找人工|人工客服)"
)
"""In any text, whatever else it says."""
# None of the words before is made of two others: 帮我帮我帮我… would be read in every way there is.
_WISH = re.compile(
    r"(?:我|要|想|请|帮|给我|麻烦|能|可以|能不能|可不可以|怎么|找|联系|转|接|叫|让|跟|和|有没有|有|个|一个|一位)*"
    r"(?:人工|真人|活人|客服|人工服务|人工坐席|坐席|接线员|工作人员|值班民警|(?:找|叫|转|联系|跟|和|让)(?:个|一个)?人)"
    r"(?:说话|通话|聊|谈|服务|客服|来|回答|接听|帮忙|处理|吗|吧|啊|呀|呢|了|谢谢)*"
)
"""As the whole text."""
_NOT = frozenset({"人", "有人吗", "有人", "有人来", "有人吗吗", "有没有人", "有没有人吗"})
"""A greeting, or somebody who reports that people are there."""


def wants_person(utterance: Utterance, words: Sequence[str]) -> bool:
    """words: the configured ones, in the form `plain` gives; as the whole text."""
    said = utterance.plain
    if said in words or _SURE.search(said):
        return True
    return said not in _NOT and _WISH.fullmatch(said) is not None
