"""What people say beside their question: greetings, thanks, tests, abuse.

The rule: only a text that consists of nothing but such words is small talk, so that 你好，身份证丢了 is a
question; and abuse is taken out of a text before it is looked up, never a reason to stop listening.
"""

import re
import tomllib
from dataclasses import dataclass

from knowledge_base.text.plain import plain, simplified
from knowledge_base.text.tables import data_text
from knowledge_base.text.utterance import Utterance

_ABUSE = "abuse"
_BESIDE = "beside"
LONGEST = 24
_PARTICLES = "[啊呀啦哦吧呢哈嘛的了吗]*"


@dataclass(frozen=True, slots=True)
class Talk:
    """One kind of small talk and what is said to it.

    brief: nothing needs to be added.
    reproach: it is about what was said last, whoever said it.
    """

    name: str
    zh: str
    en: str
    brief: bool = False
    reproach: bool = False

    def line(self, language: str) -> str:
        """The line in the reader's language."""
        return self.en if language == "en" else self.zh


class SmallTalk:
    """The shipped words."""

    def __init__(self) -> None:
        tables = tomllib.loads(data_text("small_talk.toml"))
        abuse = tables.pop(_ABUSE)
        beside = map(plain, tables.pop(_BESIDE)["words"])
        self._talks = {
            name: Talk(
                name,
                table["zh"],
                table["en"],
                table.get("brief", False),
                table.get("reproach", False),
            )
            for name, table in tables.items()
        }
        self._words = {plain(word): name for name in reversed(tables) for word in tables[name]["words"]}
        word = "|".join(map(re.escape, sorted({*self._words, *beside}, key=len, reverse=True)))
        self._only = re.compile(rf"(?:(?:{word}){_PARTICLES})+")
        self._word = re.compile(word)
        self._rank = {name: place for place, name in enumerate(tables)}
        han = "|".join(sorted(map(re.escape, map(simplified, abuse["words"])), key=len, reverse=True))
        latin = "|".join(map(re.escape, abuse["latin"]))
        self._abuse = re.compile(rf"{han}|(?<![a-z0-9])(?:{latin})(?![a-z0-9])")
        self._maybe_abuse = re.compile(f"{han}|{latin}")  # literals alone: found six times as fast

    def of(self, utterance: Utterance) -> Talk | None:
        """What kind of small talk it is when it is nothing else; None else."""
        said = utterance.plain
        if not said or len(said) > LONGEST or self._only.fullmatch(said) is None:
            return None
        names = {self._words[word] for word in self._word.findall(said) if word in self._words}
        return self._talks[min(names, key=self._rank.__getitem__)] if names else None

    def is_abusive(self, utterance: Utterance) -> bool:
        """Whether there are abusive words in it."""
        simple = utterance.simplified
        return self._maybe_abuse.search(simple) is not None and self._abuse.search(simple) is not None

    def without_abuse(self, utterance: Utterance) -> Utterance:
        """The same without abusive words; itself when there are none."""
        if not self.is_abusive(utterance):
            return utterance
        return Utterance(self._abuse.sub(" ", utterance.simplified).strip())
