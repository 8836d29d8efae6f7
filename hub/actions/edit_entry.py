"""Edits the knowledge base: checks an entry, stores it, and lets it answer at once."""

from __future__ import annotations

from dataclasses import dataclass

from channels.parts import count
from hub.clock import Clock
from hub.errors import Invalid, NotFound, Stale
from hub.ids import new_id
from hub.knowledge import Knowledge
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents
from hub.store.entries import EntryRepository
from knowledge_base.answer import Answer, Thresholds, decide
from knowledge_base.entry import Entry, EntryState
from knowledge_base.text import normalise

_MAX_PARTS = 3


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What an editor typed. `id` is "" for a new entry."""

    id: str
    question: str
    variants: tuple[str, ...]
    answer: str
    short_answer: str
    topic: str
    source: str
    confirm_locally: bool
    published: bool = True


class EditEntry:
    """Lists, saves and tries entries."""

    def __init__(
        self,
        documents: Documents,
        entries: EntryRepository,
        knowledge: Knowledge,
        clock: Clock,
        thresholds: Thresholds,
    ) -> None:
        self._documents = documents
        self._entries = entries
        self._knowledge = knowledge
        self._clock = clock
        self._thresholds = thresholds

    async def list(self, topic: str | None = None) -> list[Entry]:
        """Every entry, or those of one topic, by topic and question."""
        found = [stored.value for stored in await self._entries.all()]
        return sorted(
            (entry for entry in found if topic in (None, entry.topic)),
            key=lambda entry: (entry.topic, entry.question),
        )

    async def get(self, entry_id: str) -> Versioned[Entry]:
        """One entry with its version. Raises `NotFound`."""
        found = await self._entries.get(entry_id)
        if found is None:
            raise NotFound("entry")
        return found

    async def save(self, draft: EntryDraft, *, version: int = 0) -> Entry:
        """Stores a new entry (version 0) or a changed one. Raises `Invalid`, `NotFound`, `Stale`."""
        everything = await self._entries.all()
        problems = _problems(draft, [stored.value for stored in everything])
        if problems:
            raise Invalid(problems)
        now = self._clock.now_ms()
        entry = Entry(
            id=draft.id or f"e{new_id(now)}",
            question=draft.question.strip(),
            variants=tuple(dict.fromkeys(text.strip() for text in draft.variants if text.strip())),
            answer=draft.answer.strip(),
            short_answer=draft.short_answer.strip(),
            topic=draft.topic.strip(),
            source=draft.source.strip(),
            confirm_locally=draft.confirm_locally,
            state=EntryState.PUBLISHED if draft.published else EntryState.DRAFT,
            updated_at=now,
        )
        if draft.id:
            known = await self.get(draft.id)
            if known.version != version:
                raise Stale("entry")
            write = self._entries.update(entry, version)
            try:
                await self._documents.commit([write])
            except Conflict:
                raise Stale("entry") from None
        else:
            await self._documents.commit([self._entries.insert(entry)])
        await self.reload()
        return entry

    async def reload(self) -> None:
        """Takes what the store holds now as the answering snapshot."""
        self._knowledge.replace(stored.value for stored in await self._entries.all())

    def try_question(self, text: str) -> Answer:
        """What the hub would do with this question, with scores and reasons."""
        return decide(self._knowledge.snapshot, text, self._thresholds)


def _problems(draft: EntryDraft, known: list[Entry]) -> dict[str, str]:
    problems = {}
    if not 2 <= len(draft.question.strip()) <= 120:
        problems["question"] = "问题应为 2–120 个字"
    if not draft.answer.strip():
        problems["answer"] = "请填写答案"
    elif len(draft.answer) > 4000:
        problems["answer"] = "答案最多 4000 个字"
    if not draft.topic.strip():
        problems["topic"] = "请选择主题"
    if draft.short_answer and count(draft.short_answer).parts > _MAX_PARTS:
        problems["short_answer"] = f"短信答案超过 {_MAX_PARTS} 条，请缩短"
    taken = {
        normalise(text): other
        for other in known
        if other.id != draft.id
        for text in (other.question, *other.variants)
    }
    for name, texts in (("question", (draft.question,)), ("variants", draft.variants)):
        for text in texts:
            other = taken.get(normalise(text)) if text.strip() else None
            if other is not None and name not in problems:
                problems[name] = f"“{text.strip()}”已是条目“{other.question}”的问法"
    return problems
