"""Browsers that an account's right password was given in.

The rule it protects: what is stored opens nothing. The id is a digest of login and token, so that neither can
be read from it, and a token that was taken along only lets its holder fail apart from others.
"""

from __future__ import annotations

from hub.repositories.agents import token_digest
from hub.store.documents import Collection, Conflict, Documents, Duplicate, Insert, Update

COLLECTIONS = (Collection("known_devices", fields={"until": int}, indexes=(("until",),)),)

KNOWN_MS = 365 * 86_400_000


class KnownDeviceRepository:
    """Which browser belongs to which login, for a year from its last right password on."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def known(self, login: str, token: str, now: int) -> str:
        """The id of the browser with this token, "" when the login was never right there."""
        stored = await self._documents.get("known_devices", _id(login, token))
        return stored.id if stored is not None and stored.body["until"] > now else ""

    async def remember(self, login: str, token: str, now: int) -> None:
        """The login was right in the browser with this token."""
        id, body = _id(login, token), {"until": now + KNOWN_MS}
        stored = await self._documents.get("known_devices", id)
        write = (
            Insert("known_devices", id, body)
            if stored is None
            else Update("known_devices", id, body, stored.version)
        )
        try:
            await self._documents.commit([write])
        except (Conflict, Duplicate):
            return  # another login there was quicker, with the same news


def _id(login: str, token: str) -> str:
    return token_digest(f"device\x1f{login}\x1f{token}")
