"""Who handles a report learns who made it by a reason, another person, for some hours, with a row a look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from hub.actions.staff.identities import identities_of
from hub.actions.staff.read_audit import AuditQuery, ReadAudit
from hub.actions.staff.reveal_identity import RevealIdentity
from hub.model.agent import Agent, Role
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.staff.audit import AuditAct
from hub.model.track import Compartment, Track
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.repositories.vault.identity_requests import IdentityRequestRepository
from hub.repositories.vault.identity_vault import IdentityDocuments, IdentityVault
from hub.runtime.clock import FakeClock
from hub.runtime.errors import Forbidden, Invalid, NotFound, Stale
from hub.store.crypto import KeyRing, Vault
from hub.store.memory_documents import MemoryDocuments

NUMBER, NAME = "+8613811112222", "张金丝"
HOUR = 3600


def agent(*roles: Role, id: str = "") -> Agent:
    return Agent(id or roles[0].value, id or roles[0].value, "", roles, 1, name=f"测试{id or roles[0].value}")


INSPECTOR, OTHER = agent(Role.INSPECTOR), agent(Role.INSPECTOR, id="other")
CUSTODIAN, AUDITOR = agent(Role.CUSTODIAN), agent(Role.AUDITOR)


@dataclass(frozen=True)
class Office:
    """A report, and everybody it is about."""

    clock: FakeClock
    stores: Repositories
    documents: IdentityDocuments
    reveal: RevealIdentity

    async def granted(self, hours: int = 2) -> None:
        """Asked for and agreed to."""
        await self.reveal.ask(INSPECTOR, "c1", "需要当面核实线索")
        [[line], _] = await self.reveal.requests(CUSTODIAN)
        await self.reveal.decide(
            CUSTODIAN, line.request.id, grant=True, decision="同意", hours=hours, version=line.version
        )

    async def acts(self) -> list[tuple[str, AuditAct, tuple[str, ...]]]:
        """The audit, oldest first."""
        return [(one.agent_id, one.act, one.fields) for one in reversed(await self.stores.audit.newest())]


@pytest.fixture
async def office() -> Office:
    clock, store = FakeClock(), Vault(KeyRing.fresh())
    inner = MemoryDocuments(COLLECTIONS, clock=clock)
    keys = Vault(KeyRing.fresh())
    documents = IdentityDocuments(inner, store, IdentityVault(inner, keys))
    stores = repositories(documents, store, cities={})
    for one in (INSPECTOR, OTHER, CUSTODIAN, AUDITOR):
        await stores.agents.insert(one)
    report = Case(
        "c1",
        "26111800000000",
        1,
        1,
        Proceeding(Track.REPORT),
        origin=Origin("web", "petition"),
        applicant=Applicant(NAME, NUMBER, "key"),
        compartment=Compartment.REPORT,
    )
    ordinary = replace(report, id="c2", reference="26111800000001", compartment=Compartment.NONE)
    await documents.commit([stores.cases.insert(report), stores.cases.insert(ordinary)])
    requests = IdentityRequestRepository(documents, store)
    reveal = RevealIdentity(stores, requests, identities_of(documents, keys), clock)
    return Office(clock, stores, documents, reveal)


async def test_asked_for_and_agreed_to_it_is_read_until_the_time_is_over(office: Office) -> None:
    await office.granted(hours=2)
    identity = await office.reveal.read(INSPECTOR, "c1")
    assert (identity.name, identity.address) == (NAME, NUMBER)
    office.clock.advance(seconds=2 * HOUR - 1)
    await office.reveal.read(INSPECTOR, "c1")
    office.clock.advance(seconds=1)
    with pytest.raises(Forbidden):
        await office.reveal.read(INSPECTOR, "c1")
    fields = ("name", "address")
    assert await office.acts() == [
        ("inspector", AuditAct.IDENTITY_ASKED, ()),
        ("custodian", AuditAct.IDENTITY_GRANTED, ()),
        ("inspector", AuditAct.IDENTITY_READ, fields),
        ("inspector", AuditAct.IDENTITY_READ, fields),
    ]
    assert await office.stores.audit.verify() == (4, ())


async def test_nothing_is_read_that_nobody_agreed_to(office: Office) -> None:
    with pytest.raises(Forbidden):
        await office.reveal.read(INSPECTOR, "c1")
    await office.reveal.ask(INSPECTOR, "c1", "核实")
    with pytest.raises(Forbidden):
        await office.reveal.read(INSPECTOR, "c1")
    [[line], _] = await office.reveal.requests(CUSTODIAN)
    await office.reveal.decide(
        CUSTODIAN, line.request.id, grant=False, decision="没有必要", hours=24, version=line.version
    )
    with pytest.raises(Forbidden):
        await office.reveal.read(INSPECTOR, "c1")
    page = await office.reveal.page(INSPECTOR, "c1")
    assert [(one.decision, decider) for one, decider in page.own] == [("没有必要", "测试custodian")]


async def test_what_was_granted_to_one_is_not_granted_to_another(office: Office) -> None:
    await office.granted()
    with pytest.raises(Forbidden):
        await office.reveal.read(OTHER, "c1")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INSPECTOR])
async def test_for_nobody_else_there_is_anything_to_ask(office: Office, role: Role) -> None:
    for case_id in ("c1", "c2", "none"):
        with pytest.raises((NotFound, Forbidden)):
            await office.reveal.ask(agent(role), case_id, "看看")
    assert await office.acts() == []


@pytest.mark.parametrize(
    "roles",
    [(Role.INSPECTOR,), (Role.ADMIN,), (Role.CUSTODIAN, Role.INSPECTOR), (Role.CUSTODIAN, Role.HANDLER)],
)
async def test_who_handles_cases_never_decides(office: Office, roles: tuple[Role, ...]) -> None:
    await office.reveal.ask(INSPECTOR, "c1", "核实")
    [[line], _] = await office.reveal.requests(CUSTODIAN)
    with pytest.raises(Forbidden):
        await office.reveal.decide(
            agent(*roles, id="both"),
            line.request.id,
            grant=True,
            decision="好",
            hours=1,
            version=line.version,
        )
    with pytest.raises(Forbidden):
        await office.reveal.requests(agent(*roles, id="both"))


async def test_of_two_custodians_one_decides(office: Office) -> None:
    await office.reveal.ask(INSPECTOR, "c1", "核实")
    [[line], _] = await office.reveal.requests(CUSTODIAN)

    async def press(*, grant: bool) -> None:
        await office.reveal.decide(
            CUSTODIAN, line.request.id, grant=grant, decision="意见", hours=1, version=line.version
        )

    done = await asyncio.gather(press(grant=True), press(grant=False), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [Stale]
    assert len(await office.acts()) == 2  # asked, and one decision: of the other there is no row


@pytest.mark.parametrize(
    ("decision", "hours", "wrong"),
    [("", 24, {"decision"}), ("好", 0, {"hours"}), (" ", 73, {"decision", "hours"})],
)
async def test_a_decision_needs_a_reason_and_an_end(
    office: Office, decision: str, hours: int, wrong: set[str]
) -> None:
    await office.reveal.ask(INSPECTOR, "c1", "核实")
    [[line], _] = await office.reveal.requests(CUSTODIAN)
    with pytest.raises(Invalid) as refused:
        await office.reveal.decide(
            CUSTODIAN, line.request.id, grant=True, decision=decision, hours=hours, version=line.version
        )
    assert refused.value.problems.keys() == wrong


async def test_one_request_at_a_time_and_none_without_a_reason(office: Office) -> None:
    with pytest.raises(Invalid):
        await office.reveal.ask(INSPECTOR, "c1", "  ")
    await office.reveal.ask(INSPECTOR, "c1", "核实")
    with pytest.raises(Invalid):
        await office.reveal.ask(INSPECTOR, "c1", "再问一次")


async def test_an_auditor_finds_who_did_what_and_reads_nothing_of_it(office: Office) -> None:
    await office.granted()
    await office.reveal.read(INSPECTOR, "c1")
    audit = ReadAudit(office.stores)
    page = await audit(AUDITOR, AuditQuery(login="inspector"))
    assert [line.entry.act for line in page.lines] == [AuditAct.IDENTITY_READ, AuditAct.IDENTITY_ASKED]
    assert {line.reference for line in page.lines} == {"26111800000000"}
    by_case = await audit(AUDITOR, AuditQuery(reference="26111800000000", act=AuditAct.IDENTITY_GRANTED))
    assert [line.name for line in by_case.lines] == ["测试custodian"]
    assert (await audit(AUDITOR, AuditQuery(login="nobody"))).lines == ()
    assert not {NUMBER, NAME, "需要当面核实线索"} & set(repr(page).split("'"))
    for other in (INSPECTOR, CUSTODIAN, agent(Role.ADMIN)):
        with pytest.raises(Forbidden):
            await audit(other, AuditQuery())


async def test_pages_of_the_audit_follow_each_other(office: Office) -> None:
    for number in range(60):
        await office.stores.audit.add(AuditAct.CASE_READ, agent_id="inspector", case_id="c1", at=number)
    audit = ReadAudit(office.stores)
    first = await audit(AUDITOR, AuditQuery())
    rest = await audit(AUDITOR, AuditQuery(before=first.next))
    assert [line.entry.seq for line in (*first.lines, *rest.lines)] == list(range(60, 0, -1))
    assert rest.next == 0
