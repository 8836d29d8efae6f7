"""What a caller said is kept although callbacks, downloads, announced lengths or the recogniser fail."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.address import phone
from channels.contract import CallEvent, CallEventKind
from channels.loopback.faults import Fault, FaultKind, Resource
from channels.loopback.script import CallConditions, CallerAction, HangUp, Press, RecordingNews, Speak
from hub.actions.calls.find_recordings import FindRecordings
from hub.actions.calls.keep_recording import KeepRecording
from hub.actions.calls.note_recording import NoteRecording
from hub.check.recordings import check_recordings
from hub.model.agent import Role
from hub.model.call import Recording
from hub.model.cases.case import Case
from hub.model.track import Compartment
from hub.repositories.evidence.recording_files import FileState
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Level
from hub.store.documents import Update
from ivr.evidence.chain import breaks
from ivr.evidence.recordings import ASK_SECONDS, NEWS_SECONDS, Doubt, RecordingState
from tests.journeys.test_evidence import log_in
from tests.world import World, browser, eventually, world

VOSK = Path(__file__).parents[1] / "data" / "vosk"
SPOKEN = VOSK / "wavs" / "grammar_words_002.wav"
LOST = CallConditions(recording_news=RecordingNews.LOST)


@pytest.fixture
def still() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hub(tmp_path: Path, still: FakeClock) -> AsyncIterator[World]:
    """A hub whose time the test moves."""
    async with world(tmp_path, clock=still) as running:
        yield running


async def complain(
    hub: World, conditions: CallConditions | None = None, *, seconds: float = 4, audio: bytes = b""
) -> None:
    keys = [Press("1"), Press("2"), Press("#"), Press("#")]
    script: list[CallerAction] = [*keys, Speak(seconds, audio=audio), Press("1"), Press("1")]
    await hub.carrier.place_call("12389", script, conditions=conditions)


async def cases(hub: World) -> list[Case]:
    found = await hub.hub.repositories.agents.by_login("inspector")
    agent = found.value if found else await hub.agent(Role.INSPECTOR)
    return [row.case for row in (await hub.hub.actions.read_queue.page(agent)).rows]


async def recordings(hub: World) -> list[Recording]:
    """All of all cases."""
    return [
        one for case in await cases(hub) for one in await hub.hub.repositories.recordings.of_case(case.id)
    ]


async def sealed(hub: World) -> Recording:
    """The only recording there is, as soon as it is sealed."""

    async def look() -> list[Recording]:
        return [one for one in await recordings(hub) if one.state is RecordingState.SEALED]

    [recording] = await eventually(look)
    assert len(await recordings(hub)) == 1
    assert hub.hub.recordings.state(recording.sha256) is FileState.WHOLE
    assert breaks(await hub.hub.repositories.recordings.links()) == ()
    return recording


async def fetch(hub: World) -> None:
    """One round over what is due now, without waiting for the job's own."""
    keep = KeepRecording(
        hub.hub.documents,
        hub.hub.repositories,
        {name: line.fetches for name, line in hub.hub.voice.items()},
        hub.hub.recordings,
        hub.hub.clock,
    )
    for found in await keep.due():
        await keep(found)


async def ready(hub: World) -> tuple[int, list[str]]:
    async with hub.http.get(f"{hub.url}/readyz") as answer:
        return answer.status, (await answer.json())["issues"]


async def details(hub: World) -> dict[str, int]:
    async with hub.http.get(f"{hub.url}/readyz") as answer:
        told: dict[str, int] = (await answer.json()).get("details", {})
        return told


async def checked(hub: World) -> list[Level]:
    """What `hub check` says of recordings."""
    found = check_recordings(hub.hub.documents, hub.hub.clock, hears=False)
    return [finding.level async for finding in found]


async def case_page(hub: World) -> str:
    [case] = await cases(hub)
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "inspector")
        async with theirs.get(f"{hub.url}/staff/cases/{case.id}") as page:
            return await page.text()


@pytest.mark.parametrize("names_recordings", [True, False])
async def test_a_recording_is_fetched_although_its_callback_is_lost(
    hub: World, still: FakeClock, names_recordings: bool
) -> None:
    await complain(hub, replace(LOST, names_recordings=names_recordings))
    await fetch(hub)
    assert [one.state for one in await recordings(hub)] == [RecordingState.TAKING]
    still.advance(seconds=NEWS_SECONDS)
    await fetch(hub)
    await sealed(hub)


@pytest.mark.parametrize("news", [RecordingNews.BEFORE_STEP, RecordingNews.AFTER_STEP])
async def test_an_action_without_an_id_and_its_callback_are_one_recording(
    hub: World, news: RecordingNews
) -> None:
    await complain(hub, CallConditions(recording_news=news, names_recordings=False))
    await sealed(hub)


@pytest.mark.parametrize(("announced", "doubt"), [("", Doubt.NONE), ("30", Doubt.SHORTER)])
async def test_a_recording_is_kept_whatever_length_was_announced(
    hub: World, announced: str, doubt: Doubt
) -> None:
    await complain(hub, CallConditions(announced=announced))
    recording = await sealed(hub)
    assert (recording.duration_ms, recording.reason) == (4000, doubt)
    assert ("录音比运营商报告的短" in await case_page(hub)) is bool(doubt)


async def test_a_recording_nobody_ever_told_of_is_found_at_the_provider_once(
    hub: World, still: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    hub.carrier.faults.add(Fault(FaultKind.UNAVAILABLE, where=Resource.RECORDING_LISTS))
    await complain(hub, CallConditions(loses_recorded_step=True), audio=SPOKEN.read_bytes())
    stores = hub.hub.repositories
    lists = {name: line.lists for name, line in hub.hub.voice.items()}
    find = FindRecordings(hub.hub.documents, stores, lists, NoteRecording(stores, {}), still)
    await find.step()
    assert await recordings(hub) == []
    still.advance(seconds=ASK_SECONDS[0])
    await find.step()  # the provider cannot be asked
    assert await recordings(hub) == []
    still.advance(seconds=ASK_SECONDS[1])
    await find.step()
    await find.step()
    recording = await sealed(hub)
    assert hub.hub.recordings.content(recording) == SPOKEN.read_bytes()
    assert caplog.text.count("recording.found") == 1
    still.advance(seconds=ASK_SECONDS[-1])
    assert await stores.calls.to_ask(still.now_ms(), limit=9) == []


async def test_nobody_is_asked_about_a_call_that_lacks_nothing(hub: World, still: FakeClock) -> None:
    await complain(hub)
    await sealed(hub)
    await hub.carrier.place_call("12389", [HangUp()])
    calls = hub.hub.repositories.calls
    assert await calls.to_ask(still.now_ms() + 86_400_000, limit=9) == []
    await hub.carrier.place_call("12389", [*map(Press, ("1", "2", "#", "#")), HangUp()])
    [broken_off] = await calls.to_ask(still.now_ms() + 86_400_000, limit=9)
    assert broken_off.value.ask_at == still.now_ms() + ASK_SECONDS[0] * 1000


async def test_one_that_hangs_holds_up_no_other(hub: World) -> None:
    drip = Fault(FaultKind.DRIP, times=8, where=Resource.RECORDINGS, seconds=1.0)
    hub.carrier.faults.add(drip)
    for _ in range(2):
        await complain(hub)

    async def both_hang() -> bool:
        return hub.carrier.faults.left(drip) <= 6

    assert await eventually(both_hang)
    hub.carrier.faults.clear()
    await complain(hub)

    async def good() -> list[RecordingState]:
        states = sorted(one.state for one in await recordings(hub))
        return states if RecordingState.SEALED in states else []

    assert await eventually(good) == [*[RecordingState.PENDING] * 2, RecordingState.SEALED]


async def test_of_one_that_always_breaks_off_the_part_that_came_is_kept(hub: World, still: FakeClock) -> None:
    hub.carrier.faults.add(Fault(FaultKind.CUT, times=None, where=Resource.RECORDINGS))
    await complain(hub, LOST, seconds=30)
    for wait in (NEWS_SECONDS, 10):
        still.advance(seconds=wait)
        await fetch(hub)
        [waiting] = await recordings(hub)
        assert (waiting.state, waiting.reason) == (RecordingState.PENDING, Doubt.CUT_OFF)
        assert waiting.path
    still.advance(seconds=60)
    await fetch(hub)
    recording = await sealed(hub)
    assert recording.reason == Doubt.CUT_OFF
    assert 10_000 < recording.duration_ms < 20_000


async def test_of_one_that_broke_off_once_the_whole_is_sealed(hub: World, still: FakeClock) -> None:
    hub.carrier.faults.add(Fault(FaultKind.CUT, where=Resource.RECORDINGS))
    await complain(hub, LOST, seconds=30)
    for wait in (NEWS_SECONDS, 10):
        still.advance(seconds=wait)
        await fetch(hub)
    recording = await sealed(hub)
    assert (recording.duration_ms, recording.reason) == (30_000, "")


async def test_a_page_that_is_no_audio_is_not_taken_for_it(hub: World, still: FakeClock) -> None:
    hub.carrier.faults.add(Fault(FaultKind.GARBAGE, where=Resource.RECORDINGS))
    await complain(hub, LOST)
    still.advance(seconds=NEWS_SECONDS)
    await fetch(hub)
    [waiting] = await recordings(hub)
    assert (waiting.state, waiting.path) == (RecordingState.PENDING, "")
    still.advance(seconds=10)
    await fetch(hub)
    assert (await sealed(hub)).reason == ""


async def moved(hub: World, compartment: Compartment) -> None:
    """The case of the recording stands on that side, as one of another line does."""
    documents = hub.hub.documents
    [case_id] = [row.body["case_id"] async for row in documents.scan("recordings")]
    case = await documents.get("cases", case_id)
    assert case is not None
    await documents.commit([Update("cases", case.id, {"compartment": compartment}, case.version)])


async def test_one_that_does_not_come_is_told_to_everybody_who_should_know(
    hub: World, still: FakeClock
) -> None:
    hub.carrier.faults.add(Fault(FaultKind.NOT_FOUND, times=None, where=Resource.RECORDINGS))
    await complain(hub, LOST)
    for wait in (NEWS_SECONDS, 10, 60):
        still.advance(seconds=wait)
        await fetch(hub)
    assert await ready(hub) == (200, [])
    still.advance(seconds=300)
    await fetch(hub)
    assert await ready(hub) == (200, [])  # of a report nothing is told outside, not even that
    assert await checked(hub) == [Level.WARN]
    assert "录音未取到" in await case_page(hub)
    await moved(hub, Compartment.NONE)
    assert await ready(hub) == (200, ["recordings overdue"])
    assert await details(hub) == {"recordings overdue": 1}
    await moved(hub, Compartment.REPORT)
    hub.carrier.faults.clear()
    still.advance(seconds=1800)
    await fetch(hub)
    await sealed(hub)
    assert await ready(hub) == (200, [])
    assert await checked(hub) == [Level.OK]
    assert "录音未取到" not in await case_page(hub)
    assert await details(hub) == {}


async def test_a_disk_that_fails_delays_a_recording_and_no_row_says_otherwise(
    hub: World, still: FakeClock
) -> None:
    folder = hub.hub.settings.files.path / "recordings"
    folder.parent.mkdir(exist_ok=True)
    folder.touch()
    await complain(hub, LOST)
    still.advance(seconds=NEWS_SECONDS)
    await fetch(hub)
    [waiting] = await recordings(hub)
    assert (waiting.state, waiting.sha256) == (RecordingState.PENDING, "")
    folder.unlink()
    still.advance(seconds=10)
    await fetch(hub)
    await sealed(hub)


async def test_what_was_said_in_a_call_the_store_does_not_know_is_kept(hub: World) -> None:
    url = hub.carrier.add_recording(SPOKEN.read_bytes())
    call = "CA" + "8" * 32
    event = CallEvent(
        channel="voice-12389",
        call_id=call,
        kind=CallEventKind.RECORDING_READY,
        event_id="e1",
        line="12389",
        caller=phone(""),
        received_at=hub.hub.clock.now_ms(),
        recording_id=url.rpartition("/")[2],
        recording_url=url,
    )
    handle, render = hub.hub.actions.handle_call, hub.hub.voice["voice-12389"].renders.render
    action = replace(event, kind=CallEventKind.RECORDED, event_id="e0")
    answer = await handle(action, render)
    assert answer
    assert "请重新拨打" in answer.body
    assert "<Hangup" in answer.body
    for _ in range(2):
        assert await handle(event, render) is None
    stores = hub.hub.repositories

    async def kept() -> list[Recording]:
        found = await stores.recordings.of_call(stores.calls.id_for("voice-12389", call))
        return [one.value for one in found if one.value.state is RecordingState.SEALED]

    [recording] = await eventually(kept)
    assert recording.case_id == ""
    assert await checked(hub) == [Level.WARN]
    assert [link.sha256 for link in await stores.recordings.links()] == [recording.sha256]


# --- words -------------------------------------------------------------------------------------------


async def test_a_model_that_does_not_load_delays_words_and_nothing_else(tmp_path: Path) -> None:
    model = tmp_path / "model"
    for part in ("am", "conf"):
        (model / part).mkdir(parents=True)
    async with world(tmp_path, model=model) as hub:
        await complain(hub, audio=SPOKEN.read_bytes())
        await sealed(hub)

        async def told() -> bool:
            return await ready(hub) == (200, ["speech"])

        assert await eventually(told)
        assert [one.state for one in await recordings(hub)] == [RecordingState.SEALED]
    async with world(tmp_path, model=VOSK / "model-8k") as hub:

        async def heard() -> list[Recording]:
            return [one for one in await recordings(hub) if one.state is RecordingState.TRANSCRIBED]

        [recording] = await eventually(heard)
        assert (recording.transcript, recording.engine) == ("违章", "vosk model-8k")
        assert [word.text for word in recording.words] == ["违章"]
        assert "识别可信度" in await case_page(hub)
        assert await ready(hub) == (200, [])


async def test_what_could_not_be_recognised_before_is_tried_again_at_the_start(tmp_path: Path) -> None:
    async with world(tmp_path) as hub:
        await complain(hub, audio=SPOKEN.read_bytes())
        recording = await sealed(hub)
        found = await hub.hub.repositories.recordings.get(recording.id)
        assert found
        next_at = found.value.next_at + 30 * 86_400_000
        failed = replace(found.value, state=RecordingState.TRANSCRIPT_FAILED, next_at=next_at)
        await hub.hub.documents.commit([hub.hub.repositories.recordings.update(failed, found.version)])
        assert await details(hub) == {}
        await moved(hub, Compartment.NONE)
        assert await details(hub) == {"transcripts failed": 1}
        await moved(hub, Compartment.REPORT)
        assert await ready(hub) == (200, [])
    async with world(tmp_path, model=VOSK / "model-8k") as hub:

        async def heard() -> list[str]:
            return [one.transcript for one in await recordings(hub) if one.transcript]

        assert await eventually(heard) == ["违章"]


async def test_a_recogniser_that_hangs_holds_up_no_recording(tmp_path: Path) -> None:
    async with world(tmp_path, model=VOSK / "model-8k") as hub:

        async def started() -> list[int]:
            return workers()

        [worker] = await eventually(started)
        os.kill(worker, signal.SIGSTOP)
        for _ in range(2):
            await complain(hub, audio=SPOKEN.read_bytes())

        async def both() -> bool:
            return [one.state for one in await recordings(hub)] == [RecordingState.SEALED] * 2

        assert await eventually(both)
        os.kill(worker, signal.SIGCONT)

        async def heard() -> bool:
            return [one.transcript for one in await recordings(hub)] == ["违章"] * 2

        assert await eventually(heard)


def workers() -> list[int]:
    """The processes of ours that recognise."""
    children = [
        int(pid)
        for task in Path(f"/proc/{os.getpid()}/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]
    return [pid for pid in children if b"vosk_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
