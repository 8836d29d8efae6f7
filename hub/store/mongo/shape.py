"""Documents and queries of the port as MongoDB's, and back.

The body's fields are the document's own top-level fields. Ours start with an underscore,
which no field name of the port does: `_v` the version, `_s` the search terms, `_c` the
token of the last bulk change, by which a claimer recognises what it got.

Only operators with one plain meaning are used (no `$not`, pipeline updates, positional
`$`): they are the ones servers other than MongoDB get wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hub.store import terms
from hub.store.documents import Body, Collection, Stored
from hub.store.query import Condition, Operator, check_name, check_value

VERSION = "_v"
SEARCH = "_s"
TOKEN = "_c"  # noqa: S105 — the name of a field

_SMALLEST: dict[type, Any] = {str: "", int: -(2**63), float: -sys.float_info.max}

BSON_TYPES: dict[type, str] = {str: "string", int: "number", float: "number"}


def check_body(collection: Collection, body: Mapping[str, Any]) -> Body:
    """The body as plain JSON values, checked against the declaration.

    Both engines must give back the same: what msgspec makes of a tuple or an enum for
    the JSON of the one is what BSON gets on the other.
    """
    for name, value in body.items():
        check_name(collection, name)
        if value is not None and name in collection.fields:
            check_value(collection, name, value)
    plain: Body = msgspec.to_builtins(dict(body), str_keys=True)
    return plain


def to_document(collection: Collection, id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new document."""
    check_value(collection, "id", id)
    document = {"_id": id, VERSION: 1, **check_body(collection, body)}
    if collection.search is not None:
        document[SEARCH] = terms.index_terms(body.get(collection.search))
    return document


def to_changes(collection: Collection, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The update that merges top-level `changes` and raises the version."""
    fields = check_body(collection, changes)
    if collection.search is not None and collection.search in changes:
        fields[SEARCH] = terms.index_terms(changes[collection.search])
    return {"$set": fields, "$inc": {VERSION: 1}} if fields else {"$inc": {VERSION: 1}}


def to_stored(document: dict[str, Any]) -> Stored:
    """A document as it was read."""
    body = {name: _plain(value) for name, value in document.items() if name[0] != "_"}
    return Stored(document["_id"], int(document[VERSION]), body)


def _plain(value: Any) -> Any:
    # the driver gives 64-bit integers a class of their own, which JSON encoders refuse
    kind = type(value)
    if kind is str or value is None or kind is bool or kind is float:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def field_name(name: str) -> str:
    """The id is the document's key."""
    return "_id" if name == "id" else name


def something(collection: Collection, name: str) -> dict[str, Any]:
    """The condition that a declared field holds a value: a range over its whole type.

    `$ne` None says the same, but an index serves a range, and nx-27017 takes a missing
    field for one that is not None.
    """
    return {"$gte": _SMALLEST[str if name == "id" else collection.fields[name]]}


def to_filter(collection: Collection, conditions: Sequence[Condition]) -> dict[str, Any]:
    """The filter; several conditions on one field become one object."""
    found: dict[str, Any] = {}
    rest: list[dict[str, Any]] = []
    for condition in conditions:
        name, operator = field_name(condition.field), condition.operator.value
        value = list(condition.value) if condition.operator is Operator.IN else condition.value
        if operator == "$ne" and value is None:
            rest.append({name: something(collection, condition.field)})
            continue
        held = found.setdefault(name, {})
        if operator in held:
            rest.append({name: {operator: value}})
        else:
            held[operator] = value
    return both(found, *rest)


def both(*filters: dict[str, Any]) -> dict[str, Any]:
    """Documents that pass all of `filters`; empty ones say nothing."""
    telling = [one for one in filters if one]
    if len(telling) <= 1:
        return telling[0] if telling else {}
    return {"$and": telling}


def to_sort(whole: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """A full sort in the driver's terms."""
    return [(field_name(name), direction) for name, direction in whole]


def behind(collection: Collection, whole: Sequence[tuple[str, int]], place: Sequence[Any]) -> dict[str, Any]:
    """Documents that come behind `place` in the full sort; None and missing come first."""
    ways: list[dict[str, Any]] = []
    for at, (name, direction) in enumerate(whole):
        value, key = place[at], field_name(name)
        equal = [{field_name(n): {"$eq": place[i]}} for i, (n, _) in enumerate(whole[:at])]
        if direction > 0:
            step = something(collection, name) if value is None else {"$gt": value}
            ways.append(both(*equal, {key: step}))
        elif value is not None:
            ways.append(both(*equal, {key: {"$lt": value}}))
            ways.append(both(*equal, {key: {"$eq": None}}))
    return {"$or": ways} if ways else {"_id": {"$in": []}}


def search_filter(wanted: Sequence[terms.QueryTerm]) -> dict[str, Any]:
    """Documents indexed under every wanted term."""
    whole = [term.text for term in wanted if not term.prefix]
    filters: list[dict[str, Any]] = [
        {SEARCH: {"$elemMatch": {"$gte": term.text, "$lt": term.text + chr(sys.maxunicode)}}}
        for term in wanted
        if term.prefix
    ]
    if whole:
        filters.insert(0, {SEARCH: {"$all": whole}})
    return both(*filters)
