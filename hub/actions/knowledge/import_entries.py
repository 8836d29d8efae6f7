"""Takes entries in from a file: first what would change, then all of it or nothing.

Rules protected: the same file twice changes nothing; nobody's working copy is written over; every problem is
told at once, with its line. What a file says about state and dates of change does not count: an imported
entry goes the same way as one that was typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.edit_entry import draft, written
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.in_force import Knowledge
from hub.actions.knowledge.publish_entry import PublishEntry
from hub.model.entry_record import EntryRecord, same_content
from hub.runtime.errors import HubError
from hub.store.codec import Versioned
from knowledge_base.entry import Entry, EntryState
from knowledge_base.files.csv_table import ImportProblems
from knowledge_base.files.row import Problem
from knowledge_base.files.spreadsheet import read_file
from knowledge_base.match.matcher import Match

_ALIKE = 0.65
"""The least score to be shown. No score tells what says the same from its neighbours: it is a hint."""
_COMPARED = 500
_ALIKE_SECONDS = 10.0


class ImportMode(StrEnum):
    """What becomes of the entries."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would change. `unchanged`: how many entries say what they say already. `alike`: of those
    added, with the published entry that each may say again, the most alike first."""

    added: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    alike: tuple[tuple[Entry, Match], ...] = ()


class Unfit(HubError):
    """The file cannot be taken; `problems` says why, line by line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{p.line}: {p.zh} / {p.en}" for p in problems))
        self.problems = problems


class ImportEntries:
    """`name`: of the file, it says what kind it is."""

    def __init__(
        self, desk: EntryDesk, publish: PublishEntry, knowledge: Knowledge, meaning: Encoding
    ) -> None:
        """meaning: what questions are looked up with beside their words."""
        self._desk = desk
        self._publish = publish
        self._knowledge = knowledge
        self._meaning = meaning

    async def plan(self, name: str, content: bytes) -> ImportPlan:
        """What would change; nothing is stored."""
        plan, _ = await self._look(name, content)
        return replace(plan, alike=await self._alike(plan.added))

    async def _alike(self, added: Sequence[Entry]) -> tuple[tuple[Entry, Match], ...]:
        """By words, and by what is meant as far as there is time."""
        snapshot, ask = self._knowledge.snapshot, self._meaning.for_a_thread(seconds=_ALIKE_SECONDS)

        def found() -> list[tuple[Entry, Match]]:
            return [
                (entry, match)
                for entry in added[:_COMPARED]
                for match in snapshot.match(entry.question, 1, least=_ALIKE, vector=ask(entry.question))
            ]

        pairs = await asyncio.to_thread(found)
        return tuple(sorted(pairs, key=lambda pair: -pair[1].score))

    async def apply(self, name: str, content: bytes, *, by: str, mode: ImportMode) -> ImportPlan:
        """Stores the entries that are new or changed, all of them or none.

        Whoever calls has asked whether `by` may publish. Raises `Unfit`, `Stale`; with PUBLISH also `Invalid`
        and `Refused` (see `publish_entry`).
        """
        plan, known = await self._look(name, content)
        if plan.problems:
            raise Unfit(plan.problems)
        now, state = self._desk.clock.now_ms(), EntryState.REVIEW if mode is ImportMode.REVIEW else None
        changes: list[Versioned[EntryRecord]] = []
        for entry in (*plan.added, *plan.changed):
            found = known.get(entry.id) or Versioned(EntryRecord(entry.id), 0)
            working = draft(entry, entry.id, now)
            record = written(found.value, replace(working, state=state or working.state), by)
            changes.append(Versioned(self._desk.stamped(replace(record, note=name[:200]), by), found.version))
        if mode is ImportMode.PUBLISH:
            if changes:
                await self._publish.publish_together(changes, by=by)
        elif changes:
            entries = self._desk.entries
            await self._desk.commit(
                *(
                    entries.update(change.value, change.version)
                    if change.version
                    else entries.insert(change.value)
                    for change in changes
                )
            )
        return plan

    async def _look(self, name: str, content: bytes) -> tuple[ImportPlan, dict[str, Versioned[EntryRecord]]]:
        try:
            read = await asyncio.to_thread(read_file, name, content, self._knowledge.snapshot.lexicon)
        except ImportProblems as refused:
            return ImportPlan(problems=refused.problems), {}
        known = await self._desk.entries.get_many([entry.id for _, entry in read])
        added: list[Entry] = []
        changed: list[Entry] = []
        problems: list[Problem] = []
        unchanged = 0
        for line, entry in read:
            found = known.get(entry.id)
            if found is None:
                added.append(entry)
            elif same_content(entry, found.value.newest):
                unchanged += 1
            elif found.value.working is not None:
                problems.append(_under_way(line, entry.id))
            else:
                changed.append(entry)
        return ImportPlan(tuple(added), tuple(changed), unchanged, tuple(problems)), known


def _under_way(line: int, entry_id: str) -> Problem:
    return Problem(
        line,
        f"条目 {entry_id} 有未发布的修改稿，请先发布或放弃它",
        f"entry {entry_id} has an unpublished working copy; publish it or give it up first",
    )
