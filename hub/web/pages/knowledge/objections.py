"""What stands against publishing an entry or changing words, in words: which question would find which
entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.web.i18n import Translator, msgid
from knowledge_base.match.gate import Objection, Trouble

OBJECTIONS: Mapping[Trouble, str] = {
    Trouble.TEST_NOT_FOUND: msgid("测试问题“%(question)s”找到的是“%(goes_to)s”，不是“%(entry)s”。"),
    Trouble.SAME_WORDING: msgid("条目“%(goes_to)s”有一个问法与条目“%(entry)s”的问法“%(question)s”相同。"),
    Trouble.TAKES_TEST: msgid("条目“%(entry)s”的测试问题“%(question)s”会变成找到“%(goes_to)s”。"),
    Trouble.TAKES_WORDING: msgid("条目“%(entry)s”的问法“%(question)s”会变成找到“%(goes_to)s”。"),
    Trouble.LOSES_TEST: msgid("条目“%(entry)s”的测试问题“%(question)s”会变成找到“%(goes_to)s”。"),
    Trouble.BECOMES_SAME: msgid("条目“%(entry)s”的问法“%(question)s”会与条目“%(goes_to)s”的问法相同。"),
}
_NOTHING = msgid("没有任何条目")


@dataclass(frozen=True, slots=True)
class Said:
    """An objection in words, with the entry to look at."""

    text: str
    entry_id: str


def said(objections: Sequence[Objection], _: Translator) -> list[Said]:
    """Objections in the reader's language."""
    return [
        Said(
            _(
                OBJECTIONS[one.trouble],
                question=one.question,
                entry=one.entry.question,
                goes_to=one.goes_to.question if one.goes_to else _(_NOTHING),
            ),
            _worth_a_look(one),
        )
        for one in objections
    ]


def _worth_a_look(one: Objection) -> str:
    """The other entry: what a test found instead, or whose question would be taken."""
    if one.trouble is Trouble.TEST_NOT_FOUND and one.goes_to is not None:
        return one.goes_to.id
    return one.entry.id
