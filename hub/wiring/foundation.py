"""What every subject is built on: the store with its repositories, the way out, and the bell."""

from __future__ import annotations

from dataclasses import dataclass

from channels.http import HttpClient
from hub.actions.dialogue.encoding import Encoding
from hub.repositories.following_documents import FollowingDocuments
from hub.repositories.repositories import Repositories, repositories
from hub.repositories.ringing_documents import RingingDocuments
from hub.runtime.bell import Bell, LocalBell
from hub.runtime.clock import Clock
from hub.settings.settings import Settings
from hub.store.crypto import Vault
from hub.store.documents import Documents
from hub.store.files import FileStore
from hub.store.migrations import migrate
from hub.wiring.encoder import encoding_of
from hub.wiring.migrations import migrations_of
from hub.wiring.store import closed_on_failure, open_store, open_vault


@dataclass(frozen=True, slots=True)
class Foundation:
    """One of each per hub.

    files: attachments. imports: files of entries, words and rules that were looked at and wait to be taken.
    bell: rung by every commit of `documents`. encoding: what sentences mean.
    """

    settings: Settings
    clock: Clock
    vault: Vault
    documents: Documents
    stores: Repositories
    files: FileStore
    imports: FileStore
    http: HttpClient
    bell: Bell
    encoding: Encoding

    async def close(self) -> None:
        """Ends what runs beside the event loop, and the store last."""
        await self.encoding.close()
        await self.http.close()
        await self.documents.close()


async def open_foundation(settings: Settings, clock: Clock) -> Foundation:
    """Opens the store. Raises `Refused`, `KeyProblem`."""
    bell = LocalBell()
    store = await open_store(settings, clock, migrated=False)
    async with closed_on_failure(store):
        vault = await open_vault(settings, store)
        documents = RingingDocuments(FollowingDocuments(store, vault), bell)
        await migrate(store, vault, migrations_of(settings, clock), clock=clock)
    cities = {region.code: region.name for region in settings.regions}
    return Foundation(
        settings=settings,
        clock=clock,
        vault=vault,
        documents=documents,
        stores=repositories(documents, vault, cities=cities),
        files=FileStore(settings.files.path / "attachments", vault),
        imports=FileStore(settings.files.path / "imports", vault),
        http=HttpClient(connections=settings.dispatch.in_flight + settings.dispatch.urgent_in_flight + 8),
        bell=bell,
        encoding=encoding_of(settings, clock),
    )
