"""All that was said in a case, as far as ordinary staff read it: what a search looks into.

Title and text, messages of both sides, what was recognised in recordings, and internal notes. What was noted
while the case stood behind the compartment is left out, as on its page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.model.call import Recording
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry, HistoryKind
from hub.model.cases.screening import for_ordinary_staff
from hub.model.conversation import Conversation, Message
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Body, Documents, Stored


class CaseTexts:
    """Reads what was said in cases; a text that cannot be unsealed reads as empty."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._cases = Shape(Case, "cases", vault)
        self._messages = Shape(Message, "messages", vault)
        self._history = Shape(HistoryEntry, "history", vault)
        self._recordings = Shape(Recording, "recordings", vault)
        self._conversations = Shape(Conversation, "conversations", vault)

    # -- one document ----------------------------------------------------------------

    def case(self, id: str, body: Body) -> Case:
        """The case of a document that is read or about to be written."""
        return self._cases.load(Stored(id, 0, body))

    def said(self, id: str, body: Body) -> str:
        """The words of a message; "" of a damaged one."""
        return "\n".join(texts_of(self._messages.listed([Stored(id, 0, body)])))

    def noted(self, id: str, body: Body) -> str:
        """The words of an internal note; "" of any other entry of the history."""
        return _note(self._history.load(Stored(id, 0, body)))

    def heard(self, id: str, body: Body) -> str:
        """What was recognised in a recording."""
        return self._recordings.load(Stored(id, 0, body)).transcript

    def address(self, id: str, body: Body) -> str:
        """Where the citizen of a conversation is reached; "" of a damaged one."""
        found = self._conversations.listed([Stored(id, 0, body)])
        return found[0].address if found else ""

    # -- what is stored --------------------------------------------------------------

    async def stored_case(self, case_id: str) -> Case | None:
        """A case as it is now; None when there is none, or nothing of it can be read."""
        stored = await self._documents.get("cases", case_id)
        found = self._cases.listed([stored]) if stored else []
        return found[0] if found else None

    async def messages(self, case_ids: Sequence[str]) -> Mapping[str, list[Message]]:
        """Messages by case, oldest first."""
        where, sort = {"case_id": {"$in": list(case_ids)}}, (("case_id", 1), ("at", 1))
        found = await self._documents.find("messages", where, sort=sort, limit=MAX_LIMIT)
        by_case: dict[str, list[Message]] = defaultdict(list)
        for message in self._messages.listed(found):
            by_case[message.case_id].append(message)
        return by_case

    async def notes(self, case_id: str) -> list[str]:
        """Internal notes, oldest first, without those written behind the compartment."""
        of_case = {"id": {"$gt": f"{case_id}:", "$lt": f"{case_id};"}}
        found = await self._documents.find("history", of_case, limit=MAX_LIMIT)
        return [_note(entry) for entry in for_ordinary_staff(self._history.listed(found))]

    async def transcripts(self, case_id: str) -> list[str]:
        """What was recognised in the recordings of a case."""
        found = await self._documents.find("recordings", {"case_id": case_id}, limit=MAX_LIMIT)
        return [recording.transcript for recording in self._recordings.listed(found)]

    async def addresses(self, conversation_ids: Iterable[str]) -> list[str]:
        """Where the citizens of these conversations are reached."""
        found = await self._documents.get_many("conversations", sorted(set(conversation_ids))[:MAX_LIMIT])
        return [one.address for one in self._conversations.listed(found.values()) if one.address]


def own_texts(case: Case) -> list[str]:
    """What a case says by itself."""
    return [case.title, case.text, (case.details or {}).get("place", "")]


def texts_of(messages: Iterable[Message]) -> list[str]:
    """The words of messages."""
    return [_joined(message) for message in messages]


def _joined(message: Message) -> str:
    return f"{message.subject}\n{message.text}" if message.subject else message.text


def _note(entry: HistoryEntry) -> str:
    return entry.text if entry.kind is HistoryKind.NOTED else ""
