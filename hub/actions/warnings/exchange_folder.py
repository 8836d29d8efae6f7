"""The folders by which documents are exchanged: what is released is written out in the 12379 profile,
receipts are kept, and what others put in becomes a draft.

Rules protected: a document that comes in is never published by itself; each file is moved once it was dealt
with, refused ones beside a text that says why; a file that is written appears whole (a rename) and is written
again after a crash, which is the same file. A receipt says taken, not published.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hub.actions.warnings.draft_warning import DraftWarning
from hub.actions.warnings.exchange import document_12379, message_of
from hub.actions.warnings.release_warning import ReleaseWarning
from hub.actions.warnings.settings import WarningSettings
from hub.model.agent import Permission
from hub.model.notification import NotificationKind
from hub.model.warnings.exchange.profile import file_name
from hub.model.warnings.exchange.xml import MAX_BYTES, Node, Unacceptable, read
from hub.model.warnings.issue import Act, Handing, Issue
from hub.model.warnings.message import MessageKind
from hub.repositories.repositories import Repositories
from hub.runtime.clock import Clock
from hub.runtime.errors import Invalid
from hub.store.codec import Versioned
from hub.store.documents import Conflict, Documents, Duplicate, Write

TAKEN, REFUSED, RECEIPTS = "taken", "refused", "receipts"
_AT_ONCE = 20
_TYPES = {MessageKind.FIRST: "ALERT", MessageKind.UPDATE: "UPDATE", MessageKind.LIFT: "CANCEL"}
_MAX_NOTE = 200


@dataclass(frozen=True, slots=True)
class Folders:
    """Where documents are put. None = that way is not used."""

    come: Path | None
    go: Path | None


class ExchangeFolder:
    """For one process at a time."""

    def __init__(
        self,
        documents: Documents,
        stores: Repositories,
        draft: DraftWarning,
        release: ReleaseWarning,
        clock: Clock,
        settings: WarningSettings,
        folders: Folders,
    ) -> None:
        self._documents = documents
        self._stores = stores
        self._draft = draft
        self._release = release
        self._clock = clock
        self._settings = settings
        self._folders = folders

    async def step(self) -> bool:
        """One round. Never more to do at once."""
        if self._folders.come:
            for path in await asyncio.to_thread(_files, self._folders.come):
                await self._take(self._folders.come, path)
        if self._folders.go:
            for found in await self._stores.publicity.warnings.to_hand_out():
                await self._hand_out(self._folders.go, found)
            for path in await asyncio.to_thread(_files, self._folders.go / RECEIPTS):
                await self._keep_receipt(path)
        return False

    async def _take(self, folder: Path, path: Path) -> None:
        document = await asyncio.to_thread(_content, path)
        try:
            issue = await self._draft.take_over("", document)
        except Invalid as refused:
            reason = next(iter(refused.problems.values()))
            await asyncio.to_thread(_move, path, folder / REFUSED, str(reason))
            return
        await self._tell_makers(issue)
        await asyncio.to_thread(_move, path, folder / TAKEN, "")

    async def _tell_makers(self, issue: Issue) -> None:
        now, kind = self._clock.now_ms(), NotificationKind.WARNING_WAITING
        told: list[Write] = [
            self._stores.notifications.tell_of_warning(agent.id, kind, issue.id, at=now, cause=issue.id)
            for agent in await self._stores.agents.list()
            if agent.may(Permission.WARNING_MAKE)
        ]
        if told:
            await self._commit(told)

    async def _hand_out(self, folder: Path, found: Versioned[Issue]) -> None:
        issue = found.value
        chain = await self._stores.publicity.warnings.chain(issue.chain)
        signers = [deed.by for deed in issue.deeds if deed.act in (Act.SIGNED, Act.RELEASED)]
        names = await self._stores.agents.get_many(signers[:1])
        signer = next((agent.name for agent in names.values()), "")
        previous = next((one for one in chain if one.id == issue.previous), None)
        text = self._release.text_of(issue, previous)
        message = message_of(issue, chain, self._settings, text=text, signer=signer)
        after = replace(issue, handing=Handing.NONE)
        if message is not None:
            try:
                document = document_12379(message, issue, self._settings)
            except Unacceptable as refused:
                after = replace(issue, handing=Handing.REFUSED, receipt=str(refused.text)[:_MAX_NOTE])
            else:
                name = _name(message.sender, issue)
                await asyncio.to_thread(_write, folder, name, document)
                after = replace(issue, handing=Handing.WRITTEN, receipt=name)
        await self._commit([self._stores.publicity.warnings.update(after, found.version)])

    async def _keep_receipt(self, path: Path) -> None:
        """msg/data/rows with status (0 = taken), error_code, note; named as the document it answers."""
        text = await asyncio.to_thread(_content, path)
        try:
            root = read(text)
        except Unacceptable as refused:
            await asyncio.to_thread(_move, path, path.parent / REFUSED, str(refused.text))
            return
        found = {node.name: node.text for node in _all(root)}
        for one in await self._stores.publicity.warnings.handed_out():
            if one.value.receipt.removesuffix(".xml") == path.stem:
                taken = found.get("status") == "0"
                said = " ".join(filter(None, (found.get("error_code"), found.get("note"))))[:_MAX_NOTE]
                after = replace(one.value, handing=Handing.TAKEN if taken else Handing.REFUSED)
                after = replace(after, receipt=said or path.stem)
                await self._commit([self._stores.publicity.warnings.update(after, one.version)])
                await asyncio.to_thread(_move, path, path.parent / TAKEN, "")
                return
        await asyncio.to_thread(_move, path, path.parent / REFUSED, "没有对应的预警")

    async def _commit(self, writes: Sequence[Write]) -> None:
        try:
            await self._documents.commit(writes)
        except (Conflict, Duplicate):
            return  # a person was quicker: the next round


def _name(sender: str, issue: Issue) -> str:
    content = issue.warning
    if content is None:
        raise ValueError(issue.id)
    return file_name(sender, content.issued_at, content.event.code, content.level, _TYPES[issue.kind])


def _files(folder: Path) -> list[Path]:
    """Whole documents, the oldest name first; what is still being written has another ending."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.glob("*.xml") if path.is_file())[:_AT_ONCE]


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _move(path: Path, folder: Path, reason: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if reason:
        (folder / f"{path.stem}.txt").write_text(reason + "\n", encoding="utf-8")
    os.replace(path, folder / path.name)


def _write(folder: Path, name: str, document: bytes) -> None:
    """Zipped singly under the same base name."""
    folder.mkdir(parents=True, exist_ok=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), document)
    base = re.sub(r"\.xml$", "", name)
    part = folder / f".{base}.part"
    part.write_bytes(packed.getvalue())
    os.replace(part, folder / f"{base}.zip")


def _all(node: Node) -> list[Node]:
    """The element and all below it."""
    return [node, *(below for child in node.children for below in _all(child))]
