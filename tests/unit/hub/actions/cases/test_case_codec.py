"""What is stored of a case is a move of the table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.order import rank_of
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.repositories.cases import COLLECTIONS, CaseRepository
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

S = CaseState


def _case(event: str, came_from: CaseState, state: CaseState) -> Case:
    p = replace(Proceeding(Track.APPEAL), event=event, came_from=came_from, state=state)
    return Case("c1", "260302", 1_772_413_200_000, 1_772_413_200_000, p, Origin("web", "web"))


@pytest.mark.parametrize(
    ("event", "came_from", "state"),
    [
        ("accept", S.REGISTERED, S.ACCEPTED),
        ("answer", S.DRAFT, S.REPLIED),
        ("abolish", S.TRIAGE, S.CLOSED),
        ("fuhe_opinion", S.FUCHA, S.FINAL),
    ],
)
async def test_an_unknown_move_is_not_stored(event: str, came_from: CaseState, state: CaseState) -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock())
    cases = CaseRepository(documents, Vault(KeyRing.fresh()))
    with pytest.raises(ValueError, match="no move of the table"):
        cases.insert(_case(event, came_from, state))


async def test_a_move_is_stored_and_read_as_it_was() -> None:
    documents = MemoryDocuments(COLLECTIONS, clock=FakeClock())
    cases = CaseRepository(documents, Vault(KeyRing.fresh()))
    case = _case("accept", S.TRIAGE, S.ACCEPTED)
    await documents.commit([cases.insert(case)])
    found = await cases.get("c1")
    assert found is not None
    assert found.value == replace(case, rank=rank_of(case))  # its place is judged when it is stored
    with pytest.raises(ValueError, match="no move of the table"):
        cases.update(_case("accept", S.REGISTERED, S.ACCEPTED), found.version)
