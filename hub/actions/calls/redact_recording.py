"""A span of a recording is taken out of what goes out (消音), or put back; the sealed recording stays whole.

Rule protected: the evidence is never changed. What staff hear and read, print and hand out is a copy made
from it each time, with a tone over the spans and without their words; who took them out, when and why
stands in the history of the case, with the digest of the copy.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

from hub.actions.cases.casework import Casework
from hub.model.agent import Agent, Permission
from hub.model.call import Recording, Redaction
from hub.model.cases.case import Case
from hub.model.cases.history import HistoryKind, recorded
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid, NotFound
from hub.store.codec import Versioned
from ivr.evidence.redacted import redacted
from ivr.evidence.wav import BadAudio

MOST_REASON = 200
MOST_SPANS = 50
"""Of one recording."""


class RedactRecording:
    """Takes spans out and puts them back."""

    def __init__(
        self, casework: Casework, repositories: Repositories, recordings: RecordingFiles, clock: Clock
    ) -> None:
        self._casework = casework
        self._repositories = repositories
        self._recordings = recordings
        self._clock = clock

    async def __call__(
        self,
        agent: Agent,
        case_id: str,
        recording_id: str,
        *,
        from_ms: int,
        to_ms: int,
        reason: str,
        version: int,
    ) -> None:
        """Raises `Invalid`, `NotFound`, `Forbidden`, `Stale` or `Unreadable`."""
        case = await self._take(agent, case_id, version)
        found = await self._found(case_id, recording_id)
        problems = _problems(found.value, from_ms, to_ms) | _reason_problem(reason)
        if problems:
            raise Invalid(problems)
        span = Redaction(from_ms, to_ms, agent.id, self._clock.now_ms())
        after = replace(found.value, redactions=(*found.value.redactions, span))
        done = HistoryKind.RECORDING_REDACTED, span, reason
        await self._keep(agent, case, found, after, done, version=version)

    async def put_back(
        self,
        agent: Agent,
        case_id: str,
        recording_id: str,
        *,
        number: int,
        reason: str,
        version: int,
    ) -> None:
        """number: of the span as the page counts them, from 0. Raises as above."""
        case = await self._take(agent, case_id, version)
        found = await self._found(case_id, recording_id)
        if not 0 <= number < len(found.value.redactions):
            raise NotFound("redaction")
        if problem := _reason_problem(reason):
            raise Invalid(problem)
        span = found.value.redactions[number]
        others = tuple(one for one in found.value.redactions if one is not span)
        after = replace(found.value, redactions=others)
        done = HistoryKind.RECORDING_PUT_BACK, span, reason
        await self._keep(agent, case, found, after, done, version=version)

    async def _take(self, agent: Agent, case_id: str, version: int) -> Case:
        return await self._casework.take(agent, case_id, Permission.RECORDING_REDACT, version=version)

    async def _found(self, case_id: str, recording_id: str) -> Versioned[Recording]:
        found = await self._repositories.recordings.get(recording_id)
        if found is None or found.value.case_id != case_id or not found.value.is_sealed:
            raise NotFound("recording")
        return found

    async def _keep(
        self,
        agent: Agent,
        case: Case,
        found: Versioned[Recording],
        after: Recording,
        done: tuple[HistoryKind, Redaction, str],
        *,
        version: int,
    ) -> None:
        """done: what, to which span, why."""
        kind, span, reason = done
        facts = {"recording": after.id, "from_ms": str(span.from_ms), "to_ms": str(span.to_ms)}
        if after.redactions:
            try:
                facts["copy"] = await asyncio.to_thread(self._digest, after)
            except BadAudio:
                raise Invalid({"span": "这段录音的格式无法识别，不能消音；请不要对外提供"}) from None
        changed, entry = recorded(
            case,
            at=self._clock.now_ms(),
            actor=agent.id,
            kind=kind,
            facts=facts,
            text=" ".join(reason.split()),
        )
        await self._casework.commit(
            [
                self._repositories.recordings.update(after, found.version),
                self._repositories.cases.update(changed, version),
                self._repositories.cases.insert_entry(entry),
            ]
        )

    def _digest(self, recording: Recording) -> str:
        copy = redacted(self._recordings.content(recording), recording.spans_ms)
        return hashlib.sha256(copy).hexdigest()


def _problems(recording: Recording, from_ms: int, to_ms: int) -> dict[str, str]:
    if from_ms < 0 or (recording.duration_ms and from_ms >= recording.duration_ms):
        return {"span": "起点不在录音之内"}
    if to_ms <= from_ms:
        return {"span": "终点要在起点之后"}
    if len(recording.redactions) >= MOST_SPANS:
        return {"span": "一段录音最多消音 50 处"}
    return {}


def _reason_problem(reason: str) -> dict[str, str]:
    if not reason.strip():
        return {"reason": "请填写理由"}
    return {"reason": "理由最多 200 个字"} if len(reason.strip()) > MOST_REASON else {}
