"""What each member of staff wants to be told, and when not: one document per agent, none for who chose
nothing."""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.notification import NotificationKind
from hub.store.codec import Shape, Versioned
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert, Update

COLLECTIONS = (Collection("notification_choices"),)


@dataclass(frozen=True, slots=True)
class NotificationChoices:
    """id: of the agent. off: kinds that are not told. quiet_from, quiet_until: minutes of the local day
    between which nothing is said outside the page; the same twice = never quiet."""

    id: str
    off: tuple[NotificationKind, ...] = ()
    quiet_from: int = 0
    quiet_until: int = 0

    def is_quiet(self, minute: int) -> bool:
        """Whether nothing may be said at this minute of the day. 22:00 to 07:00 goes over midnight."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= minute < self.quiet_until
        return minute >= self.quiet_from or minute < self.quiet_until


class NotificationChoiceRepository:
    """Reads choices; gives the write that stores them."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._choices = Shape(NotificationChoices, "notification_choices", vault, personal=frozenset())

    async def get(self, agent_id: str) -> Versioned[NotificationChoices]:
        """Those of an agent; version 0 where nothing was chosen."""
        stored = await self._documents.get("notification_choices", agent_id)
        return self._choices.versioned(stored) if stored else Versioned(NotificationChoices(agent_id), 0)

    def write(self, choices: NotificationChoices, version: int) -> Insert | Update:
        """The write that stores choices read at `version`."""
        return self._choices.update(choices, version) if version else self._choices.insert(choices)
