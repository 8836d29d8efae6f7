"""Files of recordings lie on the side of the compartment on which their case is, whoever crashes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import RecordedAudio
from hub.actions.calls.keep_recording import KeepRecording
from hub.actions.calls.seal_recordings import SealRecordings
from hub.model.call import Recording
from hub.model.cases.case import Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Compartment, Track
from hub.repositories.evidence.recording_files import FileState, RecordingFiles
from hub.repositories.evidence.recording_moves import MovingDocuments
from hub.repositories.repositories import COLLECTIONS, Repositories, repositories
from hub.runtime.clock import FakeClock
from hub.store.around import DocumentsAround
from hub.store.crypto import KeyProblem, KeyRing, Vault
from hub.store.documents import Stored, Where
from hub.store.memory_documents import MemoryDocuments
from hub.store.unreadable import Unreadable
from ivr.evidence.recordings import RecordingState, relative_path
from tests.unit.ivr.waves import wav

RING, REPORTS = KeyRing.fresh(), KeyRing.fresh()


def said(id: str) -> bytes:
    return wav(0.2, level=100 + int(id))


class Office:
    """A store with cases, each with a recording of its own that a provider has."""

    def __init__(self, folder: Path, ring: KeyRing = RING, reports: KeyRing | None = REPORTS) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.documents = MovingDocuments(MemoryDocuments(COLLECTIONS, clock=self.clock))
        self.keys(ring, reports)

    def keys(self, ring: KeyRing, reports: KeyRing | None) -> None:
        """The same store with these keys."""
        self.vault = Vault(ring)
        self.stores: Repositories = repositories(self.documents, self.vault, cities={})
        self.files = RecordingFiles(self.folder, self.vault, Vault(reports) if reports else None)
        self.seal = SealRecordings(self.documents, self.stores, self.files, pause_seconds=0)

    async def add(self, id: str, compartment: Compartment, *, fetched: bool = True) -> Recording:
        now = self.clock.now_ms()
        case = Case(
            id,
            f"2026{id}",
            now,
            now,
            Proceeding(Track.CONSULT, CaseState.REGISTERED),
            Origin("v", "voice"),
            compartment=compartment,
        )
        row = Recording(id, "call", "v", f"RE{id}", id, "story", RecordingState.PENDING, now, url=id)
        await self.documents.commit([self.stores.cases.insert(case), self.stores.recordings.insert(row)])
        if fetched:
            await self.fetch()
        return await self.recording(id)

    async def fetch(self) -> None:
        keep = KeepRecording(self.documents, self.stores, {"v": Provider()}, self.files, self.clock)
        for found in await keep.due():
            await keep(found)

    async def recording(self, id: str) -> Recording:
        found = await self.stores.recordings.get(id)
        assert found
        return found.value

    async def move(self, id: str, compartment: Compartment) -> None:
        found = await self.stores.cases.get(id)
        assert found
        moved = replace(found.value, compartment=compartment)
        await self.documents.commit([self.stores.cases.update(moved, found.version)])

    async def sealed_with(self, id: str) -> str:
        return self.files.key_of((await self.recording(id)).sha256)

    async def sealed_on_disk(self) -> str:
        [sha256] = self.files.ids()
        return self.files.key_of(sha256)

    async def work(self) -> None:
        while await self.seal.step():
            pass

    async def put_in_the_clear(self, id: str) -> Path:
        """As an earlier release left it."""
        recording = await self.recording(id)
        path = self.folder / relative_path(recording.sha256)
        content = self.files.content(recording)
        path.unlink()
        path.write_bytes(content)
        path.chmod(0o440)
        return path


class Provider:
    """Has a recording for each case."""

    async def fetch(self, url: str) -> RecordedAudio:
        return RecordedAudio(said(url))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "recordings")


async def test_what_is_behind_the_compartment_is_heard_with_its_own_keys_only(office: Office) -> None:
    ordinary = await office.add("1", Compartment.NONE)
    hidden = [await office.add("2", Compartment.REPORT), await office.add("3", Compartment.SCREENING)]
    assert await office.sealed_with("1") == RING.current
    without = RecordingFiles(office.folder, Vault(RING), None)
    assert without.content(ordinary) == said("1")
    for recording in hidden:
        assert office.files.key_of(recording.sha256) == REPORTS.current
        assert without.state(recording.sha256) is FileState.LOCKED
        with pytest.raises(Unreadable), without.opened(recording) as file:
            file.read()
        assert hashlib.sha256(office.files.content(recording)).hexdigest() == recording.sha256
    with pytest.raises(KeyProblem):
        without.keep(wav(0.3), hashlib.sha256(wav(0.3)).hexdigest(), behind=True)


async def test_a_recording_follows_its_case_behind_the_compartment_and_out_of_it(office: Office) -> None:
    recording = await office.add("1", Compartment.NONE)
    for compartment, key in (
        (Compartment.SCREENING, REPORTS.current),
        (Compartment.REPORT, REPORTS.current),
        (Compartment.NONE, RING.current),
    ):
        await office.move("1", compartment)
        await office.work()
        assert await office.sealed_with("1") == key
        assert office.files.state(recording.sha256) is FileState.WHOLE
    assert await office.stores.recordings.moves.waiting(limit=9) == []


async def test_killed_between_the_move_and_the_file_it_is_done_after_the_next_start(office: Office) -> None:
    await office.add("1", Compartment.NONE)
    await office.work()  # all of it was gone through before
    await office.move("1", Compartment.REPORT)
    assert await office.sealed_with("1") == RING.current
    office.keys(RING, REPORTS)
    await office.work()
    assert await office.sealed_with("1") == REPORTS.current


class MovesMeanwhile(DocumentsAround):
    """A store in which somebody moves the case after the file was kept and before its row is written."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.documents)
        self._office = office
        self._moved = False
        self.find = self._find

    async def _find(self, collection: str, where: Where, **rest: Any) -> list[Stored]:
        if collection == "evidence" and not self._moved:
            self._moved = True
            assert await self._office.sealed_on_disk() == RING.current
            await self._office.move("1", Compartment.REPORT)
        return await self._documents.find(collection, where, **rest)


async def test_a_case_that_moves_while_its_recording_is_kept_gets_it_on_the_right_side(
    office: Office,
) -> None:
    await office.add("1", Compartment.NONE, fetched=False)
    stores = repositories(MovesMeanwhile(office), Vault(RING), cities={})
    keep = KeepRecording(office.documents, stores, {"v": Provider()}, office.files, office.clock)
    for found in await keep.due():
        await keep(found)
    assert (await office.recording("1")).state is RecordingState.SEALED
    assert await office.sealed_with("1") == REPORTS.current


async def test_what_an_earlier_release_left_in_the_clear_is_read_and_sealed(office: Office) -> None:
    await office.add("1", Compartment.NONE)
    hidden = await office.add("2", Compartment.REPORT)
    stray = wav(0.4, level=9)
    office.files.keep(stray, hashlib.sha256(stray).hexdigest(), behind=False)
    paths = [await office.put_in_the_clear(id) for id in ("1", "2")]
    orphan = office.folder / relative_path(hashlib.sha256(stray).hexdigest())
    orphan.unlink()
    orphan.write_bytes(stray)
    with office.files.opened(hidden) as file:
        assert file.read(44, 90) == said("2")[44:90]
    assert office.files.state(hidden.sha256) is FileState.WHOLE
    await office.work()
    assert [await office.sealed_with(id) for id in ("1", "2")] == [RING.current, REPORTS.current]
    assert office.files.key_of(hashlib.sha256(stray).hexdigest()) == REPORTS.current
    for path in (*paths, orphan):
        assert b"WAVE" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o440


async def test_cut_off_in_the_middle_of_many_it_goes_on_where_it_was(office: Office) -> None:
    ids = [f"{number:02}" for number in range(23)]
    for id in ids:
        await office.add(id, Compartment.NONE)
        await office.put_in_the_clear(id)

    async def in_the_clear() -> int:
        return [await office.sealed_with(id) for id in ids].count("")

    assert await office.seal.step()
    assert await in_the_clear() == 3
    cursor = await office.stores.cursors.get("recordings sealed")
    assert cursor.value.startswith(f"{RING.current}+{REPORTS.current} ")
    office.keys(RING, REPORTS)  # started again
    assert not await office.seal.step()
    assert {await office.sealed_with(id) for id in ids} == {RING.current}


async def test_killed_while_a_file_is_replaced_there_is_always_a_whole_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = await office.add("1", Compartment.NONE)
    path = await office.put_in_the_clear("1")

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            await office.work()
    assert path.read_bytes() == said("1")
    assert office.files.content(recording)
    await office.work()
    assert await office.sealed_with("1") == RING.current


async def test_after_new_keys_became_current_every_file_is_sealed_anew_on_its_side(office: Office) -> None:
    await office.add("1", Compartment.NONE)
    await office.add("2", Compartment.REPORT)
    await office.work()
    ring, reports = RING.rotated(), REPORTS.rotated()
    office.keys(ring, REPORTS)
    await office.work()
    assert [await office.sealed_with(id) for id in ("1", "2")] == [ring.current, REPORTS.current]
    office.keys(ring, reports)
    await office.work()
    assert [await office.sealed_with(id) for id in ("1", "2")] == [ring.current, reports.current]


async def test_one_that_does_not_open_is_left_and_holds_up_no_other(office: Office) -> None:
    damaged = await office.add("1", Compartment.NONE)
    await office.add("2", Compartment.NONE)
    path = office.folder / relative_path(damaged.sha256)
    raw = bytearray(path.read_bytes())
    raw[-60] ^= 1
    path.chmod(0o640)
    path.write_bytes(raw)
    await office.move("1", Compartment.REPORT)
    await office.move("2", Compartment.REPORT)
    await office.work()
    assert path.read_bytes() == bytes(raw)
    assert await office.sealed_with("2") == REPORTS.current
    assert office.files.state(damaged.sha256) is FileState.WRONG
    path.unlink()
    path.mkdir()  # nor does one the disk does not give
    with pytest.raises(Unreadable):
        office.files.content(damaged)
    assert office.files.state(damaged.sha256) is FileState.WRONG
    await office.move("1", Compartment.NONE)
    await office.work()
    assert await office.stores.recordings.moves.waiting(limit=9) == []


async def test_a_full_disk_leaves_the_note_of_the_move(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await office.add("1", Compartment.NONE)
    await office.move("1", Compartment.REPORT)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        for _ in range(2):
            assert not await office.seal.step()
    assert caplog.text.count("recordings.not_sealed") == 1
    assert await office.sealed_with("1") == RING.current
    await office.work()
    assert await office.sealed_with("1") == REPORTS.current


async def test_sealing_again_what_is_there_changes_nothing_and_mends_what_is_damaged(office: Office) -> None:
    recording = await office.add("1", Compartment.NONE)
    path, content = office.folder / relative_path(recording.sha256), said("1")
    before = path.stat().st_ino
    office.files.keep(content, recording.sha256, behind=False)
    assert path.stat().st_ino == before
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1])
    office.files.keep(content, recording.sha256, behind=False)
    assert office.files.content(recording) == content
    assert [path.name for path in office.folder.rglob("*.part")] == []


async def test_a_part_that_can_be_read_does_not_mend_a_damaged_recording(office: Office) -> None:
    await office.add("1", Compartment.NONE, fetched=False)
    said = wav(8.0, level=3)
    sha256 = hashlib.sha256(said).hexdigest()
    office.files.keep(said, sha256, behind=False)
    recording = replace(await office.recording("1"), sha256=sha256)
    path = office.folder / relative_path(sha256)
    whole = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(whole[:-60] + bytes([whole[-60] ^ 1]) + whole[-59:])
    with pytest.raises(Unreadable), office.files.opened(recording) as file:
        file.read()
    with office.files.opened(recording) as file:
        assert file.read(0, 100) == said[:100]
    assert len(office.vault.unreadable) == 1
    path.write_bytes(whole)
    assert office.files.content(recording) == said
    assert len(office.vault.unreadable) == 0
