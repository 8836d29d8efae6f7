"""Reads again everything that proves something, and says what does not hold.

It may run beside a hub that goes on working: each thing is read after what points to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from hub.actions.cases.verify_histories import Histories, verify_histories
from hub.actions.evidence.heads_file import missing
from hub.model.call import Recording
from hub.model.head import CaseHead, Head
from hub.repositories.calls import RecordingRepository
from hub.repositories.repositories import Repositories
from ivr.evidence.chain import Link, breaks
from ivr.evidence.recordings import matches, relative_path

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """recordings, cases, audit, heads: how much was read. head, heads_mark: the newest of each chain."""

    recordings: int
    head: str
    cases: int
    audit: int
    heads: int
    heads_mark: str
    problems: tuple[str, ...]


async def verify_evidence(
    repositories: Repositories, files: Path, *, kept: Mapping[int, str] = MappingProxyType({})
) -> Verified:
    """files: the folder `[files] path`. kept: marks of heads that were kept elsewhere, by their numbers."""
    noted = [link async for link in repositories.heads.links()]
    problems = list(repositories.heads.wrong(noted))
    marks = {link.seq: link.mark for link in noted}
    problems += [
        f"head {seq} is not in the store as it was kept elsewhere"
        for seq, mark in kept.items()
        if marks.get(seq) != mark
    ]
    problems += await asyncio.to_thread(lambda: list(missing(files / "heads", marks)))
    histories = await verify_histories(repositories.cases, _newest(noted))
    problems += _of_histories(histories)
    sealed = [one async for one in repositories.recordings.everything() if one.is_sealed]
    links = await _links(repositories.recordings)
    problems += await asyncio.to_thread(_of_links, links, files / "recordings")
    problems += await _of_recordings(repositories.recordings, links, sealed, histories)
    unmarked = repositories.recordings.unmarked(links)
    problems += [f"link {unmarked.seq} has a wrong mark"] if unmarked else []
    rows, wrong_rows = await repositories.audit.verify()
    problems += [*wrong_rows, *_set_back(noted, links, rows)]
    return Verified(
        recordings=len(links),
        head=links[-1].hash if links else "",
        cases=histories.cases,
        audit=rows,
        heads=len(noted),
        heads_mark=noted[-1].mark if noted else "",
        problems=tuple(problems),
    )


def _newest(links: list[Head]) -> dict[str, CaseHead]:
    """Of each case the longest history that was noted."""
    found: dict[str, CaseHead] = {}
    for link in links:
        for one in link.cases:
            if one.case_id not in found or one.length >= found[one.case_id].length:
                found[one.case_id] = one
    return found


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


def _of_links(links: list[Link], folder: Path) -> list[str]:
    return [
        *breaks(links),
        *(
            f"link {link.seq}: the file is missing or was changed"
            for link in links
            if not matches(folder / relative_path(link.sha256), link.sha256)
        ),
    ]


async def _of_recordings(
    recordings: RecordingRepository, links: list[Link], sealed: list[Recording], histories: Histories
) -> list[str]:
    """Rows without a link, links without a row, and recordings that only a case's history tells of."""
    chained = {link.sha256 for link in links}
    problems = [
        f"recording {one.id}: it is sealed and no link names it"
        for one in sealed
        if one.sha256 not in chained
    ]
    kept = {one.sha256 for one in sealed}
    for link in links:
        if link.sha256 not in kept:
            of_call = await recordings.of_call(link.call_id)  # sealed while the rows were read
            if not any(one.value.sha256 == link.sha256 for one in of_call):
                problems.append(f"link {link.seq}: the row of its recording is gone")
    unnamed = len(histories.sealed - chained)
    if unnamed:
        problems.append(
            f"工单历史中有 {unnamed} 段录音不在证据链里 (histories name recordings without a link)"
        )
    return problems


def _set_back(noted: list[Head], links: list[Link], rows: int) -> list[str]:
    """What the chain of heads tells of the other chains and they do not know any more."""
    by_seq = {link.seq: link.hash for link in links}
    for head in noted:
        if head.recordings and by_seq.get(head.recordings) != head.recordings_hash:
            return [f"head {head.seq}: link {head.recordings} is gone or another one"]
        if head.audit > rows:
            return [f"head {head.seq}: there were {head.audit} audit rows, now {rows}"]
    return []
