"""A handler hears a recording on its case: the picture, the lines, a correction beside the original."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from channels.loopback.script import CallerAction, Press, Speak
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.model.agent import Role
from hub.model.call import Redaction
from hub.model.cases.history import HistoryKind
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


async def test_a_span_is_taken_out_of_what_goes_out_and_the_original_stays(tmp_path: Path) -> None:
    async with world(tmp_path) as at:
        case_id = await heard(at, "他 叫 张 三")
        inspector = await at.hub.repositories.agents.by_login("inspector")
        assert inspector
        stores, agent = at.hub.repositories, inspector.value
        [before] = await stores.recordings.of_case(case_id)
        word = before.words[2]
        audio = f"/staff/cases/{case_id}/recordings/{before.id}"
        async with browser(at.url) as page:
            await log_in(at, page, "inspector")

            async def told(path: str) -> bytes:
                async with page.get(f"{at.url}{audio}{path}") as answer:
                    assert answer.status == 200
                    return await answer.read()

            async def redact(**form: str) -> tuple[int, str]:
                view = await at.hub.actions.read_cases.open(agent, case_id)
                form = {"csrf": csrf, "version": str(view.version), **form}
                async with page.post(f"{at.url}{audio}/redact", data=form, headers=SAME_ORIGIN) as answer:
                    return answer.status, await answer.text()

            async with page.get(f"{at.url}/staff/cases/{case_id}") as answer:
                text = await answer.text()
            found = re.search(r'name="csrf" value="([^"]*)"', text)
            assert found
            csrf, original = found[1], await told("?original")
            span = {"start": f"{word.start_seconds:.3f}", "end": f"{word.end_seconds:.3f}"}
            status, text = await redact(start="1:0x", end="5", reason="隐私")
            assert status == 422
            assert "请填写起点和终点" in text
            assert 'value="隐私"' in text
            status, text = await redact(**span, reason=" ")
            assert status == 422
            assert "请填写理由" in text
            status, text = await redact(**span, reason="第三人姓名")
            assert status == 200
            assert re.findall(r'data-at="[^"]*"[^>]*>([^<]*)<', text) == ["他", "叫", "■", "三"]
            assert "第三人姓名" in text
            copy = await told("?copy")
            assert await told("") == copy != original
            assert await told("?original") == original
            [after] = await stores.recordings.of_case(case_id)
            assert after.sha256 == before.sha256 == hashlib.sha256(original).hexdigest()
            assert after.transcript == "他叫张三"
            [entry] = [
                one
                for one in await stores.cases.whole_history(case_id)
                if one.kind is HistoryKind.RECORDING_REDACTED
            ]
            assert entry.actor == agent.id
            assert entry.facts["copy"] == hashlib.sha256(copy).hexdigest()
            status, text = await redact(number="0", reason="位置不对")
            assert status == 200
            assert "张" in re.findall(r'data-at="[^"]*"[^>]*>([^<]*)<', text)
            assert await told("") == original
        await _ordinary_staff_hear_the_copy_and_cannot_take_the_original(at, case_id)


async def _ordinary_staff_hear_the_copy_and_cannot_take_the_original(at: World, case_id: str) -> None:
    stores = at.hub.repositories
    await at.carrier.send_text("+8613800138011", "12110", "楼下烧烤店每天深夜占道经营没有人管")
    handler = await at.agent(Role.HANDLER)
    [row] = (await at.hub.actions.read_queue.page(handler)).rows
    [found] = await stores.recordings.of_case(case_id)
    kept = await stores.recordings.get(found.id)
    assert kept
    span = Redaction(0, 300, "sun", 1)
    moved = replace(found, case_id=row.case.id, redactions=(span,))
    await at.hub.documents.commit([stores.recordings.update(moved, kept.version)])
    audio = f"{at.url}/staff/cases/{row.case.id}/recordings/{found.id}"
    async with browser(at.url) as page:
        await log_in(at, page, "handler")
        async with page.get(f"{audio}?copy") as answer:
            assert answer.status == 200
            assert hashlib.sha256(await answer.read()).hexdigest() != found.sha256
        async with page.get(f"{audio}?original") as answer:
            assert answer.status == 403
        async with page.get(f"{at.url}/staff/cases/{row.case.id}") as answer:
            text = await answer.text()
        assert "?copy" in text
        assert "?original" not in text
        assert "撤销消音" not in text
