"""What a caller said lies nowhere in the clear; a report is not heard with the keys of everything else."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from channels.loopback.faults import Fault, FaultKind, Resource
from channels.loopback.script import CallerAction, Press, Speak, Utter
from hub.model.agent import Role
from hub.model.call import Recording
from hub.repositories.evidence.recording_files import FileState, RecordingFiles
from hub.store.crypto import KeyRing, Vault, load_ring
from hub.store.documents import Delete
from hub.store.sealed_file import MAGIC
from ivr.evidence.recordings import RecordingState
from tests.journeys.test_evidence import log_in
from tests.journeys.test_recordings import SPOKEN, VOSK, case_page, cases, recordings
from tests.world import World, browser, eventually, world

ROOT = Path(__file__).parents[2]
KEYS = ("1", "2", "#", "#")
SAID = SPOKEN.read_bytes()
RUN = SAID[15020:15084]
"""A piece of sound that is nowhere by chance."""


def in_the_clear(folder: Path) -> list[str]:
    """Files below a folder that hold the piece of sound, however it is cut into blocks."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and RUN in path.read_bytes()]


async def report(hub: World) -> None:
    script: list[CallerAction] = [*map(Press, KEYS), Speak(4, audio=SAID), Press("1"), Press("1")]
    await hub.carrier.place_call("12389", script)


async def test_a_report_is_fetched_recognised_and_played_and_never_lies_in_the_clear(tmp_path: Path) -> None:
    assert len(set(RUN)) > 20
    async with world(tmp_path, model=VOSK / "model-8k") as hub:
        await report(hub)

        async def heard() -> list[Recording]:
            return [one for one in await recordings(hub) if one.state is RecordingState.TRANSCRIBED]

        [recording] = await eventually(heard)
        assert recording.transcript == "违章"
        assert in_the_clear(tmp_path) == []
        [case] = await cases(hub)
        path = f"{hub.url}/staff/cases/{case.id}/recordings/{recording.id}"
        async with browser(hub.url) as theirs:
            await log_in(hub, theirs, "inspector")
            for asked, got in (({}, SAID), ({"Range": "bytes=-100"}, SAID[-100:])):
                async with theirs.get(path, headers=asked) as played:
                    assert await played.read() == got
            async with theirs.get(path, headers={"Range": f"bytes={len(SAID)}-"}) as beyond:
                assert beyond.status == 416
            async with theirs.get(f"{path}/waveform") as drawn:
                assert "<path" in await drawn.text()
        assert "识别可信度" in await case_page(hub)
        assert in_the_clear(tmp_path) == []
        settings = hub.hub.settings
        ring, reports = load_ring(settings.keys.file), load_ring(settings.keys.reports)
        assert ring
        assert reports
        folder = settings.files.path / "recordings"
        assert hub.hub.recordings.key_of(recording.sha256) == reports.current
        alone = RecordingFiles(folder, Vault(ring), None)
        assert alone.state(recording.sha256) is FileState.LOCKED
        both = {**ring.keys, reports.current: next(iter(ring.keys.values()))}
        guessed = RecordingFiles(folder, Vault(KeyRing(ring.current, both, ring.index)), None)
        assert guessed.state(recording.sha256) is FileState.WRONG


async def test_of_a_fetch_that_breaks_off_the_part_that_came_is_sealed_too(tmp_path: Path) -> None:
    async with world(tmp_path) as hub:
        hub.carrier.faults.add(Fault(FaultKind.CUT, times=None, where=Resource.RECORDINGS))
        await report(hub)

        async def part() -> list[Recording]:
            return [one for one in await recordings(hub) if one.path]

        [recording] = await eventually(part)
        assert not recording.is_sealed
        assert hub.hub.recordings.content(recording) == SAID[: len(SAID) // 2]
        assert RUN in SAID[: len(SAID) // 2]
        assert in_the_clear(tmp_path) == []


async def test_put_behind_the_compartment_later_a_recording_is_sealed_with_the_keys_of_reports(
    tmp_path: Path,
) -> None:
    async with world(tmp_path, speech=True) as hub:
        handler, inspector = await hub.agent(Role.HANDLER), await hub.agent(Role.INSPECTOR)
        unclear = Utter("噜噜噜", 0.1)
        await hub.carrier.place_call("12123", [Press("3"), unclear, unclear, Speak(4, audio=SAID)])
        stores, files, keys = hub.hub.repositories, hub.hub.recordings, hub.hub.settings.keys
        ring, reports = load_ring(keys.file), load_ring(keys.reports)
        assert ring
        assert reports

        async def sealed() -> list[Recording]:
            found = [one async for one in stores.recordings.everything()]
            return [one for one in found if one.state is RecordingState.SEALED]

        async def version() -> int:
            found = await stores.cases.get(case_id)
            assert found
            return found.version

        async def sealed_with(key: str) -> None:
            async def look() -> bool:
                return files.key_of(recording.sha256) == key

            assert await eventually(look)
            assert files.content(recording) == SAID

        [recording] = await eventually(sealed)
        case_id = recording.case_id
        await sealed_with(ring.current)
        await hub.hub.actions.suspect_case(handler, case_id, version=await version())
        await sealed_with(reports.current)
        await hub.hub.actions.release_case(inspector, case_id, "不是检举", version=await version())
        await sealed_with(ring.current)
        assert in_the_clear(tmp_path) == []


async def test_what_an_earlier_release_left_in_the_clear_is_sealed_after_the_start(tmp_path: Path) -> None:
    async with world(tmp_path) as hub:
        await report(hub)

        async def here() -> list[Recording]:
            return [one for one in await recordings(hub) if one.is_sealed]

        [recording] = await eventually(here)
        files = hub.hub.settings.files.path / "recordings" / recording.path
        stored = await hub.hub.documents.get("cursors", "recordings sealed")
        if stored:
            await hub.hub.documents.commit([Delete("cursors", stored.id, stored.version)])
    files.unlink()
    files.write_bytes(SAID)
    assert in_the_clear(tmp_path) == [str(files)]
    async with world(tmp_path) as hub:
        assert hub.hub.recordings.content(recording) == SAID

        async def sealed() -> bool:
            return files.read_bytes().startswith(MAGIC)

        assert await eventually(sealed)
        assert hub.hub.recordings.content(recording) == SAID
        assert in_the_clear(tmp_path) == []


_CHILD = """
import hashlib, sys
from pathlib import Path
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.store.crypto import KeyRing, Vault
folder = Path(sys.argv[1])
rings = [Vault(KeyRing.from_json(ring)) for ring in sys.argv[2:]]
files = RecordingFiles(folder / "recordings", *rings)
said = Path(sys.argv[1], "..", "said.wav").read_bytes() * 40
for number in range(100_000):
    content = said + number.to_bytes(4, "big")
    sha256 = hashlib.sha256(content).hexdigest()
    files.keep(content, sha256, behind=False)
    print(sha256, flush=True)
    files.reseal(sha256, behind=True)
"""


@pytest.mark.crash
def test_killed_while_files_are_kept_and_sealed_anew_nothing_is_lost_or_in_the_clear(
    tmp_path: Path,
) -> None:
    (tmp_path / "said.wav").write_bytes(SAID)
    folder = tmp_path / "files"
    folder.mkdir()
    ring, reports = KeyRing.fresh(), KeyRing.fresh()
    command = [sys.executable, "-c", _CHILD, str(folder), ring.to_json(), reports.to_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout
        told = [child.stdout.readline().strip() for _ in range(4)]
        child.send_signal(signal.SIGKILL)
        told += child.stdout.read().split()
    assert child.returncode == -signal.SIGKILL
    assert in_the_clear(folder) == []
    files = RecordingFiles(folder / "recordings", Vault(ring), Vault(reports))
    for sha256 in told:
        assert files.state(sha256) is FileState.WHOLE
