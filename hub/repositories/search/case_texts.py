"""All that was said in a case, as far as ordinary staff read it: what a search looks into.

Title and text, messages of both sides, what was recognised in recordings, and internal notes. What was noted
while the case stood behind the compartment is left out, as on its page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.model.call import Recording
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryEntry, HistoryKind
from hub.model.cases.screening import for_ordinary_staff
from hub.model.conversation import Author, Conversation, Message
from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import MAX_LIMIT, Body, Documents, Stored


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the citizen or of staff. What the hub says by itself says nothing of the case."""

    id: str
    conversation_id: str
    text: str


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

    def case(self, id: str, body: Body) -> Case | None:
        """The case of a document that is read or about to be written; None of a damaged one."""
        found = self._cases.listed([Stored(id, 0, body)])
        return found[0] if found else None

    def said(self, id: str, body: Body) -> str:
        """The words of a message; "" of one that does not open, and of what the hub says by itself."""
        return "" if body["author"] == Author.ROBOT else self._words(Stored(id, 0, body))

    def entry(self, id: str, body: Body) -> HistoryEntry:
        """The entry of the history that is about to be written."""
        return self._history.load(Stored(id, 0, body))

    def heard(self, id: str, body: Body) -> str:
        """What was recognised in a recording, without what was taken out of it."""
        stored = Stored(id, 0, body)
        if not body.get("redactions"):
            return str(self._recordings.sealed(stored).get("transcript", ""))
        found = self._recordings.listed([stored])
        return found[0].without_redacted().transcript if found else ""

    def address(self, id: str, body: Body) -> str:
        """Where the citizen of a conversation is reached; "" of a damaged one."""
        return str(self._conversations.sealed(Stored(id, 0, body)).get("address", ""))

    # -- what is stored --------------------------------------------------------------

    async def stored_case(self, case_id: str) -> Case | None:
        """A case as it is now; None when there is none, or nothing of it can be read."""
        stored = await self._documents.get("cases", case_id)
        return self.case(case_id, stored.body) if stored else None

    async def messages(self, case_ids: Sequence[str]) -> Mapping[str, list[Said]]:
        """What citizens and staff said, by case, oldest first."""
        where, sort = {"case_id": {"$in": list(case_ids)}}, (("case_id", 1), ("at", 1))
        found = await self._documents.find("messages", where, sort=sort, limit=MAX_LIMIT)
        by_case: dict[str, list[Said]] = defaultdict(list)
        for stored in found:
            body = stored.body
            if body["author"] != Author.ROBOT:
                said = Said(stored.id, body["conversation_id"], self._words(stored))
                by_case[body["case_id"]].append(said)
        return by_case

    def _words(self, message: Stored) -> str:
        sealed = self._messages.sealed(message)
        subject, text = sealed.get("subject", ""), sealed.get("text", "")
        return f"{subject}\n{text}" if subject else str(text)

    async def notes(self, case_id: str, more: Sequence[HistoryEntry] = ()) -> list[str]:
        """Internal notes, oldest first, without those written behind the compartment.

        more: entries that are being written. One of them may be what takes the case out of the compartment.
        """
        of_case = {"id": {"$gt": f"{case_id}:", "$lt": f"{case_id};"}}
        found = await self._documents.find("history", of_case, limit=MAX_LIMIT)
        return notes_of(for_ordinary_staff([*self._history.listed(found), *more]))

    async def transcripts(self, case_id: str) -> list[str]:
        """What was recognised in the recordings of a case."""
        found = await self._documents.find("recordings", {"case_id": case_id}, limit=MAX_LIMIT)
        return [self.heard(stored.id, stored.body) for stored in found]

    async def addresses(self, conversation_ids: Iterable[str]) -> list[str]:
        """Where the citizens of these conversations are reached."""
        found = await self._documents.get_many("conversations", sorted(set(conversation_ids))[:MAX_LIMIT])
        sealed = (self._conversations.sealed(one) for one in found.values())
        return [str(one["address"]) for one in sealed if one.get("address")]


def own_texts(case: Case) -> list[str]:
    """What a case says by itself."""
    return [case.title, case.text, (case.details or {}).get("place", "")]


def notes_of(history: Iterable[HistoryEntry]) -> list[str]:
    """The words of internal notes."""
    return [entry.text for entry in history if entry.kind is HistoryKind.NOTED]
