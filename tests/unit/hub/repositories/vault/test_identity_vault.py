"""Who reported stands in the vault and nowhere in the case, whoever writes the case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actions.staff.identities import Identities
from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.track import Compartment, Track
from hub.repositories.cases import CaseRepository
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.vault.identity_vault import IdentityDocuments, IdentityVault
from hub.runtime.clock import FakeClock
from hub.store.around import DocumentsAround
from hub.store.crypto import KeyProblem, KeyRing, Vault
from hub.store.documents import Delete, Write
from hub.store.memory_documents import MemoryDocuments
from hub.store.unreadable import Unreadable
from hub.wiring.migrations import migrations_of
from hub.wiring.store import identity_vault
from tests.world import world_settings

STORE = Vault(KeyRing.fresh())
REPORTS = KeyRing.fresh()
KEYS = Vault(REPORTS.for_purpose("identities"))
NUMBER, NAME = "+8613811112222", "张金丝"


@dataclass(frozen=True)
class Office:
    """A store whose cases keep their identity apart."""

    inner: MemoryDocuments
    documents: IdentityDocuments
    cases: CaseRepository
    vault: IdentityVault
    identities: Identities

    async def case(self) -> Case:
        """As anybody reads it."""
        found = await self.cases.get("c1")
        assert found is not None
        return found.value

    async def change(self, **changes: object) -> None:
        """As an action does: read, changed, written."""
        found = await self.cases.get("c1")
        assert found is not None
        after = replace(found.value, **changes)  # type: ignore[arg-type]
        await self.documents.commit([self.cases.update(after, found.version)])

    async def opened(self) -> str:
        """Everything in the store that the keys of the store open."""
        texts = []
        for collection in COLLECTIONS:
            async for row in self.inner.scan(collection.name):
                texts.append(json.dumps(row.body))
                if blob := row.body.get("pii"):
                    try:
                        texts.append(STORE.open(f"{collection.name}/{row.id}", blob).decode())
                    except KeyProblem:
                        continue
        return "\n".join(texts)


@pytest.fixture
def office() -> Office:
    return made()


def made(keys: Vault = KEYS) -> Office:
    """An empty one."""
    inner = MemoryDocuments(COLLECTIONS, clock=FakeClock())
    vault = IdentityVault(inner, keys)
    documents = IdentityDocuments(inner, STORE, vault)
    return Office(inner, documents, CaseRepository(documents, STORE), vault, Identities(vault))


def a_case(compartment: Compartment, track: Track = Track.REPORT, *, anonymous: bool = False) -> Case:
    return Case(
        "c1",
        "26111800000000",
        1,
        1,
        Proceeding(track),
        origin=Origin("web", "petition"),
        applicant=Applicant() if anonymous else Applicant(NAME, NUMBER, "key"),
        compartment=compartment,
        text="收黑钱",
        details={} if anonymous else {"phone": NUMBER, "place": "东城"},
    )


@pytest.mark.parametrize("compartment", [Compartment.REPORT, Compartment.SCREENING])
async def test_the_case_and_the_keys_of_the_store_tell_nobody_who_reported(
    office: Office, compartment: Compartment
) -> None:
    await office.documents.commit([office.cases.insert(a_case(compartment))])
    case = await office.case()
    assert (case.applicant.name, case.applicant.address, case.details) == ("", "", {"place": "东城"})
    assert (case.applicant.address_key, case.text) == ("key", "收黑钱")
    opened = await office.opened()
    assert "收黑钱" in opened
    assert NUMBER not in opened
    assert NAME not in opened
    whole = await office.identities.whole(case)
    assert (whole.applicant.name, whole.applicant.address) == (NAME, NUMBER)
    assert (whole.details or {})["phone"] == NUMBER


async def test_an_ordinary_case_keeps_its_citizen_until_it_goes_behind_the_compartment(
    office: Office,
) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.NONE, Track.SERVICE))])
    assert (await office.case()).applicant.address == NUMBER
    await office.change(compartment=Compartment.SCREENING)
    assert (await office.case()).applicant.address == ""
    await office.change(text="别的")  # whoever writes it later knows nobody, and loses nobody
    assert (await office.identities.whole(await office.case())).applicant.address == NUMBER


async def test_what_is_let_out_again_has_its_citizen_back_and_the_vault_nothing(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.SCREENING, Track.SERVICE))])
    await office.change(compartment=Compartment.NONE)
    case = await office.case()
    assert (case.applicant.name, case.applicant.address) == (NAME, NUMBER)
    assert (case.details or {})["phone"] == NUMBER
    assert await office.vault.get("c1") is None


async def test_who_leaves_the_compartment_without_identity_is_forgotten(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.REPORT))])
    await office.change(compartment=Compartment.NONE, applicant=Applicant(anonymous=True))
    assert (await office.case()).applicant.address == ""
    assert await office.vault.get("c1") is None


async def test_who_decides_to_be_anonymous_is_forgotten(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.REPORT))])
    await office.change(applicant=Applicant(anonymous=True))
    assert await office.vault.get("c1") is None


async def test_with_a_case_that_is_erased_its_identity_goes(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.REPORT))])
    await office.documents.commit([Delete("cases", "c1", 1)])
    assert await office.vault.get("c1") is None


async def test_an_emergency_keeps_its_number_for_110(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.SCREENING, Track.EMERGENCY))])
    assert (await office.case()).applicant.address == NUMBER


async def test_a_commit_that_fails_moves_nothing(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.NONE, Track.SERVICE))])
    found = await office.cases.get("c1")
    assert found is not None
    stale = office.cases.update(replace(found.value, compartment=Compartment.REPORT), found.version + 1)
    with pytest.raises(Exception, match="changed meanwhile"):
        await office.documents.commit([stale])
    assert (await office.case()).applicant.address == NUMBER
    assert await office.vault.get("c1") is None


async def test_another_key_opens_nothing_and_is_told(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.REPORT))])
    of_recordings = IdentityVault(
        office.inner, Vault(REPORTS)
    )  # the ring they are made of does not open them
    with pytest.raises(Unreadable):
        await of_recordings.get("c1")


async def test_after_another_key_became_current_rows_are_sealed_anew(office: Office) -> None:
    await office.documents.commit([office.cases.insert(a_case(Compartment.REPORT))])
    rotated = REPORTS.rotated().for_purpose("identities")
    later = IdentityVault(office.inner, Vault(rotated))
    assert await later.reseal() == 1
    assert await later.reseal() == 0
    alone = KeyRing(rotated.current, {rotated.current: rotated.keys[rotated.current]}, rotated.index)
    found = await IdentityVault(office.inner, Vault(alone)).get("c1")
    assert found is not None
    assert found.value.address == NUMBER


class _Killed(DocumentsAround):
    """A store whose process is killed before its second commit."""

    commits = 0

    async def commit(self, writes: Sequence[Write]) -> None:
        self.commits += 1
        if self.commits == 2:
            raise SystemExit
        await super().commit(writes)


async def test_cases_of_earlier_releases_are_moved_and_a_kill_loses_nothing(tmp_path: Path) -> None:
    settings = world_settings(tmp_path, carrier_url="http://127.0.0.1:9", smtp_port=9, mail_port=9)
    clock, inner = FakeClock(), MemoryDocuments(COLLECTIONS, clock=FakeClock())
    cases = CaseRepository(inner, STORE)
    old = [replace(a_case(Compartment.REPORT), id=id, reference=id) for id in ("c1", "c2", "c3")]
    ordinary = replace(a_case(Compartment.NONE, Track.SERVICE), id="c4", reference="c4")
    await inner.commit([cases.insert(case) for case in (*old, ordinary)])
    [step] = [step for step in migrations_of(settings, clock) if step.number == 12]
    with pytest.raises(SystemExit):
        await step.run(_Killed(inner), STORE)
    for _ in range(2):  # doing it twice is harmless
        await step.run(inner, STORE)
    vault = identity_vault(settings, inner)
    for case in old:
        found, kept = await cases.get(case.id), await vault.get(case.id)
        assert found is not None
        assert kept is not None
        assert (found.value.applicant.address, kept.value.address) == ("", NUMBER)
    untouched = await cases.get("c4")
    assert untouched is not None
    assert untouched.value.applicant == ordinary.applicant


@given(
    st.lists(
        st.tuples(st.sampled_from(Compartment), st.sampled_from([Track.SERVICE, Track.REPORT])), max_size=6
    )
)
async def test_whatever_way_a_case_goes_nobody_is_lost_and_nobody_is_told(
    ways: list[tuple[Compartment, Track]],
) -> None:
    office = made()
    await office.documents.commit([office.cases.insert(a_case(Compartment.NONE, Track.SERVICE))])
    for compartment, track in ways:
        case = await office.case()
        await office.change(compartment=compartment, proceeding=replace(case.proceeding, track=track))
        hidden = compartment is not Compartment.NONE
        assert ((await office.case()).applicant.address == "") is hidden
        assert (NUMBER in await office.opened()) is not hidden
        assert (await office.identities.whole(await office.case())).applicant.address == NUMBER
