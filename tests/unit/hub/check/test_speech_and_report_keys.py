"""The speech model is looked at and not loaded; keys of REPORT recordings that are gone are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hub.check.report_keys import check_report_keys
from hub.check.speech import check_speech
from hub.repositories.evidence.report_keys import proved_reports
from hub.runtime.clock import FakeClock
from hub.runtime.finding import Level
from hub.store.crypto import KeyProblem, KeyRing, Vault, replace_ring
from hub.store.memory_documents import MemoryDocuments
from hub.wiring.store import open_recordings
from tests.unit.hub.check.test_check import settings

MODEL = Path(__file__).parents[3] / "data" / "vosk" / "model-8k"


@pytest.mark.parametrize("part", ["am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst"])
@pytest.mark.parametrize("content", [None, b"", b"<html>404"])
def test_a_model_that_is_not_whole_is_named_by_the_part(
    tmp_path: Path, part: str, content: bytes | None
) -> None:
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    if content is None:
        (model / part).unlink()
    else:
        (model / part).write_bytes(content)
    found = check_speech(settings(tmp_path, speech={"model": str(model)}))
    text_is_fine = part.endswith(".conf") and content
    assert found.level is (Level.OK if text_is_fine else Level.FAIL)
    if not text_is_fine and "graph" not in part:
        assert part in found.detail


def test_what_only_loading_shows_is_left_to_the_hub_that_does(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    (model / "am" / "final.mdl").write_bytes((MODEL / "am" / "final.mdl").read_bytes()[:4096])
    found = check_speech(settings(tmp_path, speech={"model": str(model)}))
    assert (found.level, "/readyz" in found.detail) == (Level.OK, True)


async def test_keys_of_reports_that_are_gone_or_others_are_told_and_not_replaced(tmp_path: Path) -> None:
    configured = settings(tmp_path)
    path = configured.keys.reports
    documents = MemoryDocuments((), clock=FakeClock())
    vault = Vault(KeyRing.fresh())
    assert (await check_report_keys(configured, documents)).level is Level.OK
    assert not path.exists()
    await open_recordings(configured, documents, vault)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await check_report_keys(configured, documents)).level is Level.OK
    ring = KeyRing.from_json(path.read_text())
    path.unlink()
    assert (await check_report_keys(configured, documents)).level is Level.FAIL
    with pytest.raises(KeyProblem, match="hub keys add --report"):
        await open_recordings(configured, documents, vault)
    assert not path.exists()
    another = KeyRing.fresh()
    replace_ring(path, KeyRing(ring.current, {ring.current: another.index}, ring.index))
    assert (await check_report_keys(configured, documents)).level is Level.FAIL
    with pytest.raises(KeyProblem, match=ring.current):
        await open_recordings(configured, documents, vault)
    replace_ring(path, another)  # made on purpose, because the old one is lost
    found = await check_report_keys(configured, documents)
    assert (found.level, ring.current in found.detail) == (Level.WARN, True)
    await open_recordings(configured, documents, vault)
    path.chmod(0o644)
    assert (await check_report_keys(configured, documents)).level is Level.FAIL


async def test_of_two_hosts_that_make_keys_of_reports_at_once_one_is_refused(tmp_path: Path) -> None:
    documents, vault = MemoryDocuments((), clock=FakeClock()), Vault(KeyRing.fresh())
    first, second = KeyRing.fresh(), KeyRing.fresh()
    await proved_reports(documents, first, "here", made=True)
    with pytest.raises(KeyProblem, match="another host"):
        await proved_reports(documents, second, "there", made=True)
    (tmp_path / "a").mkdir()
    configured = settings(tmp_path / "a")
    replace_ring(configured.keys.reports, first)  # copied
    await open_recordings(configured, documents, vault)
    assert (await check_report_keys(configured, documents)).level is Level.OK
