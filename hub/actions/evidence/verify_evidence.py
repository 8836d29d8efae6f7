"""Reads again everything that proves something, and says what does not hold.

It may run beside a hub that goes on working: each thing is read after what points to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from hub.actions.cases.verify_histories import Histories, verify_histories
from hub.actions.evidence.heads_file import missing
from hub.model.call import Recording
from hub.model.head import CaseHead, Head
from hub.repositories.calls import RecordingRepository
from hub.repositories.evidence.heads import HeadRepository
from hub.repositories.evidence.recording_files import FileState, RecordingFiles
from hub.repositories.repositories import Repositories
from ivr.evidence.chain import Link, breaks

_PAGE = 1000

_Named = tuple[str, str, str]
"""A recording as its link and its row name it: the call, the provider's id, the hash."""


@dataclass(frozen=True, slots=True)
class Verified:
    """recordings, cases, audit, heads: how much was read. head, heads_mark: the newest of each chain.

    locked: recordings whose key is not at hand: they lie as they were written, but were not opened.
    """

    recordings: int
    head: str
    cases: int
    audit: int
    heads: int
    heads_mark: str
    problems: tuple[str, ...]
    locked: int = 0


@dataclass(frozen=True, slots=True)
class _Noted:
    """What the chain of heads tells. cases: of each the longest history. marks: by number. reached: the links
    without their cases."""

    cases: dict[str, CaseHead]
    marks: dict[int, str]
    reached: list[Head]
    problems: list[str]


async def verify_evidence(
    repositories: Repositories,
    files: Path,
    audio: RecordingFiles,
    *,
    kept: Mapping[int, str] = MappingProxyType({}),
) -> Verified:
    """files: the folder `[files] path`. audio: the files of recordings. kept: marks of heads that were kept
    elsewhere, by their numbers."""
    noted = await _noted(repositories.heads)
    problems = [*noted.problems]
    problems += [
        f"head {seq} is not in the store as it was kept elsewhere"
        for seq, mark in kept.items()
        if noted.marks.get(seq) != mark
    ]
    problems += await asyncio.to_thread(lambda: list(missing(files / "heads", noted.marks)))
    histories = await verify_histories(repositories.cases, noted.cases)
    problems += _of_histories(histories)
    sealed = {one.id: _of_row(one) async for one in repositories.recordings.everything() if one.is_sealed}
    links = await _links(repositories.recordings)
    states = await asyncio.to_thread(lambda: [audio.state(link.sha256) for link in links])
    problems += _of_links(links, states)
    problems += await _of_recordings(repositories.recordings, links, sealed, histories)
    unmarked = repositories.recordings.unmarked(links)
    problems += [f"link {unmarked.seq} has a wrong mark"] if unmarked else []
    rows, wrong_rows = await repositories.audit.verify(_audit_noted(noted))
    problems += [*wrong_rows, *_set_back(noted.reached, links, rows)]
    return Verified(
        recordings=len(links),
        head=links[-1].hash if links else "",
        cases=histories.cases,
        audit=rows,
        heads=len(noted.marks),
        heads_mark=noted.marks[max(noted.marks)] if noted.marks else "",
        problems=tuple(problems),
        locked=states.count(FileState.LOCKED),
    )


@dataclass(frozen=True, slots=True)
class AuditVerified:
    """rows: the number of the last one. heads: links of the chain that notes how far the rows had come."""

    rows: int
    heads: int
    problems: tuple[str, ...]


async def verify_audit(repositories: Repositories, files: Path, *, first: int = 1) -> AuditVerified:
    """The rows of who read reports, against each other, the chain of heads and what was written out of it.

    first: the row to begin with. files: the folder `[files] path`.
    """
    noted = await _noted(repositories.heads)
    problems = [*noted.problems]
    problems += await asyncio.to_thread(lambda: list(missing(files / "heads", noted.marks)))
    rows, wrong = await repositories.audit.verify(_audit_noted(noted), first=first)
    gone = [head for head in noted.reached if head.audit > rows]
    problems += [
        *wrong,
        *(f"head {one.seq}: there were {one.audit} audit rows, now {rows}" for one in gone[:1]),
    ]
    return AuditVerified(rows, len(noted.marks), tuple(problems))


def _audit_noted(noted: _Noted) -> dict[int, str]:
    return {head.audit: head.audit_hash for head in noted.reached if head.audit_hash}


async def _noted(heads: HeadRepository) -> _Noted:
    """The chain, link by link: of a year it is long."""
    noted = _Noted({}, {}, [], [])
    before: Head | None = None
    async for link in heads.links():
        noted.problems.extend(heads.wrong(before, link))
        noted.marks[link.seq] = link.mark
        noted.reached.append(replace(link, cases=()))
        for one in link.cases:
            if one.case_id not in noted.cases or one.length >= noted.cases[one.case_id].length:
                noted.cases[one.case_id] = one
        before = link
    return noted


async def _links(recordings: RecordingRepository) -> list[Link]:
    links: list[Link] = []
    while page := await recordings.links(after=links[-1].seq if links else 0, limit=_PAGE):
        links += page
    return links


def _of_histories(histories: Histories) -> list[str]:
    problems = [
        f"工单 {reference}：历史从第 {seq} 条起不完整 (case history is wrong from entry {seq})"
        for reference, seq in histories.broken
    ]
    problems += [f"工单 {reference}：已不在数据中 (the case is gone)" for reference in histories.gone]
    if histories.hidden:
        problems.append(f"保密工单：{histories.hidden} 件历史不完整 (cases behind the wall, not named)")
    if histories.hidden_gone:
        count = histories.hidden_gone
        problems.append(f"保密工单：{count} 件已不在数据中 (cases behind the wall are gone, not named)")
    return problems


def _of_links(links: list[Link], states: list[FileState]) -> list[str]:
    return [
        *breaks(links),
        *(
            f"link {link.seq}: the file is missing or was changed"
            for link, state in zip(links, states, strict=True)
            if state is FileState.WRONG
        ),
    ]


async def _of_recordings(
    recordings: RecordingRepository, links: list[Link], sealed: dict[str, _Named], histories: Histories
) -> list[str]:
    """Rows without a link, links without a row, and recordings that only a case's history tells of."""
    chained = {_of_link(link) for link in links}
    problems = [
        f"recording {id}: it is sealed and no link names it"
        for id, named in sealed.items()
        if named not in chained
    ]
    kept = set(sealed.values())
    for link in links:
        if _of_link(link) not in kept:
            of_call = await recordings.of_call(link.call_id)  # sealed while the rows were read
            if not any(_of_row(one.value) == _of_link(link) for one in of_call):
                problems.append(f"link {link.seq}: the row of its recording is gone or another one")
    unnamed = len(histories.sealed - {link.sha256 for link in links})
    if unnamed:
        problems.append(
            f"工单历史中有 {unnamed} 段录音不在证据链里 (histories name recordings without a link)"
        )
    return problems


def _of_link(link: Link) -> _Named:
    return link.call_id, link.recording_id, link.sha256


def _of_row(recording: Recording) -> _Named:
    return recording.call_id, recording.provider_id, recording.sha256


def _set_back(noted: list[Head], links: list[Link], rows: int) -> list[str]:
    """What the chain of heads tells of the other chains and they do not know any more."""
    by_seq = {link.seq: link.hash for link in links}
    for head in noted:
        if head.recordings and by_seq.get(head.recordings) != head.recordings_hash:
            return [f"head {head.seq}: link {head.recordings} is gone or another one"]
        if head.audit > rows:
            return [f"head {head.seq}: there were {head.audit} audit rows, now {rows}"]
    return []
