"""Reads the chained history of every case again and names the cases where it does not hold.

A chain holds when every entry follows from the one before and has its keyed mark, and the last one is
the one the case names, so that a changed, a removed and an added entry are all found, whoever computed
the hashes anew. What the chain of heads tells of a case has to stand in it still. Cases behind the
compartment wall are checked like all others and counted, never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.model.cases.history import HistoryEntry, HistoryKind, broken_link
from hub.model.head import CaseHead
from hub.model.track import Compartment
from hub.repositories.cases import CaseChain, CaseRepository

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Histories:
    """cases: how many were read. broken: references and the first wrong entry. hidden: broken, not named.

    gone: references of cases that are not there any more. hidden_gone: how many more, not named.
    sealed: the hashes of recordings that the histories name.
    """

    cases: int
    broken: tuple[tuple[str, int], ...]
    hidden: int
    gone: tuple[str, ...] = ()
    hidden_gone: int = 0
    sealed: frozenset[str] = frozenset()


async def verify_histories(cases: CaseRepository, heads: Mapping[str, CaseHead] | None = None) -> Histories:
    """All of them. A case that is changed meanwhile is read again. heads: of each case the last one noted,
    read before."""
    read, hidden = 0, 0
    broken: list[tuple[str, int]] = []
    noted = dict(heads or {})
    sealed: set[str] = set()
    async for chain in cases.chains():
        read += 1
        wrong = await _wrong_entry(cases, chain, noted.pop(chain.case_id, None), sealed)
        if wrong and chain.compartment is not Compartment.NONE:
            hidden += 1
        elif wrong:
            broken.append((chain.reference, wrong))
    gone = [one for one in noted.values() if await cases.chain(one.case_id) is None]
    named = tuple(one.reference for one in gone if one.reference)
    return Histories(read, tuple(broken), hidden, named, len(gone) - len(named), frozenset(sealed))


async def _wrong_entry(
    cases: CaseRepository, known: CaseChain, noted: CaseHead | None, sealed: set[str]
) -> int:
    """Number of the first entry that is wrong or missing; 0 = the history is whole."""
    now: CaseChain | None = known
    wrong = 0
    for _ in range(_TRIES):
        if now is None:
            return 0
        wrong = await _look(cases, now, noted, sealed)
        if not wrong:
            return 0
        now = await cases.chain(known.case_id)
    return wrong


async def _look(cases: CaseRepository, known: CaseChain, noted: CaseHead | None, sealed: set[str]) -> int:
    entries = await cases.whole_history(known.case_id)
    sealed.update(
        one.facts["sha256"] for one in entries if one.kind is HistoryKind.RECORDING and "sha256" in one.facts
    )
    wrong = broken_link(entries)
    if wrong is not None:
        return wrong
    if unmarked := cases.unmarked(entries):
        return unmarked
    if noted is not None and not _holds(entries, noted):
        return min(len(entries) + 1, noted.length)
    length, head = known.chain.length, known.chain.head
    if len(entries) != length:
        return min(len(entries), length) + 1  # the first that is missing, or that was added
    return 0 if entries and entries[-1].hash == head else max(1, length)


def _holds(entries: list[HistoryEntry], noted: CaseHead) -> bool:
    return len(entries) >= noted.length and entries[noted.length - 1].hash == noted.hash
