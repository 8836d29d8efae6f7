"""Between frozen values and documents: plain fields stay queryable, personal ones are sealed.

A `Shape` knows one dataclass and its collection. Fields marked personal never stand in a
document in readable form: they travel together in one sealed blob, the field `pii`. Groups of
fields (`hub/model/flat.py`) are taken apart first, so that a document is flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from hub.model.flat import groups
from hub.model.personal import personal_fields
from hub.store.crypto import Vault
from hub.store.documents import Body, Insert, Stored, Update

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """A value and the version of the document it was read from."""

    value: T
    version: int


class Shape(Generic[T]):
    """Turns values of one dataclass into documents of one collection and back.

    personal: names of the fields to seal; by default those marked with `personal()`.
    key: an integer field that is the id of a dataclass without one; it stays in the document too.
    strict: only for values without a bool, for which an engine may hand back 1; read in half the time.
    """

    def __init__(
        self,
        cls: type[T],
        collection: str,
        vault: Vault,
        *,
        personal: frozenset[str] | None = None,
        key: str = "",
        strict: bool = False,
    ) -> None:
        self._cls = cls
        self.collection = collection
        self._vault = vault
        self._groups = {group: names for group, (_, names) in groups(cls).items()}
        self._personal = tuple(personal_fields(cls) if personal is None else personal)
        self._key = key
        self._strict = strict
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder().decode

    def body(self, value: T) -> Body:
        """The document of a value, without its id."""
        body: Body = msgspec.to_builtins(value)
        for group, names in self._groups.items():
            for name, content in body.pop(group).items():
                body[names[name]] = content
        id = f"{body[self._key]:012d}" if self._key else body.pop("id")
        if self._personal:
            secret = {}
            for name in self._personal:
                content = body.pop(name)
                if content:
                    secret[name] = content
            body["pii"] = self._vault.seal(f"{self.collection}/{id}", self._encode(secret)) if secret else ""
        return body

    def load(self, stored: Stored) -> T:
        """The value of a document. Unknown fields of a newer release are ignored."""
        data: dict[str, Any] = dict(stored.body)
        blob = data.pop("pii", "")
        if blob:
            data.update(self._decode(self._vault.open(f"{self.collection}/{stored.id}", blob)))
        if not self._key:
            data["id"] = stored.id
        for group, names in self._groups.items():
            data[group] = {
                name: data.pop(stored_as) for name, stored_as in names.items() if stored_as in data
            }
        return msgspec.convert(data, self._cls, strict=self._strict)

    def versioned(self, stored: Stored) -> Versioned[T]:
        """The value with its version."""
        return Versioned(self.load(stored), stored.version)

    def insert(self, value: T) -> Insert:
        """The write that stores a new value."""
        return Insert(self.collection, self._id_of(value), self.body(value))

    def update(self, value: T, version: int) -> Update:
        """The write that replaces a value read at `version`."""
        return Update(self.collection, self._id_of(value), self.body(value), version)

    def _id_of(self, value: Any) -> str:
        return f"{getattr(value, self._key):012d}" if self._key else value.id
