"""Unanswered questions for editors: put together, made into drafts or put aside.

Rules protected: what an editor decides changes only working copies (a second person publishes them) and is
one unit of work with the questions it was decided on; two editors who decide at once find out. What was
dismissed stays dismissed, with all that is like it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hub.actions.dialogue.encoding import Encoding
from hub.actions.knowledge.edit_entry import draft, written
from hub.actions.knowledge.entry_desk import EntryDesk
from hub.actions.knowledge.in_force import Knowledge
from hub.model.entry_record import EntryRecord
from hub.model.question import FOR_GOOD, Question, QuestionState
from hub.model.tally import week_of
from hub.repositories.knowledge.questions import QuestionRepository
from hub.runtime.clock import day_of
from hub.runtime.errors import Stale
from hub.runtime.ids import new_id
from hub.store.codec import Versioned
from hub.store.documents import Update
from knowledge_base.entry import Entry, EntryState
from knowledge_base.match.matcher import Match
from knowledge_base.meaning.encoder import Vector
from knowledge_base.meaning.sentence import sentence_of
from knowledge_base.measure.cluster import Asked, UnknownWord, clusters, unknown_words

NEWEST = 5_000
"""Questions looked at; older ones wait until these are dealt with."""
WEEKS = 8
_WORDINGS = 10
_TESTS = 5
_NEAR = 0.2
_AT_ONCE = 200
"""Questions whose meaning is asked for at one look, and how long."""
_LEARN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class QuestionCluster:
    """Open questions that ask the same. texts: each wording once, the most typical first. count: in how many
    conversations. weeks: questions by week, oldest first. drafted: entries some of their like went into."""

    id: str
    texts: tuple[str, ...]
    count: int
    weeks: tuple[int, ...]
    newest_at: int
    drafted: tuple[str, ...]
    dismissed: bool
    questions: tuple[Versioned[Question], ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """All of them. cut: there are more questions than were looked at."""

    open: tuple[QuestionCluster, ...]
    dismissed: tuple[QuestionCluster, ...]
    words: tuple[UnknownWord, ...]
    cut: bool


class SortQuestions:
    """One per process: what was put together is kept until a question or the day changes."""

    def __init__(
        self,
        desk: EntryDesk,
        questions: QuestionRepository,
        knowledge: Knowledge,
        encoding: Encoding,
        *,
        keep_seconds: int,
    ) -> None:
        self._desk = desk
        self._encoding = encoding
        self._meant: dict[str, Vector] = {}
        self._keep_ms = keep_seconds * 1000
        self._questions = questions
        self._knowledge = knowledge
        self._kept: tuple[tuple[int, int, str], Sorted] | None = None

    async def all(self) -> Sorted:
        """Every cluster, largest first. What questions mean is asked for a moment, the largest first; the
        rest when somebody looks again."""
        found = await self._current()
        if await self._learn(found):
            self._kept = None
            found = await self._current()
        return found

    async def _current(self) -> Sorted:
        """The same by what is known of their meaning: nothing moves between a look and a decision but by new
        questions."""
        today = day_of(self._desk.clock.now_ms())
        key = (await self._questions.changes(), self._knowledge.revision, today.isoformat())
        if self._kept is None or self._kept[0] != key:
            found = await self._questions.newest(limit=NEWEST)
            self._kept = (key, await asyncio.to_thread(self._sorted, found))
        return self._kept[1]

    async def _learn(self, found: Sorted) -> bool:
        """Asks for vectors that are not there; whether there are more now. Those of questions that are gone
        are forgotten."""
        texts = dict.fromkeys(text for one in (*found.open, *found.dismissed) for text in one.texts)
        self._meant = {text: vector for text, vector in self._meant.items() if text in texts}
        wanted = {text: sentence_of(text) for text in texts if text not in self._meant}
        if not self._encoding.name or not wanted:
            return False
        there = await self._encoding.within(
            [sentence for sentence in list(wanted.values())[:_AT_ONCE] if sentence], seconds=_LEARN_SECONDS
        )
        self._meant |= {text: there[sentence] for text, sentence in wanted.items() if sentence in there}
        return bool(there)

    def nearest(self, cluster: QuestionCluster) -> Match | None:
        """The published entry nearest to it."""
        text = cluster.texts[0]
        found = self._knowledge.snapshot.match(text, 1, least=_NEAR, vector=self._meant.get(text))
        return found[0] if found else None

    async def draft(self, cluster_id: str, *, by: str) -> EntryRecord:
        """A new entry with these questions as its wordings; its answer is still to be written. Raises
        `Stale` when the questions changed meanwhile."""
        cluster = await self._open(cluster_id)
        now = self._desk.clock.now_ms()
        entry_id = f"e{new_id(now)}"
        near = self.nearest(cluster)
        content = Entry(
            id=entry_id,
            question=cluster.texts[0],
            variants=cluster.texts[1:_WORDINGS],
            answer="",
            short_answer="",
            topic=near.entry.topic if near else "",
            source="",
            confirm_locally=False,
            state=EntryState.DRAFT,
            updated_at=now,
            tests=cluster.texts[_WORDINGS : _WORDINGS + _TESTS],
        )
        record = replace(self._desk.stamped(EntryRecord(entry_id, working=content), by), author_ids=(by,))
        decided = self._decided(cluster, QuestionState.DRAFTED, by, entry_id)
        await self._desk.commit(self._desk.entries.insert(record), *decided, self._questions.changed())
        return record

    async def add(self, cluster_id: str, entry_id: str, *, by: str) -> EntryRecord:
        """The wordings go into the working copy of a known entry. Raises `NotFound`, `Stale`."""
        cluster = await self._open(cluster_id)
        found = await self._desk.get(entry_id)
        newest = found.value.newest
        has = {newest.question, *newest.variants, *newest.tests}
        new = [text for text in cluster.texts if text not in has]
        content = replace(
            newest,
            variants=(*newest.variants, *new[:_WORDINGS]),
            tests=(*newest.tests, *new[_WORDINGS : _WORDINGS + _TESTS]),
        )
        working = draft(content, entry_id, self._desk.clock.now_ms())
        record = self._desk.stamped(written(found.value, working, by), by)
        decided = self._decided(cluster, QuestionState.DRAFTED, by, entry_id)
        await self._desk.commit(
            self._desk.entries.update(record, found.version), *decided, self._questions.changed()
        )
        return record

    async def dismiss(self, cluster_id: str, *, by: str) -> None:
        """No matter for the knowledge base. Raises `Stale`."""
        cluster = await self._open(cluster_id)
        decided = self._decided(cluster, QuestionState.DISMISSED, by)
        await self._desk.commit(*decided, self._questions.changed())

    async def bring_back(self, cluster_id: str, *, by: str) -> None:
        """Open again. Raises `Stale`."""
        found = [cluster for cluster in (await self._current()).dismissed if cluster.id == cluster_id]
        if not found:
            raise Stale("questions")
        decided = self._decided(found[0], QuestionState.OPEN, by)
        await self._desk.commit(*decided, self._questions.changed())

    async def _open(self, cluster_id: str) -> QuestionCluster:
        for cluster in (await self._current()).open:
            if cluster.id == cluster_id:
                return cluster
        raise Stale("questions")

    def _decided(
        self, cluster: QuestionCluster, state: QuestionState, by: str, entry_id: str = ""
    ) -> list[Update]:
        now = self._desk.clock.now_ms()
        writes = []
        for number, found in enumerate(cluster.questions):
            asked_at = found.value.asked_at
            for_good = state is QuestionState.DISMISSED and number == 0
            question = replace(
                found.value,
                state=state,
                entry_id=entry_id,
                decided_by=by,
                decided_at=now,
                keep_until=FOR_GOOD if for_good else asked_at + self._keep_ms,
            )
            writes.append(self._questions.update(question, found.version))
        return writes

    def _sorted(self, found: Sequence[Versioned[Question]]) -> Sorted:
        by_id = {one.value.id: one for one in found}
        asked = [Asked(one.value.id, one.value.text, one.value.asked_at) for one in found]
        groups = clusters(asked, self._knowledge.snapshot.lexicon, self._meant)
        open_: list[QuestionCluster] = []
        dismissed: list[QuestionCluster] = []
        for group in groups:
            cluster = self._cluster([by_id[asked.id] for asked in group.questions])
            if cluster is not None:
                (dismissed if cluster.dismissed else open_).append(cluster)
        open_.sort(key=lambda cluster: (-cluster.count, -cluster.newest_at, cluster.id))
        known = [
            text
            for entry in self._knowledge.snapshot.entries
            for text in (entry.question, *entry.variants, entry.answer)
        ]
        known += [word for group in self._knowledge.groups for word in (group.name, *group.words)]
        words = unknown_words([text for c in open_ for text in (q.value.text for q in c.questions)], known)
        return Sorted(tuple(open_), tuple(dismissed), words, len(found) == NEWEST)

    def _cluster(self, members: Sequence[Versioned[Question]]) -> QuestionCluster | None:
        dismissed = any(one.value.state is QuestionState.DISMISSED for one in members)
        wanted = [one for one in members if dismissed or one.value.state is QuestionState.OPEN]
        if not wanted:
            return None
        last = week_of(day_of(self._desk.clock.now_ms()))
        by_week = Counter(week_of(day_of(one.value.asked_at)) for one in wanted)
        return QuestionCluster(
            id=wanted[0].value.id,
            texts=tuple(dict.fromkeys(one.value.text for one in wanted)),
            count=len({one.value.conversation_id for one in wanted}),
            weeks=tuple(by_week[last - timedelta(weeks=weeks)] for weeks in reversed(range(WEEKS))),
            newest_at=max(one.value.asked_at for one in wanted),
            drafted=tuple(dict.fromkeys(one.value.entry_id for one in members if one.value.entry_id)),
            dismissed=dismissed,
            questions=tuple(wanted),
        )
