"""A handler hears a recording on its case: the picture, the lines, a correction beside the original."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.loopback.script import CallerAction, Press, Speak
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.model.agent import Role
from hub.runtime.errors import Invalid, NotFound, Stale
from ivr.evidence.recordings import RecordingState
from ivr.speech.scripted import ScriptedEngine
from tests.journeys.test_evidence import SAME_ORIGIN, log_in
from tests.world import World, browser, eventually, world

_KEYS = ("1", "2", "#", "#")


async def heard(at: World, said: str) -> str:
    """The case of a call in which `said` was recognised."""
    script: list[CallerAction] = [*map(Press, _KEYS), Speak(4), Press("1"), Press("1")]
    await at.carrier.place_call("12389", script)
    hub, stores = at.hub, at.hub.repositories
    [row] = (await hub.actions.read_queue.page(await at.agent(Role.INSPECTOR))).rows

    async def sealed() -> str:
        found = await stores.recordings.of_case(row.case.id)
        return found[0].sha256 if found[0].state is RecordingState.SEALED else ""

    engine = ScriptedEngine({await eventually(sealed): said})
    hear = TranscribeRecording(hub.documents, stores, hub.recordings, hub.clock, engine, hub.understand)
    assert await hear.work()
    return row.case.id


async def test_a_recording_is_drawn_read_and_corrected(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        case_id = await heard(at, "他 叫 张 三")
        inspector = await at.hub.repositories.agents.by_login("inspector")
        assert inspector
        view = await at.hub.actions.read_cases.open(inspector.value, case_id)
        [recording] = view.recordings
        audio = f"/staff/cases/{case_id}/recordings/{recording.id}"
        async with browser(at.url) as page:
            await log_in(at, page, "inspector")
            async with page.get(f"{at.url}{audio}/waveform") as picture:
                assert picture.content_type == "image/svg+xml"
                assert "<path d=" in await picture.text()
            async with page.get(f"{at.url}/staff/cases/{case_id}") as answer:
                text = await answer.text()
            assert text.count('data-at="') == 4
            csrf = re.search(r'name="csrf" value="([^"]*)"', text)
            assert csrf
            form = {"csrf": csrf[1], "version": str(view.version), "start_ms": "0", "text": "他叫张山"}
            async with page.post(f"{at.url}{audio}/correct", data=form, headers=SAME_ORIGIN) as answer:
                text = await answer.text()
            corrected = re.search(r'heard-corrected"><strong>更正：</strong>([^<]*) <span', text)
            assert corrected
            assert corrected[1] == "他叫张山"
            assert text.count('data-at="') == 4  # the recogniser's words are there as before
            async with page.post(f"{at.url}{audio}/correct", data=form, headers=SAME_ORIGIN) as answer:
                assert answer.status == 409  # the case is another by now
                assert "他叫张山</textarea>" in (await answer.text()).replace(
                    "\n", ""
                )  # what was typed stays
            async with page.get(f"{at.url}{audio}x/waveform") as answer:
                assert answer.status == 404
        async with browser(at.url) as page:
            await at.agent(Role.HANDLER)
            await log_in(at, page, "handler")
            async with page.get(f"{at.url}{audio}/waveform") as answer:
                assert answer.status == 404  # the case is none for a handler


async def test_a_correction_is_refused_with_its_reason_and_taken_back_by_nothing(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as at:
        case_id = await heard(at, "他 叫 张 三")
        found = await at.hub.repositories.agents.by_login("inspector")
        assert found
        agent, correct = found.value, at.hub.actions.desk.correct_transcript

        async def now() -> tuple[int, str]:
            view = await at.hub.actions.read_cases.open(agent, case_id)
            return view.version, view.recordings[0].id

        version, id = await now()
        with pytest.raises(Invalid, match="text"):
            await correct(agent, case_id, id, start_ms=0, text="字" * 501, version=version)
        with pytest.raises(NotFound):
            await correct(agent, case_id, id, start_ms=7, text="字", version=version)
        with pytest.raises(NotFound):
            await correct(await at.agent(Role.HANDLER), case_id, id, start_ms=0, text="字", version=version)
        await correct(agent, case_id, id, start_ms=0, text="他叫 张山", version=version)
        with pytest.raises(Stale):
            await correct(agent, case_id, id, start_ms=0, text="", version=version)
        version, id = await now()
        await correct(agent, case_id, id, start_ms=0, text=" ", version=version)
        [recording] = (await at.hub.actions.read_cases.open(agent, case_id)).recordings
        assert recording.corrections == ()
        assert recording.transcript == "他叫张三"
