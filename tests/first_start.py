"""A store in which a hub has started before.

To put the shipped entries into a new store and to read them costs more than the rest of a start. One hub per
worker process does it, with the shipped settings; the folders of the others begin as that one left its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.app import open_hub
from hub.runtime.clock import SystemClock
from hub.settings.read import build, shipped_text
from hub.settings.settings import Settings
from knowledge_base.match.matcher import Snapshot


@dataclass(frozen=True, slots=True)
class _Left:
    """`snapshot` is held: hubs that hold the same entries share it."""

    store: bytes
    keys: bytes
    report_keys: bytes
    snapshot: Snapshot


_left: list[_Left] = []


async def started_before(settings: Settings) -> Settings:
    """The same settings; where they name a file of a store that is not there yet, there is one now."""
    store, keys = settings.store.path, settings.keys.file
    if settings.store.engine == "sqlite" and not store.exists() and not keys.exists():
        if not _left:
            _left.append(await _started_once())
        store.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(_left[0].store)
        for path, ring in ((keys, _left[0].keys), (settings.keys.reports, _left[0].report_keys)):
            path.touch(mode=0o600)
            path.write_bytes(ring)
    return settings


async def _started_once() -> _Left:
    with TemporaryDirectory() as folder:
        data = tomllib.loads(shipped_text())
        store, keys = Path(folder) / "hub.db", Path(folder) / "keys.json"
        data["store"]["path"], data["keys"]["file"], data["files"]["path"] = str(store), str(keys), folder
        settings = build(data)
        hub = await open_hub(settings, SystemClock())
        await hub.close()
        reports = settings.keys.reports.read_bytes()
        return _Left(store.read_bytes(), keys.read_bytes(), reports, hub.knowledge.snapshot)
