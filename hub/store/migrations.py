"""Numbered steps forward in what stored documents mean.

Columns and indexes follow the declarations by themselves; a migration is for content: a
field that is renamed, split or filled. Each runs once, in order, and is recorded with its
checksum and the time. A store that knows a later migration than this program is refused,
because an older program would write documents the newer one misreads.

A migration may be cut off by a crash and then runs again from its start: write it so that
doing it twice is harmless.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.store.crypto import Vault
from hub.store.documents import Delete, Documents, Duplicate, Insert, Refused, Update, Write
from hub.store.internal import MIGRATIONS as RECORDS

_MOST = 10_000


class Clock(Protocol):
    """Where the time comes from (see `hub/runtime/clock.py`)."""

    def now_ms(self) -> int:
        """Milliseconds UTC."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. `run` is never edited once it was released; write the next one instead."""

    number: int
    name: str
    run: Callable[[Documents, Vault], Awaitable[None]]

    def checksum(self) -> str:
        """Of the step's source, blanks aside, so that formatting does not count as a change."""
        source = "".join(inspect.getsource(self.run).split())
        return hashlib.sha256(source.encode()).hexdigest()[:32]


async def _one_document_per_message(documents: Documents, vault: Vault) -> None:
    """What came in is stored under its event's id, and a delivery is queued for its message's id: so
    neither `events` nor an index is needed to find one by the other."""
    async for old in documents.scan("messages"):
        event_id, delivery_id = old.body.get("event_id"), old.body.get("delivery_id")
        if event_id and event_id != old.id:
            body = {name: value for name, value in old.body.items() if name != "event_id"}
            if body["pii"]:
                plain = vault.open(f"messages/{old.id}", body["pii"])
                body["pii"] = vault.seal(f"messages/{event_id}", plain)
            await documents.commit(
                [Delete("messages", old.id, old.version), Insert("messages", event_id, body)]
            )
        row = await documents.get("outbox", delivery_id) if delivery_id else None
        if row is not None and row.body["dedup"] != old.id:
            await documents.commit([Update("outbox", row.id, {"dedup": old.id}, row.version)])
    async for event in documents.scan("events"):
        writes: list[Write] = [Delete("events", event.id, event.version)]
        if event.id.startswith("demo:"):
            writes.append(Insert("marks", event.id, {}))
        await documents.commit(writes)


async def _entries_with_a_life(documents: Documents, vault: Vault) -> None:
    """An entry document was the entry itself; now it holds what answers and what is being written."""
    asked = ("question", "variants", "topic", "service", "aspect", "region", "tests")
    said = ("answer", "short_answer", "spoken_answer", "slot", "by_slot", "confirm_locally")
    kept_true = ("source", "source_url", "owner_unit", "valid_from", "valid_until", "updated_at")
    fields = (*asked, *said, *kept_true)
    there = False
    async for stored in documents.scan("entries"):
        there = True
        old = stored.body
        if "live" in old:
            continue
        entry = {name: old[name] for name in fields if name in old} | {"id": stored.id}
        state = {"retired": "expired"}.get(old["state"], old["state"])
        is_draft = state in ("draft", "review")
        content = entry | {"state": state}
        words = [old["question"], *old["variants"], old.get("service", ""), old["topic"], old["answer"]]
        record = {
            "working": content if is_draft else None,
            "live": None if is_draft else content,
            "coming": None,
            "number": 0 if is_draft else 1,
            "revision": 0 if is_draft else 1,
            "author_ids": [],
            "note": "",
            "remark": "",
            "changed_at": old["updated_at"],
            "changed_by": "",
            "topic": old["topic"],
            "question": old["question"],
            "owner_unit": old.get("owner_unit", ""),
            "working_state": state if is_draft else "",
            "live_state": "" if is_draft else state,
            "valid_until": old.get("valid_until", 0),
            "settles_at": 0 if is_draft or state != "published" else old.get("valid_until", 0),
            "words": "\n".join(words)[:8000],
        }
        writes: list[Write] = [
            Delete("entries", stored.id, stored.version),
            Insert("entries", stored.id, record),
        ]
        if not is_draft:
            version = {"entry_id": stored.id, "number": 1, "kind": "published", "content": content}
            version |= {"at": old["updated_at"], "by_id": "", "author_ids": [], "why": ""}
            writes.append(Insert("entry_versions", f"{stored.id}:1", version))
        await documents.commit(writes)
    if there and await documents.get("knowledge", "entries") is None:
        await documents.commit([Insert("knowledge", "entries", {"revision": 1})])


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "one document per message", _one_document_per_message),
    Migration(2, "entries with a life", _entries_with_a_life),
)
"""All steps, numbered from 1 without gaps."""


async def migrate(
    documents: Documents, vault: Vault, migrations: Sequence[Migration] = MIGRATIONS, *, clock: Clock
) -> list[int]:
    """Runs what has not run yet; the numbers that ran. Raises `Refused`."""
    if [m.number for m in migrations] != list(range(1, len(migrations) + 1)):
        raise Refused("迁移编号必须从 1 开始且连续。 / Migrations are numbered from 1 without gaps.")
    done = {
        record.body["number"]: record.body["checksum"]
        for record in await documents.find(RECORDS.name, {}, sort=[("number", 1)], limit=_MOST)
    }
    newest = max(done, default=0)
    if newest > len(migrations):
        raise Refused(
            f"数据版本 {newest} 高于本程序支持的 {len(migrations)}，请升级程序。 / "
            f"The store is at migration {newest}, this program knows {len(migrations)}; "
            "upgrade the program."
        )
    ran: list[int] = []
    for migration in migrations:
        checksum = migration.checksum()
        if migration.number in done:
            if done[migration.number] != checksum:
                raise Refused(
                    f"已执行的迁移 {migration.number} 被改动过，请恢复原样。 / "
                    f"Migration {migration.number} was changed after it had run; restore it."
                )
            continue
        await migration.run(documents, vault)
        body = {
            "number": migration.number,
            "name": migration.name,
            "checksum": checksum,
            "applied_at": clock.now_ms(),
        }
        try:
            await documents.commit([Insert(RECORDS.name, f"{migration.number:04}", body)])
        except Duplicate:
            continue  # another process did the same at the same time
        ran.append(migration.number)
    return ran
