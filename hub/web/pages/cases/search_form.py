"""What is typed into the search, and the address of its results.

Rule protected: no telephone, name or word of a search ever stands in an address in readable form, because
addresses are kept by browsers, proxies and logs. The form is posted; the page of results has an address in
which everything typed is sealed for this agent, so that it can be reloaded, turned and gone back to.
"""

from __future__ import annotations

import json
from typing import ClassVar, Self

from pydantic import Field, ValidationError

from hub.actions.cases.search.search_cases import Standing, Wanted
from hub.actions.cases.search.typed import MAX_TYPED
from hub.model.track import Track
from hub.store.crypto import KeyProblem, Vault
from hub.web.form import Form

_BLOCK_BYTES = 96
"""Sealed in whole blocks, so that the length of an address does not tell how long a word is."""
_PLAIN, _SAFE = "+/:", "-_."


class SearchForm(Form):
    """One box, and three choices that narrow what it finds. An odd choice is none."""

    DAYS: ClassVar[tuple[int, ...]] = (7, 30, 365)

    q: str = Field(default="", max_length=10_000)
    standing: str = ""
    track: str = ""
    days: str = ""

    @property
    def typed(self) -> str:
        """What is looked for."""
        return self.q[:MAX_TYPED]

    @property
    def wanted(self) -> Wanted:
        """Which of the found cases are shown."""
        return Wanted(
            Standing(self.standing) if self.standing in list(Standing) else Standing.ANY,
            Track(self.track) if self.track in list(Track) else None,
            int(self.days) if self.days in map(str, self.DAYS) else 0,
        )

    def sealed(self, vault: Vault, agent_id: str) -> str:
        """Itself, for the address of its results."""
        kept = {name: value for name, value in self.model_dump().items() if value}
        kept["q"] = self.typed
        plain = json.dumps(kept, ensure_ascii=False).encode()
        plain += b" " * (-len(plain) % _BLOCK_BYTES)
        blob = vault.seal(_place(agent_id), plain)
        return blob.translate(str.maketrans(_PLAIN, _SAFE)).rstrip("=")

    @classmethod
    def opened(cls, sealed: str, vault: Vault, agent_id: str) -> Self | None:
        """What was sealed for this agent; None of anything else."""
        blob = sealed.translate(str.maketrans(_SAFE, _PLAIN))
        blob += "=" * (-len(blob.partition(":")[2]) % 4)
        try:
            return cls.model_validate_json(vault.open(_place(agent_id), blob))
        except (KeyProblem, ValidationError):
            return None


def _place(agent_id: str) -> str:
    return f"search/{agent_id}"
