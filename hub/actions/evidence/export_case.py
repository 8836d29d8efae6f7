"""A report as one file for the organ of discipline inspection (纪委): what was said, its originals, and what
proves that nothing was changed since.

The manifest names every file with its digest; the chain of the case and the newest head of the evidence stand
beside it, so that who receives it can compare it later with what the office holds. Who reported is not in it:
that is asked for by itself (docs/adr/0054).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict

from hub.actions.cases.read_cases import CaseView, ReadCases
from hub.model.agent import Agent, Permission
from hub.model.call import Recording
from hub.model.cases.history import HistoryEntry
from hub.model.conversation import Message
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Forbidden, Invalid
from hub.store.files import FileStore

MOST_BYTES = 500 * 1024 * 1024
_MANIFEST = "manifest.json"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Of every entry: the same report gives the same bytes but for the manifest."""


class ExportCase:
    """Made once by the composition root."""

    def __init__(
        self,
        repositories: Repositories,
        read_cases: ReadCases,
        files: FileStore,
        recordings: RecordingFiles,
        clock: Clock,
    ) -> None:
        self._repositories = repositories
        self._read_cases = read_cases
        self._files = files
        self._recordings = recordings
        self._clock = clock

    async def __call__(self, agent: Agent, case_id: str) -> tuple[str, bytes]:
        """The reference and a ZIP. Raises `NotFound`, `Forbidden` for an ordinary case, `Invalid` (`case`)
        when its originals are larger than `MOST_BYTES`, `Unreadable` for one that does not open."""
        view = await self._read_cases.open(agent, case_id)
        if not view.case.is_restricted or not agent.may(Permission.REPORT_READ):
            raise Forbidden(Permission.REPORT_READ)
        await self._read_cases.exported(agent, [view.case])
        messages = await self._repositories.conversations.of_case(case_id)
        heard = [one for one in view.recordings if one.is_sealed]
        size = sum(file.size_bytes for message in messages for file in message.files)
        if size + sum(one.size_bytes for one in heard) > MOST_BYTES:
            raise Invalid({"case": "附件和录音太大，不能一次导出"})
        parts = {
            "case.json": _json(_said(view)),
            "history.json": _json([_entry(one) for one in await self._history(case_id)]),
            **await self._originals(messages),
            **await self._sound(heard),
        }
        manifest = await self._manifest(agent, view, parts)
        return view.case.reference, await asyncio.to_thread(_packed, {**parts, _MANIFEST: _json(manifest)})

    async def _history(self, case_id: str) -> list[HistoryEntry]:
        return await self._repositories.cases.whole_history(case_id)

    async def _originals(self, messages: list[Message]) -> dict[str, bytes]:
        """Each once, under its own digest: names are what a stranger wrote."""
        return {f"files/{file.id}": await self._files.get(file.id) for one in messages for file in one.files}

    async def _sound(self, heard: list[Recording]) -> dict[str, bytes]:
        return {
            f"recordings/{one.sha256}.wav": await asyncio.to_thread(self._recordings.content, one)
            for one in heard
        }

    async def _manifest(self, agent: Agent, view: CaseView, parts: Mapping[str, bytes]) -> dict[str, object]:
        head, chain = await self._repositories.heads.newest(), view.case.chain
        return {
            "reference": view.case.reference,
            "exported_at": self._clock.now_ms(),
            "exported_by": agent.name,
            "history": {"length": chain.length, "head": chain.head},
            "evidence_head": {"seq": head.seq, "at": head.at, "mark": head.mark} if head else None,
            "files": [
                {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in sorted(parts.items())
            ],
        }


def _said(view: CaseView) -> dict[str, object]:
    """What the page shows, query codes masked as there."""
    case = view.case
    return {
        "reference": case.reference,
        "track": case.track,
        "state": case.state,
        "received_at": case.received_at,
        "title": case.title,
        "text": case.text,
        "citizen": view.masked,
        "details": dict(case.details or {}),
        "said": [
            {
                "at": item.at,
                "by": item.actor_name,
                "direction": item.direction,
                "text": item.text,
                "files": [asdict(file) for file in item.files],
            }
            for item in view.timeline
            if item.kind == "message"
        ],
        "recordings": [
            {"sha256": one.sha256, "taken_at": one.taken_at, "transcript": one.transcript}
            for one in view.recordings
        ],
    }


def _entry(entry: HistoryEntry) -> dict[str, object]:
    """Everything its hash is made of, and the hash; `text_digest` stands for what was written."""
    return {name: value for name, value in asdict(entry).items() if name not in ("mark", "text")}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _packed(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content)
    return packed.getvalue()
