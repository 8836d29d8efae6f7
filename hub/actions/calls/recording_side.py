"""On which side of the compartment a recording belongs: that of its case."""

from __future__ import annotations

from contextlib import suppress

from hub.model.call import Recording
from hub.model.cases.case import Case
from hub.repositories.cases import CaseRepository
from hub.store.codec import Versioned
from hub.store.unreadable import Unreadable


async def case_of(cases: CaseRepository, recording: Recording) -> Versioned[Case] | None:
    """The case to tell. Where its row is damaged the evidence is kept all the same."""
    with suppress(Unreadable):
        return await cases.get(recording.case_id) if recording.case_id else None
    return None


def is_behind(case: Versioned[Case] | None) -> bool:
    """One of no case belongs behind the compartment, and one of a case that cannot be read."""
    return case is None or case.value.is_restricted
