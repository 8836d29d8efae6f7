"""The case another one was attached to (并案), and whether what its citizen writes belongs there.

A case that staff attached to another one is over by itself, but not for who wrote it: their next words are
about the same matter. Rule protected: they go to the other case only where it is their own, on the same
side of the compartment wall; the number of somebody else's case is named to nobody.
"""

from __future__ import annotations

from hub.model.cases.case import Case
from hub.model.cases.state import CaseState
from hub.repositories.cases import CaseRepository
from hub.store.codec import Versioned


async def master_reference(cases: CaseRepository, case: Case) -> str:
    """The number of the case this one was attached to last, "" for none."""
    history = await cases.whole_history(case.id)
    moved = [entry.facts for entry in history if entry.facts.get("event") == "merge_into"]
    return moved[-1].get("master", "") if moved else ""


async def goes_on_in(cases: CaseRepository, case: Case) -> Versioned[Case] | None:
    """The open case in which this one goes on, if it is the same citizen's."""
    if case.state is not CaseState.MERGED:
        return None
    found = await cases.by_reference(await master_reference(cases, case) or "none")
    if found is None or not found.value.is_open or found.value.compartment is not case.compartment:
        return None
    one, other = case.applicant, found.value.applicant
    same = one.address_key and one.address_key == other.address_key
    return found if same or (one.contact_id and one.contact_id == other.contact_id) else None
