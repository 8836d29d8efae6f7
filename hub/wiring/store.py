"""Which store is opened, and with which keys."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pkgutil import resolve_name

from hub.repositories.evidence import report_keys
from hub.repositories.evidence.recording_files import RecordingFiles
from hub.repositories.key_proof import check_keys, proved, refuse_missing_keys
from hub.repositories.repositories import COLLECTIONS
from hub.repositories.vault.identity_vault import IdentityVault
from hub.runtime.clock import Clock
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem, KeyRing, Vault, create_ring, load_ring
from hub.store.documents import Documents
from hub.store.migrations import migrate
from hub.store.sqlite import open_sqlite, read_sqlite
from hub.wiring.migrations import migrations_of
from hub.wiring.report_ring import report_ring

log = logging.getLogger(__name__)

_MONGO = "hub.store.mongo:open_mongo"
"""Named as text, as commands are: its driver takes 8 MB, which a hub with SQLite does not have to hold."""


async def open_store(settings: Settings, clock: Clock, *, migrated: bool = True) -> Documents:
    """The configured store with its collections; unless told not to, its keys are proved and it is brought
    up to date. Raises `Refused`, `KeyProblem`."""
    if settings.store.engine == "mongodb":
        documents: Documents = await resolve_name(_MONGO)(
            settings.store.url.get_secret_value(), settings.store.database, COLLECTIONS, clock=clock
        )
    else:
        settings.store.path.parent.mkdir(parents=True, exist_ok=True)
        documents = await open_sqlite(settings.store.path, COLLECTIONS, clock=clock)
    if migrated:
        async with closed_on_failure(documents):
            vault = await open_vault(settings, documents)
            await migrate(documents, vault, migrations_of(settings, clock), clock=clock)
    return documents


@asynccontextmanager
async def reading_store(settings: Settings, clock: Clock) -> AsyncIterator[tuple[Documents, Vault]]:
    """The store to read from only, beside a hub that runs on it, and its keys. Nothing is written.

    Raises `Refused`, `KeyProblem`.
    """
    if settings.store.engine == "mongodb":
        url = settings.store.url.get_secret_value()
        opened = resolve_name(_MONGO)(url, settings.store.database, COLLECTIONS, clock=clock, prepared=False)
        documents: Documents = await opened
    else:
        documents = await read_sqlite(settings.store.path, COLLECTIONS, clock=clock)
    async with closed_on_failure(documents):
        given = settings.keys.ring.get_secret_value()
        ring = KeyRing.from_json(given) if given else load_ring(settings.keys.file)
        if ring is None:
            path = settings.keys.file
            raise KeyProblem(f"找不到密钥文件 {path}，请从备份恢复。 / {path} is missing: restore it.")
        await check_keys(documents, ring, keys_source(settings), COLLECTIONS)
        yield documents, Vault(ring)
    await documents.close()


async def open_vault(settings: Settings, documents: Documents) -> Vault:
    """The key ring from the environment, else from its file, proved against what the store was sealed with.

    A ring is made only for a store that holds nothing sealed. Raises `KeyProblem`; then nothing was written.
    """
    given, path = settings.keys.ring.get_secret_value(), settings.keys.file
    ring = KeyRing.from_json(given) if given else load_ring(path)
    if ring is None:
        await refuse_missing_keys(documents, path, COLLECTIONS)
        made = create_ring(path)
        ring = made or load_ring(path)
        try:
            if ring is None:
                raise KeyProblem(
                    f"{path} 刚被删除，请再启动一次。 / {path} has just been deleted: start again."
                )
            return await proved(documents, ring, str(path), COLLECTIONS)
        except KeyProblem:  # another host made its keys for this store at the same moment
            if made is not None:
                path.unlink(missing_ok=True)
            raise
    return await proved(documents, ring, keys_source(settings), COLLECTIONS)


async def open_recordings(settings: Settings, documents: Documents, vault: Vault) -> RecordingFiles:
    """The files of recordings, with the keys of those behind the compartment.

    Their ring is made for a store that has none yet, else it has to be there. Raises `KeyProblem`.
    """
    ring, source, made = report_ring(settings), str(settings.keys.reports), None
    if ring is None:
        if (await report_keys.look(documents, None)).missing:
            raise KeyProblem(
                f"没有启动：找不到举报录音的密钥 {source}；请从备份恢复，确已遗失时用 "
                "hub keys add --report 新建。 / "
                f"Not started: {source}, the keys of REPORT recordings, is missing: restore it; hub keys add "
                "--report makes new ones when it is lost for ever."
            )
        made = create_ring(settings.keys.reports)
        ring = made or report_ring(settings)
    if ring is None:
        raise KeyProblem(f"{source} 刚被删除，请再启动一次。 / {source} has just been deleted: start again.")
    try:
        reports = await report_keys.proved_reports(documents, ring, source, made=made is not None)
    except KeyProblem:
        if made is not None:
            settings.keys.reports.unlink(missing_ok=True)
        raise
    missing = (await report_keys.look(documents, ring)).missing
    if missing:
        log.error("keys.report_missing", extra={"keys": sorted(missing)})
    return RecordingFiles(settings.files.path / "recordings", vault, reports)


def identity_vault(settings: Settings, documents: Documents) -> IdentityVault:
    """Who reported; the keys are there once `open_recordings` was called. Raises `KeyProblem`."""
    ring = report_ring(settings)
    if ring is None:
        raise KeyProblem(
            f"{settings.keys.reports} 刚被删除。 / {settings.keys.reports} has just been deleted."
        )
    return IdentityVault(documents, Vault(report_keys.identity_ring(ring)))


async def reading_recordings(settings: Settings, documents: Documents, vault: Vault) -> RecordingFiles:
    """The same to read only, perhaps without the keys of REPORT recordings. Raises `KeyProblem`."""
    ring = report_ring(settings)
    foreign = (await report_keys.look(documents, ring)).foreign
    reports = Vault(ring) if ring is not None and not foreign else None
    return RecordingFiles(settings.files.path / "recordings", vault, reports)


def keys_source(settings: Settings) -> str:
    """Where the key ring comes from, for messages."""
    return "环境变量 (the environment)" if settings.keys.ring.get_secret_value() else str(settings.keys.file)


@asynccontextmanager
async def closed_on_failure(documents: Documents) -> AsyncIterator[None]:
    """A store whose start is refused is given free at once."""
    try:
        yield
    except BaseException:
        await documents.close()
        raise
