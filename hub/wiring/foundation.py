"""What every subject is built on: the store with its repositories, the way out, and the bell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.http import HttpClient
from channels.outbox.receipts import HandsetRule
from hub.actions.departments.in_force import DepartmentsInForce
from hub.actions.dialogue.encoding import Encoding
from hub.actions.staff.identities import Identities
from hub.actions.warnings.board import Board
from hub.repositories.alarms.raising_documents import RaisingDocuments
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.evidence.recording_moves import MovingDocuments
from hub.repositories.queue.feed import QueueFeed
from hub.repositories.replies.following_documents import FollowingDocuments
from hub.repositories.repositories import Repositories, repositories
from hub.repositories.ringing_documents import RingingDocuments
from hub.repositories.search.searchable_documents import SearchableDocuments
from hub.repositories.vault.identity_vault import IdentityDocuments
from hub.runtime.bell import Bell, LocalBell
from hub.runtime.clock import Clock
from hub.settings.settings import Settings
from hub.store.crypto import Vault
from hub.store.documents import Documents
from hub.store.files import FileStore
from hub.store.migrations import migrate
from hub.wiring.configured_departments import departments_of
from hub.wiring.encoder import encoding_of
from hub.wiring.migrations import migrations_of
from hub.wiring.store import closed_on_failure, identity_vault, open_recordings, open_store, open_vault


@dataclass(frozen=True, slots=True)
class Foundation:
    """One of each per hub.

    files: attachments. imports: files of entries, words and rules that were looked at and wait to be taken.
    bell: rung by every commit of `documents`, which also keeps the index of cases. feed: what became of
    cases by them. identities: who reported. encoding: what sentences mean. board: the warnings in force.
    """

    settings: Settings
    clock: Clock
    vault: Vault
    documents: Documents
    stores: Repositories
    files: FileStore
    imports: FileStore
    recordings: RecordingFiles
    http: HttpClient
    bell: Bell
    feed: QueueFeed
    identities: Identities
    encoding: Encoding
    departments: DepartmentsInForce
    board: Board

    async def close(self) -> None:
        """Ends what runs beside the event loop, and the store last."""
        await self.encoding.close()
        await self.http.close()
        await self.documents.close()


async def open_foundation(settings: Settings, clock: Clock, handset: Mapping[str, HandsetRule]) -> Foundation:
    """Opens the store. handset: of the adapters, for the outbox. Raises `Refused`, `KeyProblem`."""
    bell, feed = LocalBell(), QueueFeed()
    ringing = RingingDocuments(await open_store(settings, clock, migrated=False), bell, feed)
    async with closed_on_failure(ringing):
        vault = await open_vault(settings, ringing)
        recordings = await open_recordings(settings, ringing, vault)
        await migrate(ringing, vault, migrations_of(settings, clock), clock=clock)
    # Each adds to what is committed through it: the bell, innermost, rings for all of it.
    identities = identity_vault(settings, ringing)
    apart = IdentityDocuments(SearchableDocuments(MovingDocuments(ringing), vault), vault, identities)
    following = FollowingDocuments(apart, vault)
    wait_seconds = settings.alarms.confirm_seconds
    documents = RaisingDocuments(following, vault, clock, wait_seconds=wait_seconds)
    cities = {region.code: region.name for region in settings.regions}
    stores = repositories(documents, vault, cities=cities, handset=handset, clock=clock)
    departments = DepartmentsInForce(departments_of(settings), stores.departments.registry)
    await departments.look()
    return Foundation(
        settings=settings,
        clock=clock,
        vault=vault,
        documents=documents,
        stores=stores,
        files=FileStore(settings.files.path / "attachments", vault),
        imports=FileStore(settings.files.path / "imports", vault),
        recordings=recordings,
        http=HttpClient(
            connections=2 * (settings.dispatch.in_flight + settings.dispatch.urgent_in_flight) + 8
        ),
        bell=bell,
        feed=feed,
        identities=Identities(identities),
        encoding=encoding_of(settings, clock),
        departments=departments,
        board=Board(stores.publicity.warnings, clock),
    )
