"""For whoever reads no reports, a store with one more report is the same store: generated roles and cases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.actions.cases.queue.query import QueueQuery
from hub.actions.cases.search.fill_index import FillIndex
from hub.actions.cases.search.search_cases import SearchCases
from hub.model import policy
from hub.model.agent import GRANTS, Agent, Permission, Role
from hub.model.cases.case import Applicant, Case
from hub.model.track import Compartment
from hub.repositories.repositories import COLLECTIONS, repositories
from hub.repositories.search.searchable_documents import SearchableDocuments
from hub.runtime.clock import FakeClock
from hub.store.around import DocumentsAround
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Documents
from hub.store.memory_documents import MemoryDocuments
from tests.unit.hub.actions.cases.queue.test_read_queue import NOW, QUERIES, a_case, queue_of

VAULT = Vault(KeyRing.fresh())
OUTSIDE = [role for role in Role if Permission.REPORT_READ not in GRANTS[role]]
NUMBER, REFERENCE = "+8613811112222", "26111899999999"
cases = st.lists(st.integers(1, 400).map(a_case), max_size=6, unique_by=lambda case: case.id)
reports = st.builds(
    lambda number, compartment: replace(
        a_case(number), id="walled", reference=REFERENCE, compartment=compartment
    ),
    st.integers(401, 800),
    st.sampled_from([Compartment.REPORT, Compartment.SCREENING]),
)
roles = st.lists(st.sampled_from(OUTSIDE), min_size=1, max_size=3, unique=True)


READS = ("get", "get_many", "find", "find_one", "counted", "count", "search")


class _Counted(DocumentsAround):
    """A store that notes what is asked of it."""

    def __init__(self, documents: Documents) -> None:
        super().__init__(documents)
        self.asked: list[str] = []
        for name in READS:
            setattr(self, name, self._noted(name, getattr(documents, name)))

    def _noted(self, name: str, read: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def noted(collection: str, *args: object, **kwargs: object) -> object:
            self.asked.append(f"{name} {collection}")
            return await read(collection, *args, **kwargs)

        return noted


async def seen(agent: Agent, stored: list[Case], query: QueueQuery, typed: str) -> object:
    """Everything lists, counts and search say, and what the store was asked for it."""
    clock = FakeClock(NOW)
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    indexed = SearchableDocuments(documents, VAULT)
    cases = repositories(indexed, VAULT, cities={}).cases
    for case in stored:
        await indexed.commit([cases.insert(case)])
    counted = _Counted(documents)
    stores = repositories(counted, VAULT, cities={})
    queue, fill = queue_of(stores), FillIndex(counted, stores.case_index, stores.cursors)
    page, counts = await queue.page(agent, query), await queue.counts(agent)
    found = await SearchCases(stores, fill, clock)(agent, typed)
    return page, counts, found, counted.asked


@given(cases, reports, roles, st.sampled_from(QUERIES), st.sampled_from([NUMBER, REFERENCE]))
@settings(max_examples=40, deadline=None)
async def test_one_report_more_is_no_difference(
    ordinary: list[Case], report: Case, of: list[Role], query: QueueQuery, typed: str
) -> None:
    report = replace(report, applicant=Applicant("张金丝", NUMBER, "key"))
    agent = Agent("li", "li", "u1", tuple(of), 0)
    assert not policy.may_see(agent, report)
    without = [case for case in ordinary if not case.is_restricted]
    assert await seen(agent, without, query, typed) == await seen(agent, [*without, report], query, typed)
