"""Approval: what a second person agreed to, and how it is known that it is still the same.

Rules protected: nobody approves what they wrote; an approval holds for one content and no other, so that
any edit voids it without anybody having to remember to; what was agreed to has numbers (people, parts,
cost), and a release that has clearly outgrown them goes back to the approver.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """What a broadcast amounts to. deliveries: people written to. parts: SMS parts, messages elsewhere.

    cost_fen: 0.01 yuan. counted_at: ms UTC.
    """

    deliveries: int
    parts: int
    cost_fen: int
    counted_at: int


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's word. digest: of the content they saw. at: ms UTC. figures: what they agreed to."""

    agent_id: str
    at: int
    digest: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Growth:
    """A release has outgrown what was approved. reason: `people`, `parts` or `budget`."""

    reason: str
    approved: int
    now: int


def digest(value: object, *, without: Collection[str]) -> str:
    """SHA-256 of a dataclass less the fields `without`, hexadecimal.

    A field at its default is left out: one that a later release adds changes no digest made before.
    """
    plain = json.dumps(_plain(value, without), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def growth(approved: Sequence[Figures], now: Figures, *, percent: int, budget_fen: int = 0) -> Growth | None:
    """Whether `now` is more than was approved, by over `percent`; of several approvals the smallest counts.

    budget_fen: 0 = none. Whoever approved a cost above the budget knew it: that cost is the limit then.
    """
    for reason, numbers, found in (
        ("people", [one.deliveries for one in approved], now.deliveries),
        ("parts", [one.parts for one in approved], now.parts),
    ):
        if found * 100 > min(numbers) * (100 + percent):
            return Growth(reason, min(numbers), found)
    limit = max(budget_fen, min(one.cost_fen for one in approved))
    if budget_fen and now.cost_fen > limit:
        return Growth("budget", budget_fen, now.cost_fen)
    return None


def _plain(value: object, without: Collection[str] = ()) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: (getattr(value, field.name), field) for field in fields(value)}
        return {
            name: _plain(content)
            for name, (content, field) in named.items()
            if name not in without and not _is_default(content, field)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(json.dumps(_plain(one), ensure_ascii=False, sort_keys=True) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _is_default(content: object, field: Field[Any]) -> bool:
    if field.default is not MISSING:
        return bool(content == field.default)
    return field.default_factory is not MISSING and bool(content == field.default_factory())
