"""Learns from use: counts how entries fare and keeps the questions that were not answered.

Nothing of this happens while a citizen waits. What was said is read afterwards, in steps: the hub's own
messages and the cases that messages opened have ids in the order of time, and a **cursor** says how far they
were read. The cursor moves in the unit of work that adds the counts, so a step that is cut off counts
nothing and one that is done twice counts once.

Rules protected: of what stands behind the compartment wall nothing is counted or kept, nor of a conversation
that went there at any time; nor of a text that reports danger or accuses police.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from channels.contract import ChannelKind
from hub.actions.dialogue.quote import above_the_quote
from hub.actions.dialogue.triage import Triage
from hub.actions.knowledge.in_force import Knowledge
from hub.model.cases.case import Case
from hub.model.conversation import Author, Direction, Message
from hub.model.masking import masked_text
from hub.model.question import Question
from hub.model.track import Track
from hub.repositories.cases import CaseRepository
from hub.repositories.conversations import ConversationRepository
from hub.repositories.knowledge.answer_counts import AnswerCountRepository
from hub.repositories.knowledge.cursors import CursorRepository
from hub.repositories.knowledge.questions import QuestionRepository
from hub.runtime.clock import Clock, day_of
from hub.runtime.ids import derived_id
from hub.store.documents import Conflict, Documents, Duplicate, Write
from knowledge_base.dialogue.choice import NoneOfThem, choose
from knowledge_base.text.normalise import normalise
from knowledge_base.text.utterance import Utterance

STEP = 200
LONGEST = 120
"""Characters. Who writes more tells of a matter; that is no question for a knowledge base."""
SHORTEST = 3
_THREAD = 200
_NEAR = 0.3
"""What scores less says nothing about the topic of a question."""

_SOME = ("甲",)
"""Stands for whatever was offered: only whether none of it is meant is asked."""

T = TypeVar("T", Message, Case)


@dataclass(frozen=True, slots=True)
class Lag:
    """settle_seconds: ids are given before the commit, so the newest are left alone for so long.
    choices_seconds: how long an offered choice may still be taken. keep_seconds: how long questions stay."""

    choices_seconds: int
    keep_seconds: int
    settle_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one step found: (entry, day) → counters, questions to keep, and whether some may be deleted."""

    counts: Mapping[tuple[str, date], Mapping[str, int]]
    questions: tuple[Question, ...] = ()
    forgot: bool = False


class WatchAnswers:
    """`step` until it says False; harmless in several processes, of which one gets on."""

    def __init__(
        self,
        documents: Documents,
        conversations: ConversationRepository,
        cases: CaseRepository,
        counts: AnswerCountRepository,
        questions: QuestionRepository,
        cursors: CursorRepository,
        triage: Triage,
        knowledge: Knowledge,
        clock: Clock,
        lag: Lag,
    ) -> None:
        self._documents = documents
        self._conversations = conversations
        self._cases = cases
        self._counts = counts
        self._questions = questions
        self._cursors = cursors
        self._triage = triage
        self._knowledge = knowledge
        self._clock = clock
        self._lag = lag

    async def step(self) -> bool:
        """Reads on a little; whether there is more to read at once."""
        settled, chosen = self._lag.settle_seconds, self._lag.settle_seconds + self._lag.choices_seconds
        said, opened = self._conversations.said_between, self._cases.opened_between
        more = [
            await self._read("answers", settled, said, self._answers),
            await self._read("choices", chosen, said, self._choices),
            await self._read("cases", settled, opened, self._hand_overs),
        ]
        return any(more)

    async def _read(
        self,
        name: str,
        lag_seconds: int,
        page: Callable[..., Awaitable[list[T]]],
        learn: Callable[[Sequence[T]], Awaitable[Learnt]],
    ) -> bool:
        known = await self._cursors.get(name)
        before = f"{self._clock.now_ms() - lag_seconds * 1000:012x}"
        found = await page(known.value, before, limit=STEP)
        if not found:
            return False
        learnt = await learn(found)
        writes: list[Write] = [self._cursors.move(name, known, found[-1].id)]
        writes += [
            self._counts.add(entry_id, day, amounts) for (entry_id, day), amounts in learnt.counts.items()
        ]
        new = await self._new(learnt.questions)
        writes += map(self._questions.insert, new)
        if new or learnt.forgot:
            writes.append(self._questions.changed())
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            return False  # another process read the same and was quicker
        return len(found) == STEP

    async def _answers(self, said: Sequence[Message]) -> Learnt:
        """How often entries answered and were offered."""
        counted = await self._outside_walls([message for message in said if _is_entry(message)])
        learnt = _Tallying()
        for message in counted:
            for entry_id in message.entry_ids:
                learnt.count(entry_id, message.at, "offered" if _offers(message) else "answered")
        return learnt.done()

    async def _choices(self, said: Sequence[Message]) -> Learnt:
        """Which offered entry was taken; where none was, the question is kept."""
        learnt = _Tallying()
        for message in [message for message in said if _offers(message)]:
            thread = await self._thread(message.conversation_id)
            if not thread:
                continue
            earlier = [other for other in thread if other.seq < message.seq]
            if any(_is_entry(other) for other in earlier[-2:] if other.entry_ids == message.entry_ids):
                continue  # asked again: the first offer is the one that counts
            taken = self._taken(message, [other for other in thread if other.seq > message.seq])
            asked = earlier[-1] if earlier and earlier[-1].direction is Direction.IN else None
            if taken:
                learnt.count(taken, message.at, "chosen")
            elif asked is not None:
                learnt.keep(self._question(asked, ""))
        return learnt.done()

    async def _hand_overs(self, opened: Sequence[Case]) -> Learnt:
        """What was handed over to a person, and after which answer one was asked for."""
        learnt = _Tallying()
        for case in opened:
            if not case.origin.conversation_id:
                continue
            if case.is_restricted:
                await self._questions.forget(case.origin.conversation_id)
                learnt.forgot = True  # also when an earlier try, cut off before its commit, deleted them
            if case.track not in (Track.CONSULT, Track.SERVICE):
                continue
            thread = await self._thread(case.origin.conversation_id)
            asked = next((m for m in thread if m.case_id == case.id and m.direction is Direction.IN), None)
            if asked is None:
                continue
            if not self._triage.wants_person(Utterance(asked.text)):
                learnt.keep(self._question(asked, case.origin.kind))
                continue
            since = asked.at - self._lag.choices_seconds * 1000
            before = [m for m in thread if m.seq < asked.seq and m.at >= since and _is_entry(m)]
            if before and not _offers(before[-1]):
                learnt.count(before[-1].entry_ids[0], asked.at, "handed_over")
        return learnt.done()

    def _taken(self, offer: Message, later: Sequence[Message]) -> str:
        until = offer.at + self._lag.choices_seconds * 1000
        for message in later:
            if message.at <= until and _is_entry(message) and not _offers(message):
                return message.entry_ids[0] if message.entry_ids[0] in offer.entry_ids else ""
        return ""

    def _question(self, asked: Message, kind: str) -> Question | None:
        """What is kept of a message; None for what nobody may see or nobody could answer."""
        text = above_the_quote(asked.text) if kind == ChannelKind.MAIL else asked.text
        line = masked_text(" ".join(text.split()))
        folded = Utterance(f"{asked.subject}|{text}").folded
        if len(line) > LONGEST or len(normalise(line)) < SHORTEST:
            return None
        if self._triage.danger(folded) is not None or self._triage.may_accuse(folded):
            return None
        if self._triage.wants_person(Utterance(line)) or isinstance(choose(line, _SOME), NoneOfThem):
            return None
        return Question(
            id=derived_id("question", asked.id),
            asked_at=asked.at,
            conversation_id=asked.conversation_id,
            channel=asked.id.partition(":")[0],
            keep_until=asked.at + self._lag.keep_seconds * 1000,
            text=line,
        )

    async def _thread(self, conversation_id: str) -> list[Message]:
        """What was said in a conversation, oldest first; nothing once any of it went behind a wall."""
        thread = await self._conversations.last_messages(conversation_id, limit=_THREAD)
        ids = {message.case_id for message in thread if message.case_id}
        ids |= {id for id in (await self._conversations.open_cases([conversation_id])).values() if id}
        return [] if await self._cases.walled(sorted(ids)) else thread

    async def _outside_walls(self, said: Sequence[Message]) -> list[Message]:
        """Those of which neither their own case nor that of their conversation is walled."""
        open_cases = await self._conversations.open_cases(sorted({m.conversation_id for m in said}))
        ids = {*open_cases.values(), *(message.case_id for message in said)} - {""}
        walled = await self._cases.walled(sorted(ids))
        return [m for m in said if not {m.case_id, open_cases.get(m.conversation_id, "")} & walled]

    async def _new(self, questions: Sequence[Question]) -> list[Question]:
        """Those not kept yet, each with the topic it is nearest to."""
        by_id = {question.id: question for question in questions}
        kept = await self._questions.get_many(sorted(by_id))
        return await asyncio.to_thread(
            lambda: [self._with_topic(question) for id, question in by_id.items() if id not in kept]
        )

    def _with_topic(self, question: Question) -> Question:
        near = self._knowledge.snapshot.match(question.text, 1, least=_NEAR)
        return replace(question, topic=near[0].entry.topic) if near else question


class _Tallying:
    """What a step adds up."""

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[str, date], Counter[str]] = defaultdict(Counter)
        self._questions: list[Question] = []
        self.forgot = False

    def count(self, entry_id: str, at: int, name: str) -> None:
        """One more."""
        self._counts[entry_id, day_of(at)][name] += 1

    def keep(self, question: Question | None) -> None:
        """A question, unless there is nothing to keep."""
        if question is not None:
            self._questions.append(question)

    def done(self) -> Learnt:
        """All of it."""
        return Learnt(dict(self._counts), tuple(self._questions), self.forgot)


def _offers(message: Message) -> bool:
    """Messages of earlier releases do not say so; several entries were always an offer."""
    return _is_entry(message) and (message.offered or len(message.entry_ids) > 1)


def _is_entry(message: Message) -> bool:
    return message.author is Author.ROBOT and bool(message.entry_ids)
