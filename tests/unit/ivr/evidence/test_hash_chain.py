"""What is hashed is spelled in one way for ever, and the first wrong entry of a chain is named."""

from __future__ import annotations

import hashlib

import pytest

from ivr.evidence.hash_chain import Break, ChainEntry, Fault, breaks, hash_of

GENESIS = "before the first"


def chain(length: int) -> list[ChainEntry]:
    entries: list[ChainEntry] = []
    for seq in range(1, length + 1):
        previous_hash = entries[-1].hash if entries else GENESIS
        body = {"seq": seq, "previous_hash": previous_hash, "what": f"第{seq}条"}
        entries.append(ChainEntry(seq, previous_hash, hash_of(body), body))
    return entries


def found(entries: list[ChainEntry]) -> list[Break]:
    return list(breaks(entries, genesis=GENESIS))


def test_the_spelling_that_is_hashed_is_sorted_without_blanks_and_in_readable_chinese() -> None:
    spelled = '{"at":1,"facts":{"a":"1","乙":"二"},"text":"\\"备注\\""}'
    body = {"text": '"备注"', "facts": {"乙": "二", "a": "1"}, "at": 1}
    assert hash_of(body) == hashlib.sha256(spelled.encode()).hexdigest()


def test_a_whole_chain_has_no_break() -> None:
    assert found(chain(5)) == []
    assert found([]) == []


def test_a_chain_of_another_beginning_is_detached() -> None:
    assert list(breaks(chain(2), genesis="another")) == [Break(1, 1, Fault.DETACHED)]


def test_a_dropped_entry_is_missed_once() -> None:
    entries = chain(5)
    del entries[1]
    assert found(entries) == [Break(2, 3, Fault.MISSING)]


@pytest.mark.parametrize("place", [0, 2, 4])
def test_an_entry_that_says_something_else_is_changed(place: int) -> None:
    entries = chain(5)
    was = entries[place]
    entries[place] = ChainEntry(was.seq, was.previous_hash, was.hash, {**was.body, "what": "别的"})
    assert found(entries) == [Break(place + 1, place + 1, Fault.CHANGED)]


def test_an_entry_written_anew_detaches_the_next() -> None:
    entries = chain(3)
    body = {**entries[1].body, "what": "别的"}
    entries[1] = ChainEntry(2, entries[1].previous_hash, hash_of(body), body)
    assert found(entries) == [Break(3, 3, Fault.DETACHED)]
