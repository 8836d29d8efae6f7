"""What a recogniser hears in a recording: a flag on its case where it may tell of danger, no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.loopback.script import CallerAction, Press, Speak
from hub.actions.calls.transcribe_recording import TranscribeRecording
from hub.model.agent import Role
from hub.model.cases.case import POSSIBLE_DANGER
from ivr.evidence.recordings import RecordingState
from ivr.speech.scripted import ScriptedEngine
from tests.world import eventually, world

KEYS = ("1", "2", "#", "#")


@pytest.mark.parametrize(
    ("said", "flags"),
    [("隔壁 一直 有 女人 在 喊 救命", (POSSIBLE_DANGER,)), ("路灯 坏 了 好几天", ())],
)
async def test_danger_in_a_recording_is_a_flag_and_never_a_call(
    tmp_path: Path, said: str, flags: tuple[str, ...]
) -> None:
    async with world(tmp_path) as at:
        script: list[CallerAction] = [*map(Press, KEYS), Speak(4), Press("1"), Press("1")]
        await at.carrier.place_call("12389", script)
        hub, stores = at.hub, at.hub.repositories
        [row] = (await hub.actions.read_queue.page(await at.agent(Role.INSPECTOR))).rows

        async def sealed() -> str:
            found = await stores.recordings.of_case(row.case.id)
            return found[0].sha256 if found[0].state is RecordingState.SEALED else ""

        engine = ScriptedEngine({await eventually(sealed): said})
        hear = TranscribeRecording(hub.documents, stores, hub.recordings, hub.clock, engine, hub.understand)
        sent = await hub.documents.count("outbox", {})
        assert await hear.work() == 1
        after = await stores.cases.get(row.case.id)
        assert after
        assert after.value.flags == flags
        assert len([case async for case in hub.documents.scan("cases")]) == 1  # no emergency of its own
        assert await hub.documents.count("outbox", {}) == sent
