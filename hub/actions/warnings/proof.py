"""That it is really this person who signs: the password now, a second factor when there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hub.model.agent import Agent


@dataclass(frozen=True, slots=True)
class Proof:
    """What was typed, and who compares it with the stored hash."""

    password: str
    verify: Callable[[str, str], Awaitable[bool]]

    async def is_of(self, agent: Agent) -> bool:
        """Whether it is this person's."""
        return bool(self.password) and await self.verify(agent.password_hash, self.password)
