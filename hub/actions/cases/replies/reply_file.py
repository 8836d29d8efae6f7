"""A file of a reply, for the citizen who may read the reply: only what staff sent with it."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model.conversation import AttachedFile, Author, Direction, Message
from hub.repositories.conversations import ConversationRepository
from hub.runtime.errors import NotFound
from hub.store.files import FileStore

_LOOKED_AT = 200


class ReplyFile:
    """Opens one. Who asks was proven by the caller."""

    def __init__(self, conversations: ConversationRepository, files: FileStore) -> None:
        self._conversations = conversations
        self._files = files

    async def of_case(self, case_id: str, file_id: str) -> tuple[AttachedFile, bytes]:
        """For the holder of number and code. Raises `NotFound`."""
        return await self._opened(await self._conversations.of_case(case_id), file_id)

    async def of_conversation(self, conversation_id: str, file_id: str) -> tuple[AttachedFile, bytes]:
        """For the browser the conversation is held in. Raises `NotFound`."""
        said = await self._conversations.last_messages(conversation_id, limit=_LOOKED_AT)
        return await self._opened(said, file_id)

    async def _opened(self, said: Sequence[Message], file_id: str) -> tuple[AttachedFile, bytes]:
        for message in said:
            if message.direction is Direction.OUT and message.author is Author.AGENT:
                for file in message.files:
                    if file.id == file_id:
                        return file, await self._files.get(file_id)
        raise NotFound("file")
