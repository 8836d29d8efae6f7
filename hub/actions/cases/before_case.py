"""What was said in a conversation before a case and since the one before it.

Whoever asks for a person after ten answers of the knowledge base does not begin again: who handles the case
reads what was asked. It is looked for when it is needed; nothing of it is stored twice.
"""

from __future__ import annotations

from hub.model.conversation import Message
from hub.model.reference import is_reference
from hub.repositories.conversations import ConversationRepository
from knowledge_base.text.utterance import Utterance

_SHOWN = 50


async def said_before(conversations: ConversationRepository, conversation_id: str, seq: int) -> list[Message]:
    """The messages before the one numbered `seq` that belong to no case, oldest first, at most 50.

    Those with the number of a case are left out: they may tell of one that others must not know of.
    """
    found = await conversations.before(conversation_id, seq, limit=_SHOWN)
    since: list[Message] = []
    for message in found:
        if message.case_id:
            break
        since.append(message)
    return [message for message in reversed(since) if not _names_a_case(message.text)]


def _names_a_case(text: str) -> bool:
    digits = "".join(char for char in Utterance(text).composed if char.isdecimal())
    return any(is_reference(digits[at : at + 14]) for at in range(len(digits) - 13))
