"""The list of words the office watches for: one by one, or many lines of CSV at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.finding import Level
from campaigns.said import Said
from hub.model.agent import Agent
from hub.model.campaigns.sensitive_word import (
    LEVELS,
    MAX_REMARK,
    MAX_WORD,
    MOST_WORDS,
    SensitiveWord,
    folded,
)
from hub.repositories.composer.sensitive_words import SensitiveWordRepository
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, Stale
from hub.store.documents import Conflict, Documents, Duplicate, Write

_LEVEL_WORDS = {"禁止": Level.BLOCK, "block": Level.BLOCK, "提醒": Level.WARN, "warn": Level.WARN}
_WORDS_OF = {Level.BLOCK: "禁止", Level.WARN: "提醒"}
WRONG_LEVEL = "第 %(line)s 行的级别应为“禁止”或“提醒”"
IN_LINE = "第 %(line)s 行有误"
HEADER = ("词语", "级别", "原因", "改为")


@dataclass(frozen=True, slots=True)
class WordLine:
    """One line as it was typed."""

    word: str
    level: Level
    reason: str = ""
    replacement: str = ""


class WatchWords:
    """Reads and changes them; who may is asked by the caller."""

    def __init__(self, documents: Documents, words: SensitiveWordRepository, clock: Clock) -> None:
        self._documents = documents
        self._words = words
        self._clock = clock

    async def every(self) -> list[SensitiveWord]:
        """All of them, what blocks first, then by the word."""
        found = [one.value for one in await self._words.every()]
        return sorted(found, key=lambda one: (LEVELS.index(one.level), one.word))

    async def put(self, agent: Agent, lines: Sequence[WordLine]) -> int:
        """Adds words, or changes those that are there; how many. All or none.

        Raises `Invalid` (field `word`, `reason` or `lines`) and `Stale`.
        """
        there = {one.value.id: one for one in await self._words.every()}
        wanted = {folded(line.word): line for line in lines}
        for line in wanted.values():
            _check(line)
        if len(there.keys() | wanted.keys()) > MOST_WORDS:
            raise Invalid({"lines": f"最多 {MOST_WORDS} 个词"})
        now = self._clock.now_ms()
        writes: list[Write] = [
            self._words.put(
                SensitiveWord(
                    id=id,
                    word=line.word,
                    level=line.level,
                    changed_at=now,
                    changed_by=agent.id,
                    reason=line.reason,
                    replacement=line.replacement,
                ),
                there.get(id),
            )
            for id, line in wanted.items()
        ]
        await self._commit(writes)
        return len(writes)

    async def remove(self, id: str) -> None:
        """Takes one out; one that is gone already is no error. Raises `Stale`."""
        found = await self._words.get(id)
        if found is not None:
            await self._commit([self._words.remove(found)])

    async def as_csv(self) -> str:
        """The list as `lines_of` reads it back."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADER)
        for one in await self.every():
            writer.writerow((one.word, _WORDS_OF[one.level], one.reason, one.replacement))
        return out.getvalue()

    async def _commit(self, writes: Sequence[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            raise Stale("words") from None


def lines_of(text: str) -> list[WordLine]:
    """The lines of a CSV: word, level (禁止 or 提醒, 提醒 where it is missing), reason, replacement.

    Raises `Invalid` (field `lines`) naming the first wrong line.
    """
    found: list[WordLine] = []
    typed = [line if "," in line else line.replace("，", ",") for line in text.lstrip("\ufeff").splitlines()]
    for place, row in enumerate(csv.reader(typed), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or tuple(cells[:2]) == HEADER[:2]:
            continue
        word, level, reason, replacement, *_ = (*cells, "", "", "")
        if level and level.lower() not in _LEVEL_WORDS:
            raise Invalid({"lines": Said(WRONG_LEVEL, line=place)})
        line = WordLine(word, _LEVEL_WORDS.get(level.lower(), Level.WARN), reason, replacement)
        try:
            _check(line)
        except Invalid as problem:
            why = next(iter(problem.problems.values()))
            raise Invalid({"lines": Said.joined([Said(IN_LINE, line=place), why])}) from None
        found.append(line)
    if not found:
        raise Invalid({"lines": "请每行写一个词，例如：中奖,禁止,像诈骗短信,"})
    return found


def _check(line: WordLine) -> None:
    if not folded(line.word) or len(line.word) > MAX_WORD:
        raise Invalid({"word": f"请填写要留意的词，最多 {MAX_WORD} 个字"})
    if any(text.startswith("=") for text in (line.word, line.reason, line.replacement)):
        raise Invalid({"word": "不能以等号开头，导出后会被当成公式"})
    if len(line.reason) > MAX_REMARK or len(line.replacement) > MAX_REMARK:
        raise Invalid({"reason": f"原因和替换各最多 {MAX_REMARK} 个字"})
