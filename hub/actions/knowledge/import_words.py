"""Takes the office's words in from a file: first what would change, then all of it or nothing.

Rules protected: the same file twice changes nothing; every problem is told at once, with its line. A group
the file does not name stays as it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hub.actions.knowledge.edit_words import EditWords
from hub.actions.knowledge.follow_entries import FollowEntries
from hub.actions.knowledge.import_entries import Unfit
from hub.actions.knowledge.in_force import Knowledge
from hub.repositories.knowledge.words import group_id
from knowledge_base.files.csv_table import ImportProblems
from knowledge_base.files.row import Problem
from knowledge_base.files.word_file import read_words
from knowledge_base.words.word_group import WordGroup


@dataclass(frozen=True, slots=True)
class WordPlan:
    """What a file would change. `unchanged`: how many groups say what they say already."""

    added: tuple[WordGroup, ...] = ()
    changed: tuple[WordGroup, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()


class ImportWords:
    """CSV only: one group a line."""

    def __init__(self, edit: EditWords, follow: FollowEntries, knowledge: Knowledge) -> None:
        self._edit = edit
        self._follow = follow
        self._knowledge = knowledge

    async def plan(self, content: bytes) -> WordPlan:
        """What would change; nothing is stored."""
        await self._follow.look()
        try:
            read = await asyncio.to_thread(read_words, content)
        except ImportProblems as refused:
            return WordPlan(problems=refused.problems)
        groups = [group for _, group in read]
        problems = tuple(
            Problem(read[problem.number][0], problem.zh, problem.en)
            for problem in await self._edit.problems(groups)
        )
        if problems:
            return WordPlan(problems=problems)
        added: list[WordGroup] = []
        changed: list[WordGroup] = []
        for group in groups:
            known = self._knowledge.words.get(group_id(group.key))
            if known is None or known.group is None:
                added.append(group)
            elif not known.says(group):
                changed.append(group)
        return WordPlan(tuple(added), tuple(changed), len(groups) - len(added) - len(changed))

    async def apply(self, content: bytes, *, by: str) -> WordPlan:
        """Lets the groups that are new or changed be in force, all of them or none. Raises `Unfit`, and like
        `EditWords`."""
        plan = await self.plan(content)
        if plan.problems:
            raise Unfit(plan.problems)
        groups = (*plan.added, *plan.changed)
        if groups:
            await self._edit.put_together(groups, by=by)
        return plan
