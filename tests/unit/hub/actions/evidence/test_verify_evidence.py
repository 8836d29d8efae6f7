"""Whatever is changed or taken away by who has the store and not the keys is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from channels.address import email
from channels.contract import ChannelKind
from hub.actions.alarms.ways import Recipients
from hub.actions.deliveries.channel_profile import ChannelProfile
from hub.actions.deliveries.outgoing import Outgoing
from hub.actions.evidence.seal_heads import SealHeads
from hub.actions.evidence.verify_evidence import Verified, verify_audit, verify_evidence
from hub.model.call import Recording
from hub.model.cases.case import Case, Chain, Origin
from hub.model.cases.history import HistoryEntry, HistoryKind, chain_entry, recorded
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.staff.audit import AuditAct
from hub.model.staff.audit import entry as audit_entry
from hub.model.track import Track, compartment_of
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.crypto import KeyRing, Vault
from hub.store.documents import Delete, Documents, Update
from hub.store.memory_documents import MemoryDocuments
from ivr.evidence.chain import Link, link
from ivr.evidence.hash_chain import hash_of
from ivr.evidence.recordings import RecordingState, Sealed, examined
from tests.unit.ivr.waves import wav

MAIL = ChannelProfile("mail", ChannelKind.MAIL)
VAULT, REPORTS = Vault(KeyRing.fresh()), Vault(KeyRing.fresh())


def audio_of(files: Path, reports: Vault | None) -> RecordingFiles:
    return RecordingFiles(files / "recordings", VAULT, reports)


@dataclass
class Office:
    """A store with two cases of two entries each and two recordings, noted in the chain of heads."""

    documents: Documents
    stores: Repositories
    clock: FakeClock
    files: Path
    audio: RecordingFiles
    told: Recipients | None = None

    def seal_heads(self, most: int = 500) -> SealHeads:
        outgoing = Outgoing({"mail": MAIL}, self.stores.conversations, self.stores.outbox)
        folder = self.files / "heads"
        return SealHeads(self.documents, self.stores, outgoing, folder, self.told, self.clock, most=most)

    async def verified(self) -> Verified:
        return await verify_evidence(self.stores, self.files, self.audio)

    async def row(self, collection: str, id: str) -> tuple[dict[str, object], int]:
        stored = await self.documents.get(collection, id)
        assert stored
        return dict(stored.body), stored.version

    async def drop(self, collection: str, id: str) -> None:
        _, version = await self.row(collection, id)
        await self.documents.commit([Delete(collection, id, version)])

    async def alter(self, collection: str, id: str, **body: object) -> None:
        _, version = await self.row(collection, id)
        await self.documents.commit([Update(collection, id, body, version)])

    async def chained(self, id: str, sealed: Sealed) -> Link:
        made = link(
            await self.stores.recordings.head(),
            sealed,
            call_id="call",
            recording_id=f"RE{id}",
            source_url="",
            downloaded_at=self.clock.now_ms(),
            case_id=id,
        )
        await self.documents.commit([self.stores.recordings.insert_link(made)])
        return made

    async def add(self, id: str, track: Track, level: int) -> None:
        """A case with a recording of its own."""
        now = self.clock.now_ms()
        content = wav(0.1, level=level)
        sealed = examined(content, 0)
        self.audio.keep(content, sealed.sha256, behind=track is Track.REPORT)
        await self.chained(id, sealed)
        row = Recording(
            id, "call", "voice", f"RE{id}", id, "story", RecordingState.SEALED, now, sha256=sealed.sha256
        )
        first = chain_entry(id, seq=1, prev_hash="", at=now, actor="citizen", kind=HistoryKind.REGISTERED)
        case = Case(
            id,
            f"2026{id}",
            now,
            now,
            Proceeding(track, CaseState.REGISTERED),
            Origin("voice", "voice"),
            compartment=compartment_of(track),
            chain=Chain(1, first.hash),
        )
        facts = {"recording": id, "sha256": sealed.sha256}
        case, second = recorded(case, at=now, actor="system", kind=HistoryKind.RECORDING, facts=facts)
        cases = self.stores.cases
        await self.documents.commit(
            [
                self.stores.recordings.insert(row),
                cases.insert(case),
                cases.insert_entry(first),
                cases.insert_entry(second),
            ]
        )


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, VAULT, cities={})
    office = Office(documents, stores, clock, tmp_path, audio_of(tmp_path, REPORTS))
    await office.add("one", Track.CONSULT, 1)
    await office.add("two", Track.REPORT, 2)
    await stores.audit.add(AuditAct.CASE_READ, agent_id="a", case_id="two", at=clock.now_ms())
    assert await office.seal_heads().step() is False
    return office


async def rewrite(office: Office, id: str, **changed: object) -> None:
    """Another entry in its place, with every hash computed anew, as anybody can who has the store."""
    entries = await office.stores.cases.history(id)
    before = ""
    for entry in entries:
        told = {name: getattr(entry, name) for name in HistoryEntry.__dataclass_fields__}
        told |= {"prev_hash": before, **(changed if entry.seq == 1 else {})}
        hashed = {name: value for name, value in told.items() if name not in ("hash", "mark", "text")}
        before = hash_of(hashed)
        body = {name: value for name, value in told.items() if name in changed}
        await office.alter("history", entry.id, **body, prev_hash=told["prev_hash"], hash=before)
    await office.alter("cases", id, history_head=before)


async def last_link(office: Office) -> None:
    await office.drop("evidence", f"{2:012}")


async def last_link_and_its_row(office: Office) -> None:
    await last_link(office)
    await office.drop("recordings", "two")


async def recording_row(office: Office) -> None:
    await office.drop("recordings", "one")


async def link_made_anew(office: Office) -> None:
    [first, _] = await office.stores.recordings.links()
    unsigned = replace(first, downloaded_at=1, hash="", mark="")
    body = {name: getattr(unsigned, name) for name in Link.__dataclass_fields__ if name != "mark"}
    fresh = hash_of(body)
    await office.alter("evidence", f"{1:012}", downloaded_at=1, hash=fresh)
    [_, second] = await office.stores.recordings.links()
    body = {name: getattr(second, name) for name in Link.__dataclass_fields__ if name != "mark"}
    await office.alter(
        "evidence", f"{2:012}", previous_hash=fresh, hash=hash_of(body | {"previous_hash": fresh, "hash": ""})
    )


async def whole_case(office: Office) -> None:
    for entry in await office.stores.cases.history("one"):
        await office.drop("history", entry.id)
    await office.drop("cases", "one")


async def whole_report(office: Office) -> None:
    for entry in await office.stores.cases.history("two"):
        await office.drop("history", entry.id)
    await office.drop("cases", "two")


async def entry_with_new_hashes(office: Office) -> None:
    await rewrite(office, "one", actor="somebody else")


async def entry_without_marks(office: Office) -> None:
    """As if it were of an earlier release."""
    await rewrite(office, "one", actor="somebody else")
    for entry in await office.stores.cases.history("one"):
        await office.alter("history", entry.id, mark="")


async def case_set_back(office: Office) -> None:
    """To what it truly was before: every mark is right."""
    [first, second] = await office.stores.cases.history("one")
    await office.drop("history", second.id)
    await office.alter("cases", "one", history_seq=1, history_head=first.hash)


async def head_changed(office: Office) -> None:
    await office.alter("heads", f"{1:012}", cases=[])


async def all_heads(office: Office) -> None:
    await office.drop("heads", f"{1:012}")


async def another_audit_row(office: Office) -> None:
    """By who has the key as well: the row is right in itself, and not the one that the heads noted."""
    first, *_ = await office.stores.audit.newest()
    other = audit_entry(
        None, first.act, agent_id="b", case_id=first.case_id, at=first.at, key=VAULT.subkey("audit")
    )
    await office.alter("audit", f"{1:012}", agent_id="b", hash=other.hash)


async def audit_rows(office: Office) -> None:
    await office.drop("audit", f"{1:012}")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (last_link, "no link names it"),
        (last_link, "histories name recordings without a link"),
        (last_link_and_its_row, "link 2 is gone or another one"),
        (recording_row, "link 1: the row of its recording is gone"),
        (link_made_anew, "link 1 has a wrong mark"),
        (whole_case, "2026one：已不在数据中"),
        (whole_report, "保密工单：1 件已不在数据中"),
        (entry_with_new_hashes, "2026one：历史从第 1 条起"),
        (entry_without_marks, "2026one：历史从第 2 条起"),
        (case_set_back, "2026one：历史从第 2 条起"),
        (head_changed, "head 1 was changed"),
        (all_heads, "head 1 is not in the store as it was written out"),
        (audit_rows, "there were 1 audit rows, now 0"),
        (another_audit_row, "audit row 1 is another one than the chain of heads noted"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_was_meddled_with_is_told(
    office: Office, tamper: Callable[[Office], Awaitable[None]], said: str
) -> None:
    whole = await office.verified()
    assert (whole.problems, whole.recordings, whole.cases, whole.heads) == ((), 2, 2, 1)
    await tamper(office)
    found = await office.verified()
    assert any(said in problem for problem in found.problems), found.problems
    assert not any("two" in problem for problem in found.problems if "工单" in problem)


async def test_what_an_earlier_release_chained_stays_valid_and_is_fixed_by_the_first_head(
    tmp_path: Path,
) -> None:
    clock = FakeClock()
    documents = MemoryDocuments(COLLECTIONS, clock=clock)
    stores = repositories(documents, VAULT, cities={})
    office = Office(documents, stores, clock, tmp_path, audio_of(tmp_path, REPORTS))
    await office.add("one", Track.CONSULT, 1)
    await office.alter("evidence", f"{1:012}", mark="")
    for entry in await stores.cases.history("one"):
        await office.alter("history", entry.id, mark="")
    await office.add("two", Track.CONSULT, 2)
    await office.seal_heads().step()
    assert (await office.verified()).problems == ()
    await entry_without_marks(office)
    assert "2026one：历史从第 2 条起" in (await office.verified()).problems[0]


async def test_a_link_is_added_only_when_something_went_on_and_also_after_a_restart(office: Office) -> None:
    first = office.seal_heads()
    office.clock.advance(seconds=60)
    await first.step()  # it does not know what the one before noted
    assert (await office.verified()).heads == 2
    await first.step()
    assert (await office.verified()).heads == 2
    await office.add("three", Track.CONSULT, 3)
    await first.step()
    found = await office.verified()
    assert (found.heads, found.problems) == (3, ())
    assert found.heads_mark in next((office.files / "heads").iterdir()).read_text().splitlines()[-1]


async def test_many_cases_take_several_links_and_a_late_one_is_noted_the_next_day(office: Office) -> None:
    for level in (3, 4, 5):
        await office.add(str(level), Track.CONSULT, level)
    heads = office.seal_heads(most=2)
    assert [await heads.step() for _ in range(3)] == [True, True, False]
    links = [link async for link in office.stores.heads.links()]
    assert [len(link.cases) for link in links] == [2, 2, 2, 1]
    assert {one.case_id for link in links[1:] for one in link.cases} == {"one", "two", "3", "4", "5"}
    office.clock.advance(seconds=86_400)
    await office.add("6", Track.CONSULT, 6)
    await office.alter("cases", "6", updated_at=office.clock.now_ms() - 2 * 86_400_000)
    await heads.step()
    [*_, newest] = [link async for link in office.stores.heads.links()]
    assert [one.case_id for one in newest.cases] == ["6"]


async def test_a_folder_that_cannot_be_written_stops_no_head(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    folder = office.files / "heads"
    folder.rename(office.files / "elsewhere")
    folder.touch()
    await office.add("3", Track.CONSULT, 3)
    await office.seal_heads().step()
    assert "head.not_written" in caplog.text
    folder.unlink()
    (office.files / "elsewhere").rename(folder)
    found = await office.verified()
    assert (found.heads, found.problems) == (2, ())


async def test_the_newest_head_leaves_once_a_day(office: Office) -> None:
    office.told = Recipients(MAIL, (email("ducha@example.com"),))
    heads = office.seal_heads()
    for level in (3, 4):
        await office.add(str(level), Track.CONSULT, level)
        await heads.step()
    [row] = [stored async for stored in office.documents.scan("outbox")]
    office.clock.advance(seconds=86_400)
    await office.add("5", Track.CONSULT, 5)
    await heads.step()
    assert len([stored async for stored in office.documents.scan("outbox")]) == 2
    assert row.body["sender"] == "mail"
    newest = await office.stores.heads.newest()
    assert newest
    for mark, problems in ((newest.mark, 0), ("0" * 64, 1)):
        found = await verify_evidence(office.stores, office.files, office.audio, kept={newest.seq: mark})
        assert len(found.problems) == problems


async def test_the_audit_alone_is_verified_from_a_row_on(office: Office) -> None:
    for number in range(3):
        await office.stores.audit.add(AuditAct.FILE_READ, agent_id="a", case_id="two", at=number)
    assert (await verify_audit(office.stores, office.files)).problems == ()
    await office.alter("audit", f"{2:012}", agent_id="b")
    found = await verify_audit(office.stores, office.files)
    assert (found.rows, found.problems) == (4, ("audit row 2: changed",))
    assert (await verify_audit(office.stores, office.files, first=3)).problems == ()
    await office.drop("audit", f"{3:012}")
    assert "audit row 4: missing" in (await verify_audit(office.stores, office.files, first=3)).problems
