"""`hub keys` and `hub evidence verify` know two rings: that of the store and that of REPORT recordings."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from hub.cli import main
from hub.model.call import Recording
from hub.repositories.repositories import repositories
from hub.runtime.clock import SystemClock
from hub.settings.read import load
from hub.settings.settings import Settings
from hub.wiring.store import open_recordings, open_store, open_vault
from ivr.evidence.chain import link
from ivr.evidence.recordings import RecordingState, examined, relative_path
from tests.unit.hub.cli.test_cli import configured
from tests.unit.ivr.waves import wav

SAID = wav(0.5, level=3)


async def recorded(settings: Settings) -> None:
    """A store with a recording of no case, which lies in the clear."""
    documents = await open_store(settings, SystemClock())
    try:
        vault = await open_vault(settings, documents)
        stores = repositories(documents, vault, cities={})
        await open_recordings(settings, documents, vault)
        sealed = examined(SAID, 0)
        path = settings.files.path / "recordings" / sealed.path_relative
        path.parent.mkdir(parents=True)
        path.write_bytes(SAID)
        row = Recording("r", "call", "v", "RE1", "", "", RecordingState.SEALED, 1, sha256=sealed.sha256)
        chained = link(
            None,
            sealed,
            call_id="call",
            recording_id="RE1",
            source_url="",
            downloaded_at=1,
            case_id="",
        )
        await documents.commit([stores.recordings.insert(row), stores.recordings.insert_link(chained)])
    finally:
        await documents.close()


def test_recordings_are_counted_sealed_anew_and_verified_with_their_own_ring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path)
    settings = load(Path(config))
    asyncio.run(recorded(settings))

    def hub(*command: str, ended: int = 0) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([*command, "--config", config])
        said = "".join(capsys.readouterr())
        assert end.value.code == ended, said
        return said

    def keys() -> dict[str, tuple[bool, int]]:
        rows: list[dict[str, Any]] = json.loads(hub("keys", "list", "--json"))
        return {row["key"]: (row["current"], row["files"]) for row in rows if row["reports"]}

    assert "明文录音 1 个" in hub("keys", "list")
    [first] = keys()
    hub("keys", "reseal")
    assert keys() == {first: (True, 1)}
    hub("keys", "add", "--report")
    [second] = keys().keys() - {first}
    hub("keys", "use", second)
    hub("keys", "reseal")
    assert keys() == {first: (False, 0), second: (True, 1)}
    hub("keys", "use", "knone", ended=2)
    assert "打不开 damaged 0" in hub("keys", "verify")
    path = settings.files.path / "recordings" / relative_path(hashlib.sha256(SAID).hexdigest())
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "recordings/" in hub("keys", "verify", ended=1)
    path.write_bytes(whole)
    assert json.loads(hub("evidence", "verify", "--json"))["locked"] == 0
    settings.keys.reports.rename(tmp_path / "elsewhere.json")
    assert "只核对了密文" in hub("evidence", "verify")
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "missing or was changed" in hub("evidence", "verify", ended=1)
    hub("keys", "list", ended=2)
    hub("keys", "add", "--report")
    assert set(keys()) & {first, second} == set()
