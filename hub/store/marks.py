"""Marks on entries of chains, keyed with a key that does not lie in the store.

A hash alone protects against who forgets to compute it anew. A mark cannot be computed by who has the store
and not the keys. Rows of before there were marks have none; once a chain has one, every later entry has one.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from hub.store.crypto import Vault


class Marks:
    """Makes the marks of one kind of chain. `purpose` names it."""

    def __init__(self, vault: Vault, purpose: str) -> None:
        self._key = vault.subkey(purpose)

    def of(self, text: str) -> str:
        """64 hexadecimal digits."""
        return hmac.digest(self._key, text.encode(), "sha256").hex()

    def first_wrong(self, entries: Iterable[tuple[str, str]]) -> int | None:
        """The place, from 0, of the first entry whose mark is wrong, or is missing behind one that has one.

        entries: in order, what is marked and the mark it has.
        """
        begun = False
        for place, (text, mark) in enumerate(entries):
            begun = begun or bool(mark)
            if begun and not hmac.compare_digest(mark.encode(), self.of(text).encode()):
                return place
        return None
