"""Conversations and their messages in the order they were said."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.conversation import Conversation, Message
from hub.model.personal import UNREADABLE
from hub.runtime.errors import NotFound
from hub.runtime.ids import derived_id
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (
    Collection("conversations"),
    Collection(
        "messages",
        fields={"conversation_id": str, "seq": int, "case_id": str, "at": int},
        indexes=(("at",), ("case_id", "at")),
        unique=(("conversation_id", "seq"),),
    ),
)


class ConversationRepository:
    """Reads conversations; gives the writes that store them and their messages."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._conversations = Shape(Conversation, "conversations", vault)
        self._messages = Shape(Message, "messages", vault, unreadable={"text": UNREADABLE})

    @staticmethod
    def id_for(channel: str, address_key: str, root: str = "") -> str:
        """Where a message belongs. `root` keeps mail threads apart; other channels have one each."""
        return derived_id("conversation", channel, address_key, root)

    async def get(self, conversation_id: str) -> Versioned[Conversation] | None:
        """A conversation with its version, or None."""
        stored = await self._documents.get("conversations", conversation_id)
        return None if stored is None else self._conversations.versioned(stored)

    async def messages(self, conversation_id: str, *, after_seq: int = 0, limit: int = 200) -> list[Message]:
        """Messages behind `after_seq`, oldest first."""
        found = await self._documents.find(
            "messages",
            {"conversation_id": conversation_id, "seq": {"$gt": after_seq}},
            sort=(("seq", 1),),
            limit=limit,
        )
        return self._messages.listed(found)

    async def last_messages(self, conversation_id: str, *, limit: int = 200) -> list[Message]:
        """The newest messages, oldest first."""
        found = await self._documents.find(
            "messages", {"conversation_id": conversation_id}, sort=(("seq", -1),), limit=limit
        )
        return self._messages.listed(reversed(found))

    async def before(self, conversation_id: str, seq: int, *, limit: int) -> list[Message]:
        """Messages before the one numbered `seq`, newest first."""
        where = {"conversation_id": conversation_id, "seq": {"$lt": seq}}
        return self._messages.listed(
            await self._documents.find("messages", where, sort=(("seq", -1),), limit=limit)
        )

    async def of_case(self, case_id: str, *, limit: int = 500) -> list[Message]:
        """What was said in a case, on every channel, oldest first."""
        found = await self._documents.find("messages", {"case_id": case_id}, sort=(("at", 1),), limit=limit)
        return self._messages.listed(found)

    async def last_of_case(self, case_id: str, *, limit: int) -> list[Message]:
        """The newest of what was said in a case, oldest first."""
        where = {"case_id": case_id}
        found = await self._documents.find("messages", where, sort=(("at", -1),), limit=limit)
        return sorted(self._messages.listed(found), key=lambda message: (message.at, message.seq))

    async def said_between(self, after: str, before: str, *, limit: int) -> list[Message]:
        """What the hub itself said, by id, which is the order of time: behind `after`, before `before`."""
        found = await self._documents.find(
            "messages", {"id": {"$gt": after, "$lt": before}}, sort=(("id", 1),), limit=limit
        )
        return self._messages.listed(found)

    async def said_since(
        self, after: str, *, since: int, before: int, limit: int
    ) -> tuple[list[Message], str]:
        """What both sides said at or after `since` and before `before` (ms UTC), in the order of time.

        after: "" or the place the last page gave. The place behind this page comes with it, `after` itself
        when there is nothing more.
        """
        sort = (("at", 1),)
        where = {"at": {"$gte": since, "$lt": before}}
        found = await self._documents.find("messages", where, sort=sort, limit=limit, after=after or None)
        place = self._documents.cursor(found[-1], sort) if found else after
        return self._messages.listed(found), place

    async def get_many(self, ids: Sequence[str]) -> dict[str, Conversation]:
        """The conversations among `ids` that can be read, by id."""
        found = await self._documents.get_many("conversations", ids)
        return {one.id: one for one in self._conversations.listed(found.values())}

    async def open_cases(self, ids: Sequence[str]) -> dict[str, str]:
        """The case each of these conversations belongs to now, "" for none."""
        found = await self._documents.get_many("conversations", ids)
        return {id: stored.body["case_id"] for id, stored in found.items()}

    async def message(self, message_id: str) -> Message | None:
        """One message, or None."""
        stored = await self._documents.get("messages", message_id)
        return None if stored is None else self._messages.load(stored)

    async def cases_of(self, message_ids: Sequence[str]) -> dict[str, str]:
        """The case each of these messages belongs to now, "" for none; nothing is unsealed."""
        found = await self._documents.get_many("messages", message_ids)
        return {id: stored.body["case_id"] for id, stored in found.items()}

    async def by_delivery(self, delivery_id: str) -> Message | None:
        """The message a delivery carried, or None. A delivery is queued for its message's id; one that was
        sent again has the number of the repetition behind it."""
        row = await self._documents.get("outbox", delivery_id)
        return None if row is None else await self.message(row.body["dedup"].partition("~")[0])

    def insert(self, conversation: Conversation) -> Insert:
        """The write of a new conversation."""
        return self._conversations.insert(conversation)

    def update(self, conversation: Conversation, version: int) -> Update:
        """The write of a conversation read at `version`."""
        return self._conversations.update(conversation, version)

    async def move_message(self, message_id: str, case_id: str) -> Update:
        """The write that gives a message to another case. Raises `NotFound`."""
        stored = await self._documents.get("messages", message_id)
        if stored is None:
            raise NotFound("message")
        return Update("messages", message_id, {"case_id": case_id}, stored.version)

    def insert_message(self, message: Message) -> Insert:
        """The write of a message; its place in the conversation is unique."""
        return self._messages.insert(message)
