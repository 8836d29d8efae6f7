"""Whether somebody asks how his own case, or that of one of his, will end: 我这个案子能不能判缓刑.

The rule: what a court, a prosecutor or an officer will decide is told by nobody here, and a general answer
would be taken for a forecast; a person reads it. What the law says in general (诈骗罪判几年) is answered.
"""

from __future__ import annotations

import re

_OWN = re.compile(
    r"我(?!国)|俺|咱|[他她](?:们|会|能|要|这|那|的|判|被|算|构)|(?:这|那|本)(?:个|起|件|种)?(?:案子|案件|情况|事情?)"
)
_ASKS = re.compile(
    r"(?:会|要|得|能|该|大概|可能|估计|一般|最[多少]|到底|究竟)(?:不会|不能|不要|被)?判(?:我|他|她|多|几|什么|啥|实刑|缓刑|刑|得?重|死刑|无期)"
    r"|判(?:几年|多久|多少年|多长时间|多重|得?重不重|缓刑)"
    r"|(?:会不会|能不能|可不可以|有没有可能|是不是|会|能)(?:被)?(?:判?缓刑|不起诉|免予?起诉|无罪|胜诉|赢官司|轻判|重判|从轻|减刑)"
    r"|(?:构不构成|是否构成|算不算|是不是构成)(?:犯罪|诈骗|盗窃|故意伤害|犯法)"
)
_SAYS_WHAT_HAPPENED = re.compile(
    r"案子|案件|情况|涉嫌|把.{1,6}[打撞捅骗偷]|了.{0,12}(?:[会能判要得算构])|被.{0,10}(?:抓|拘|逮捕|起诉)|[0-9一二三四五六七八九十百千万两]+(?:块|元|万|天|年|人|次)"
)
"""Facts of a case: what was done, how much, since when."""


def asks_own_outcome(folded: str) -> bool:
    """Whether a folded text asks for it."""
    return all(pattern.search(folded) for pattern in (_ASKS, _OWN, _SAYS_WHAT_HAPPENED))
