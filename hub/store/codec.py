"""Between frozen values and documents: plain fields stay queryable, personal ones are sealed.

A `Shape` knows one dataclass and its collection. Fields marked personal never stand in a
document in readable form: they travel together in one sealed blob, the field `pii`. Groups of
fields (`hub/model/flat.py`) are taken apart first, so that a document is flat.

A blob that does not open takes nothing down: its fields read as empty, or as what the shape says instead,
and everything else of the row is as it was. Such a row may be changed like any other: its blob is left as it
is until one of the sealed fields is really given a new content.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from hub.model.flat import groups
from hub.model.personal import personal_fields
from hub.store.crypto import KeyProblem, Vault
from hub.store.documents import Body, Insert, Stored, Update
from hub.store.unreadable import Unreadable

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
    unreadable: what sealed fields hold when the blob does not open; those not named take their default.
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
        unreadable: Mapping[str, Any] | None = None,
        strict: bool = False,
    ) -> None:
        self._cls = cls
        self.collection = collection
        self._vault = vault
        self._groups = {group: names for group, (_, names) in groups(cls).items()}
        self._personal = tuple(personal_fields(cls) if personal is None else personal)
        self._key = key
        self._unreadable = dict(unreadable or {})
        self._strict = strict
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder().decode

    def body(self, value: T) -> Body:
        """The document of a value, without its id."""
        id, body, secret = self._split(value)
        if self._personal:
            body["pii"] = self._vault.seal(f"{self.collection}/{id}", self._encode(secret)) if secret else ""
        return body

    def bodies_alike(self, values: Sequence[T], own: frozenset[str]) -> list[Body]:
        """The documents of values that differ in the fields `own` only, which hold texts and numbers, or are
        sealed: a third of the work of `body` for each."""
        _, plain, secret = self._split(values[0])
        sealed = [name for name in self._personal if name in own]
        open_ = [name for name in plain if name in own]
        secret = {name: content for name, content in secret.items() if name not in own}
        bodies: list[Body] = []
        for value in values:
            body = plain.copy()
            for name in open_:
                body[name] = getattr(value, name)
            held = secret.copy()
            for name in sealed:
                if content := getattr(value, name):
                    held[name] = content
            place = f"{self.collection}/{self._id_of(value)}"
            body["pii"] = self._vault.seal(place, self._encode(held)) if held else ""
            bodies.append(body)
        return bodies

    def load(self, stored: Stored) -> T:
        """The value of a document. Unknown fields of a newer release are ignored.

        Raises `Unreadable` when the part that is not sealed is damaged.
        """
        place = f"{self.collection}/{stored.id}"
        rows = self._vault.unreadable
        data: dict[str, Any] = dict(stored.body)
        blob = data.pop("pii", "")
        if blob:
            try:
                data.update(self._decode(self._vault.open(place, blob)))
                rows.mended(place)
            except (KeyProblem, msgspec.DecodeError):
                rows.found(place)
                data.update(self._unreadable)
        if not self._key:
            data["id"] = stored.id
        for group, names in self._groups.items():
            data[group] = {
                name: data.pop(stored_as) for name, stored_as in names.items() if stored_as in data
            }
        try:
            return msgspec.convert(data, self._cls, strict=self._strict)
        except msgspec.ValidationError as problem:
            rows.found(place)
            raise Unreadable(place) from problem

    def sealed(self, stored: Stored) -> Mapping[str, Any]:
        """Of a document the sealed fields that hold something, as they stand in the blob: a fifth of the work
        of `load`. Nothing of one that does not open."""
        blob = stored.body.get("pii", "")
        place = f"{self.collection}/{stored.id}"
        try:
            found: Mapping[str, Any] = self._decode(self._vault.open(place, blob)) if blob else {}
        except (KeyProblem, msgspec.DecodeError):
            self._vault.unreadable.found(place)
            return {}
        return found

    def listed(self, found: Iterable[Stored]) -> list[T]:
        """The values of documents; those of which nothing can be read are left out."""
        return [one.value for one in self.listed_versioned(found)]

    def listed_versioned(self, found: Iterable[Stored]) -> list[Versioned[T]]:
        """The same with their versions."""
        values: list[Versioned[T]] = []
        for stored in found:
            with suppress(Unreadable):
                values.append(self.versioned(stored))
        return values

    def versioned(self, stored: Stored) -> Versioned[T]:
        """The value with its version."""
        return Versioned(self.load(stored), stored.version)

    def insert(self, value: T) -> Insert:
        """The write that stores a new value."""
        return Insert(self.collection, self._id_of(value), self.body(value))

    def update(self, value: T, version: int) -> Update:
        """The write that replaces a value read at `version`."""
        id, body, secret = self._split(value)
        place = f"{self.collection}/{id}"
        if self._personal and not (place in self._vault.unreadable and secret == self._unreadable):
            body["pii"] = self._vault.seal(place, self._encode(secret)) if secret else ""
        return Update(self.collection, id, body, version)

    def _split(self, value: T) -> tuple[str, Body, Body]:
        """Id, what stays readable, and what is to be sealed."""
        body: Body = msgspec.to_builtins(value)
        for group, names in self._groups.items():
            for name, content in body.pop(group).items():
                body[names[name]] = content
        id = self._id_of(value)
        if not self._key:
            del body["id"]
        secret = {}
        for name in self._personal:
            content = body.pop(name)
            if content:
                secret[name] = content
        return id, body, secret

    def _id_of(self, value: Any) -> str:
        return f"{getattr(value, self._key):012d}" if self._key else value.id
