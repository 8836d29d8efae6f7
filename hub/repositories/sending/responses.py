"""What recipients of a broadcast did after it: one document per broadcast, conversation and kind.

It holds ids only, and none where the wall of a compartment stands: who reads them is asked again what they
may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.store.codec import Shape
from hub.store.crypto import Vault
from hub.store.documents import Collection, Documents, Insert

COLLECTIONS = (
    Collection(
        "broadcast_responses",
        fields={"broadcast_id": str, "kind": str, "at": int},
        indexes=(("broadcast_id", "kind", "at"),),
    ),
)


class ResponseKind(StrEnum):
    """What somebody did."""

    REPLY = "reply"  # wrote something that a conversation goes on with
    OPT_OUT = "opt_out"  # wants no more of it


@dataclass(frozen=True, slots=True)
class Response:
    """The first of its kind in a conversation. at: ms UTC. message_id: what was said; the case it came to is
    asked of the message, which may be given to another one."""

    id: str
    broadcast_id: str
    conversation_id: str
    kind: ResponseKind
    at: int
    message_id: str


def response(
    broadcast_id: str, conversation_id: str, kind: ResponseKind, *, at: int, message_id: str
) -> Response:
    """One response under the id that makes it exist once."""
    id = f"{broadcast_id}|{conversation_id}|{kind.value}"
    return Response(id, broadcast_id, conversation_id, kind, at, message_id)


class ResponseRepository:
    """Reads responses; gives the write that stores one."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._responses = Shape(Response, "broadcast_responses", vault)

    def insert(self, response: Response) -> Insert:
        """The write; a Duplicate when it is there already."""
        return self._responses.insert(response)

    async def known(self, responses: Iterable[Response]) -> frozenset[str]:
        """The ids of those that are stored."""
        return frozenset(await self._documents.get_many("broadcast_responses", [one.id for one in responses]))

    async def count(self, broadcast_id: str, kind: ResponseKind) -> int:
        """How many conversations answered so."""
        where = {"broadcast_id": broadcast_id, "kind": kind.value}
        return (await self._documents.count("broadcast_responses", where)).get("", 0)

    async def newest(self, broadcast_id: str, kind: ResponseKind, *, limit: int) -> list[Response]:
        """The latest of one kind, newest first."""
        found = await self._documents.find(
            "broadcast_responses",
            {"broadcast_id": broadcast_id, "kind": kind.value},
            sort=(("at", -1),),
            limit=limit,
        )
        return self._responses.listed(found)
