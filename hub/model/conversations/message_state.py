"""What became of each message of a chat, as its writer sees it: received, read by a person, answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from hub.model.conversation import Author, Direction, Message


class MessageState(StrEnum):
    """The furthest that happened."""

    RECEIVED = "received"
    READ = "read"  # by a person, in its case
    ANSWERED = "answered"  # by a person in its case, or at once by the knowledge base


def states_of(messages: Sequence[Message], reads: Mapping[str, int]) -> dict[int, MessageState]:
    """By number, of those the citizen wrote. messages: in order, to the last one of the conversation.

    reads: by case, when a person last opened it. A receipt or a question of ours is no answer.
    """
    states: dict[int, MessageState] = {}
    replied: set[str] = set()  # cases in which a person answered later
    behind: Message | None = None
    for message in reversed(messages):
        if message.direction is Direction.OUT:
            if message.author is Author.AGENT:
                replied.add(message.case_id)
        elif message.case_id in replied or _answers(behind):
            states[message.seq] = MessageState.ANSWERED
        elif message.case_id and reads.get(message.case_id, 0) >= message.at:
            states[message.seq] = MessageState.READ
        else:
            states[message.seq] = MessageState.RECEIVED
        behind = message
    return states


def _answers(reply: Message | None) -> bool:
    """Whether what stands behind a message is what the hub answered to it."""
    if reply is None or reply.author is not Author.ROBOT or reply.offered:
        return False
    return bool(reply.entry_ids) or not reply.case_id
