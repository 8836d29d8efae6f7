"""A person corrects a line of what the recogniser heard; the line as it was recognised stays.

The recording is the evidence; the transcript, corrected or not, only helps to find a place in it.
"""

from __future__ import annotations

from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.call import Correction, Recording
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound

MOST_CHARACTERS = 500


class CorrectTranscript:
    """Keeps what a person heard."""

    def __init__(self, casework: Casework, repositories: Repositories, clock: Clock) -> None:
        self._casework = casework
        self._repositories = repositories
        self._clock = clock

    async def __call__(
        self, agent: Agent, case_id: str, recording_id: str, *, start_ms: int, text: str, version: int
    ) -> None:
        """start_ms: the line, by where it begins. An empty text takes a correction back.

        Raises `Invalid`, `NotFound`, `Forbidden` or `Stale`.
        """
        text = " ".join(text.split())
        if len(text) > MOST_CHARACTERS:
            raise Invalid({"text": "更正最多 500 个字"})
        case = await self._casework.take(agent, case_id, Permission.CASE_REPLY, version=version)
        found = await self._repositories.recordings.get(recording_id)
        if found is None or found.value.case_id != case_id:
            raise NotFound("recording")
        line = next((one for one in found.value.segments if one.start_ms == start_ms), None)
        if line is None:
            raise NotFound("line")
        if found.value.hides(line):
            raise Invalid({"text": "这一行有消音的内容，不能更正"})
        now = self._clock.now_ms()
        after, entry = recorded(
            case,
            at=now,
            actor=agent.id,
            kind=HistoryKind.TRANSCRIPT_CORRECTED,
            facts={"recording": recording_id, "start_ms": str(start_ms)},
            text=text,
        )
        corrected = _corrected(found.value, Correction(start_ms, text, agent.id, now))
        await self._casework.commit(
            [
                self._repositories.recordings.update(corrected, found.version),
                self._repositories.cases.update(after, version),
                self._repositories.cases.insert_entry(entry),
            ]
        )


def _corrected(recording: Recording, correction: Correction) -> Recording:
    others = tuple(one for one in recording.corrections if one.start_ms != correction.start_ms)
    return replace(recording, corrections=(*others, correction) if correction.text else others)
