"""Reads the chained history of every case again and names the cases where it does not hold.

A chain holds when every entry follows from the one before and the last one is the one the case
names, so that a changed, a removed and an added entry are all found. Cases behind the compartment
wall are checked like all others and counted, never named.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.model.cases.history import broken_link
from hub.model.track import Compartment
from hub.repositories.cases import CaseChain, CaseRepository

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Histories:
    """cases: how many were read. broken: references and the first wrong entry. hidden: broken, not named."""

    cases: int
    broken: tuple[tuple[str, int], ...]
    hidden: int


async def verify_histories(cases: CaseRepository) -> Histories:
    """All of them. A case that is changed meanwhile is read again."""
    read, hidden = 0, 0
    broken: list[tuple[str, int]] = []
    async for chain in cases.chains():
        read += 1
        wrong = await _wrong_entry(cases, chain)
        if wrong and chain.compartment is not Compartment.NONE:
            hidden += 1
        elif wrong:
            broken.append((chain.reference, wrong))
    return Histories(read, tuple(broken), hidden)


async def _wrong_entry(cases: CaseRepository, known: CaseChain) -> int:
    """Number of the first entry that is wrong or missing; 0 = the history is whole."""
    now: CaseChain | None = known
    wrong = 0
    for _ in range(_TRIES):
        if now is None:
            return 0
        wrong = await _look(cases, now)
        if not wrong:
            return 0
        now = await cases.chain(known.case_id)
    return wrong


async def _look(cases: CaseRepository, known: CaseChain) -> int:
    entries = await cases.whole_history(known.case_id)
    wrong = broken_link(entries)
    if wrong is not None:
        return wrong
    length, head = known.chain.length, known.chain.head
    if len(entries) != length:
        return min(len(entries), length) + 1  # the first that is missing, or that was added
    return 0 if entries and entries[-1].hash == head else max(1, length)
