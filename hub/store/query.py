"""What every engine must refuse alike: undeclared fields, unserved queries, odd values.

Both adapters parse filters with `parse_where` and check bodies with `check_value`, so
that a query that works on SQLite works on MongoDB and the other way round. A filter
value from outside can never turn into an operator: a mapping is only accepted when
all its keys are known operators.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from hub.store.documents import (
    MAX_LIMIT,
    Body,
    Collection,
    Documents,
    NoCursor,
    Sort,
    Stored,
    Undeclared,
    Where,
)


class Operator(StrEnum):
    """How a field is compared."""

    EQUAL = "$eq"
    NOT_EQUAL = "$ne"
    IN = "$in"
    LESS = "$lt"
    LESS_OR_EQUAL = "$lte"
    GREATER = "$gt"
    GREATER_OR_EQUAL = "$gte"


WRITABLE_OPERATORS = {o.value: o for o in Operator if o is not Operator.EQUAL}
_ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: lambda value, bound: value < bound,
    Operator.LESS_OR_EQUAL: lambda value, bound: value <= bound,
    Operator.GREATER: lambda value, bound: value > bound,
    Operator.GREATER_OR_EQUAL: lambda value, bound: value >= bound,
}
_SCAN_PAGE = 500
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a filter. `value` is a tuple for IN, never None for an order."""

    field: str
    operator: Operator
    value: Any


def check_collection(collection: Collection) -> None:
    """Refuses a declaration no engine could hold."""
    for name in (collection.name.lstrip("_"), *collection.fields):
        if not _FIELD_NAME.match(name) or name in ("id", "version"):
            raise Undeclared(f"{collection.name}: {name!r} cannot be a name")
    for key in (*collection.indexes, *collection.unique, *collection.counted):
        for name in key:
            if name not in collection.fields:
                raise Undeclared(f"{collection.name}: index on undeclared field {name!r}")
    if any(collection.fields[name] is float for key in collection.counted for name in key):
        raise Undeclared(f"{collection.name}: nothing is counted by fractions")


def check_name(collection: Collection, name: str) -> None:
    """Refuses a body field that one of the engines would take for something else."""
    if not _FIELD_NAME.match(name) or name in ("id", "version"):
        raise Undeclared(f"{collection.name}: {name!r} cannot be a field name")


def check_value(collection: Collection, name: str, value: Any) -> None:
    """Refuses a value (not None) that does not fit the declared type of its field.

    True and False are not integers here: one engine would give them back as 1 and 0.
    """
    declared = str if name == "id" else collection.fields[name]
    accepted: tuple[type, ...] = (float, int) if declared is float else (declared,)
    if isinstance(value, bool) or not isinstance(value, accepted):
        raise Undeclared(
            f"{collection.name}.{name} is declared {declared.__name__}, not {type(value).__name__}"
        )


def check_limit(limit: int) -> None:
    """Every read and every step is bounded."""
    if not 1 <= limit <= MAX_LIMIT:
        raise Undeclared(f"a limit is between 1 and {MAX_LIMIT}, not {limit}")


def parse_where(collection: Collection, where: Where) -> tuple[Condition, ...]:
    """The filter as conditions, in the order given. Raises `Undeclared`."""
    found: list[Condition] = []
    for name, wanted in where.items():
        _check_declared(collection, name)
        if not isinstance(wanted, Mapping):
            _check_comparable(collection, name, wanted)
            found.append(Condition(name, Operator.EQUAL, wanted))
            continue
        if not wanted:
            raise Undeclared(f"{collection.name}.{name}: an empty condition")
        for sign, value in wanted.items():
            found.append(_parse_operator(collection, name, sign, value))
    return tuple(found)


def _parse_operator(collection: Collection, name: str, sign: str, value: Any) -> Condition:
    operator = WRITABLE_OPERATORS.get(sign)
    if operator is None:
        raise Undeclared(f"{collection.name}.{name}: unknown operator {sign!r}")
    if operator is Operator.IN:
        if not isinstance(value, list | tuple | set | frozenset) or len(value) > MAX_LIMIT:
            raise Undeclared(f"{collection.name}.{name}: $in wants at most {MAX_LIMIT} values")
        for item in value:
            _check_comparable(collection, name, item)
        return Condition(name, operator, tuple(value))
    if operator is Operator.NOT_EQUAL:
        _check_comparable(collection, name, value)
    else:
        check_value(collection, name, value)
    return Condition(name, operator, value)


def _check_comparable(collection: Collection, name: str, value: Any) -> None:
    if value is not None:
        check_value(collection, name, value)


def _check_declared(collection: Collection, name: str) -> None:
    if name != "id" and name not in collection.fields:
        raise Undeclared(f"{collection.name} declares no field {name!r}")


def value_of(row: Stored, name: str) -> Any:
    """What a condition or an order looks at."""
    return row.id if name == "id" else row.body.get(name)


def meets(row: Stored, condition: Condition) -> bool:
    """Whether a document as it was read fulfils a condition, as the engines decide it."""
    value, wanted = value_of(row, condition.field), condition.value
    match condition.operator:
        case Operator.EQUAL:
            return bool(value == wanted)
        case Operator.NOT_EQUAL:
            return bool(value != wanted)
        case Operator.IN:
            return value in wanted
        case order:
            return value is not None and _ORDERS[order](value, wanted)


def check_sort(collection: Collection, sort: Sort) -> None:
    """Refuses an order over undeclared fields."""
    for name, direction in sort:
        _check_declared(collection, name)
        if direction not in (1, -1):
            raise Undeclared(f"{collection.name}.{name}: a direction is 1 or -1")
    if len({name for name, _ in sort}) != len(sort):
        raise Undeclared(f"{collection.name}: a field is sorted twice")


def check_served(collection: Collection, conditions: Sequence[Condition], sort: Sort = ()) -> None:
    """Refuses a query for which no index starts with a filtered or the first sorted field."""
    if not conditions and not sort:
        return
    if sort and sort[0][0] in collection.leading:
        return
    if any(c.field in collection.leading and c.operator is not Operator.NOT_EQUAL for c in conditions):
        return
    fields = sorted({c.field for c in conditions} | {name for name, _ in sort})
    raise Undeclared(f"{collection.name}: no index serves a query over {', '.join(fields)}")


def check_unsearched(collection: Collection, changes: Body) -> None:
    """Bulk changes leave the search field alone: indexing text is work for `commit`."""
    if collection.search is not None and collection.search in changes:
        raise Undeclared(f"{collection.name}.{collection.search} is changed by commit only")


def is_unique_key(collection: Collection, conditions: Sequence[Condition]) -> bool:
    """Whether these conditions name the id or a whole unique key by equality."""
    equal = {c.field for c in conditions if c.operator is Operator.EQUAL and c.value is not None}
    return "id" in equal or any(equal.issuperset(key) for key in collection.unique)


def full_sort(sort: Sort) -> list[tuple[str, int]]:
    """`sort` with the id as last tie-breaker, in the direction of the last field.

    That direction lets an index be walked backwards instead of being sorted.
    """
    whole = list(sort)
    if not any(name == "id" for name, _ in whole):
        whole.append(("id", whole[-1][1] if whole else 1))
    return whole


async def every(documents: Documents, collection: str) -> AsyncIterator[Stored]:
    """What `Documents.scan` gives, page by page, on every engine."""
    after: str | None = None
    while True:
        page = await documents.find(collection, {}, limit=_SCAN_PAGE, after=after)
        for document in page:
            yield document
        if len(page) < _SCAN_PAGE:
            return
        after = documents.cursor(page[-1])


def encode_cursor(document: Stored, sort: Sort) -> str:
    """Where `document` stands in `sort` order, as text fit for a link."""
    place = [document.id if name == "id" else document.body.get(name) for name, _ in full_sort(sort)]
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def decode_cursor(collection: Collection, sort: Sort, cursor: str) -> list[Any]:
    """The values of the full sort; refuses what was not made for this sort."""
    whole = full_sort(sort)
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[Any])
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise NoCursor(f"{collection.name}: not a cursor") from error
    if len(place) != len(whole) or place[-1] is None:
        raise NoCursor(f"{collection.name}: a cursor of another order")
    try:
        for (name, _), value in zip(whole, place, strict=True):
            _check_comparable(collection, name, value)
    except Undeclared as error:
        raise NoCursor(f"{collection.name}: a cursor of other fields") from error
    return place
