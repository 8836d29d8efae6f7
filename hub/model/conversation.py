"""Conversations and messages: what was said with one contact on one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.danger_kind import DangerKind
from hub.model.dialogue import NOTHING_OPEN, Dialogue
from hub.model.personal import personal


class Direction(StrEnum):
    """Who speaks."""

    IN = "in"
    OUT = "out"


class Author(StrEnum):
    """What kind of author a message has."""

    CITIZEN = "citizen"
    ROBOT = "robot"  # the knowledge base or a fixed text
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Conversation:
    """The running exchange with one contact on one channel.

    id: derived from channel and address, so that two messages at once meet in one document.
    case_id: the open case new messages belong to, or "".
    dialogue: what our last words asked and wait to hear.
    city: the region the citizen named or wrote to, or "".
    thread: provider id of the last inbound message, to answer in the same thread.
    reads: by case, when a person last opened it (ms UTC).
    """

    id: str
    channel: str
    kind: str
    contact_id: str
    address_key: str
    created_at: int
    last_at: int
    case_id: str = ""
    dialogue: Dialogue = NOTHING_OPEN
    city: str = ""
    count: int = 0
    thread: str = ""
    reads: Mapping[str, int] = field(default_factory=dict)
    title: str = personal()
    address: str = personal()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that came with a message. `id` finds it in `hub/store/files.py`; "" = it could not be kept."""

    id: str
    filename: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said. `seq` orders messages within a conversation, from 1.

    id: of what came in over a channel, the id of that event: there cannot be two of it.
    delivery_id: the outbox row that carries it.
    author_id: the agent, for author = agent.
    entry_ids: the entry that answers, or those that are offered to choose from (then `offered`).
    with_110: the page shows the emergency number below it, and asks nothing there. danger: so it does the red
    panel of this kind. to: the number that a text was written to.
    """

    id: str
    conversation_id: str
    seq: int
    direction: Direction
    author: Author
    at: int
    case_id: str = ""
    delivery_id: str = ""
    author_id: str = ""
    entry_ids: tuple[str, ...] = ()
    offered: bool = False
    with_110: bool = False
    danger: DangerKind = DangerKind.NONE
    to: str = ""
    subject: str = personal()
    text: str = personal()
    files: tuple[AttachedFile, ...] = personal(())
