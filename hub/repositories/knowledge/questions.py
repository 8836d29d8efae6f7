"""Unanswered questions, newest first; sealed, and gone after their time."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.question import Question
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Add, Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection(
        "questions",
        fields={"asked_at": int, "conversation_id": str, "keep_until": int},
        indexes=(("asked_at",), ("conversation_id",), ("keep_until",)),
    ),
    Collection("question_changes"),
)

_CHANGES = "questions"


class QuestionRepository:
    """Reads questions; gives the writes that store them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._questions = Shape(Question, "questions", vault)

    async def newest(self, *, limit: int) -> list[Versioned[Question]]:
        """The newest ones first."""
        found = await self._documents.find("questions", {}, sort=(("asked_at", -1),), limit=limit)
        return self._questions.listed_versioned(found)

    async def since(self, at: int, *, limit: int) -> list[Question]:
        """Those asked from `at` on, newest first."""
        where = {"asked_at": {"$gte": at}}
        found = await self._documents.find("questions", where, sort=(("asked_at", -1),), limit=limit)
        return self._questions.listed(found)

    async def get_many(self, ids: Sequence[str]) -> dict[str, Versioned[Question]]:
        """Those that exist, by id."""
        found = await self._documents.get_many("questions", ids)
        return {one.value.id: one for one in self._questions.listed_versioned(found.values())}

    async def forget(self, conversation_id: str) -> int:
        """Deletes what was kept of a conversation; doing it twice is harmless."""
        return await self._documents.delete("questions", {"conversation_id": conversation_id}, limit=1_000)

    async def changes(self) -> int:
        """Another number after every change of a question."""
        stored = await self._documents.get("question_changes", _CHANGES)
        return 0 if stored is None else int(stored.body["count"])

    def changed(self) -> Add:
        """The write that says so."""
        return Add("question_changes", _CHANGES, {"count": 1})

    def insert(self, question: Question) -> Insert:
        """The write of a new question."""
        return self._questions.insert(question)

    def update(self, question: Question, version: int) -> Update:
        """The write of a question read at `version`."""
        return self._questions.update(question, version)
