"""Personal data at rest: unreadable, bound to its place, and readable again after a key change."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest

from hub.model.cases.case import Applicant, Case, Origin
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.state import CaseState
from hub.model.track import Track
from hub.store.codec import Shape
from hub.store.crypto import KeyProblem, KeyRing, Vault, create_ring, load_ring
from hub.store.documents import Stored


def test_the_key_file_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    assert load_ring(path) is None
    first = create_ring(path)
    assert first is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert create_ring(path) is None
    assert load_ring(path) == first
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_a_key_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_ring(path)
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        load_ring(path)


def test_rings_made_apart_never_share_the_id_of_a_key() -> None:
    ids = {id for _ in range(50) for id in KeyRing.fresh().rotated().keys}
    assert len(ids) == 100


def test_a_ring_that_names_two_keys_alike_is_refused_and_the_id_said() -> None:
    ring = KeyRing.fresh()
    key = json.dumps(base64.b64encode(ring.index).decode())
    twice = ring.to_json().replace('"keys": {', f'"keys": {{"{ring.current}": {key}, ')
    with pytest.raises(KeyProblem, match=f"{ring.current} 重复"):
        KeyRing.from_json(twice)


@pytest.mark.parametrize("blob", ["no-such-key:AAAA", "{id}:", "{id}:A", "{id}:AAAA", "", "文"])
def test_what_is_no_sealed_text_is_a_key_problem_too(blob: str) -> None:
    ring = KeyRing.fresh()
    with pytest.raises(KeyProblem):
        Vault(ring).open("cases/1", blob.replace("{id}", ring.current))


def test_a_blob_opens_only_where_it_was_sealed() -> None:
    vault = Vault(KeyRing.fresh())
    blob = vault.seal("cases/1", "张三 13800138000".encode())
    assert vault.open("cases/1", blob) == "张三 13800138000".encode()
    with pytest.raises(KeyProblem):
        vault.open("cases/2", blob)


def test_an_altered_blob_does_not_open() -> None:
    vault = Vault(KeyRing.fresh())
    blob = vault.seal("cases/1", b"secret")
    changed = blob[:-6] + ("A" if blob[-6] != "A" else "B") + blob[-5:]
    with pytest.raises(KeyProblem):
        vault.open("cases/1", changed)


def test_old_blobs_stay_readable_after_a_rotation_and_new_ones_take_the_new_key() -> None:
    ring = KeyRing.fresh()
    old = Vault(ring).seal("cases/1", b"before")
    newer = KeyRing.from_json(ring.rotated().to_json())
    rotated = Vault(newer)
    assert rotated.open("cases/1", old) == b"before"
    new = rotated.seal("cases/1", b"after")
    assert new.startswith(f"{newer.current}:")
    with pytest.raises(KeyProblem, match=newer.current):
        Vault(ring).open("cases/1", new)


def test_the_blind_index_is_stable_across_rotation_and_useless_without_its_key() -> None:
    ring = KeyRing.fresh()
    assert Vault(ring).blind("phone:+8613800138000") == Vault(ring.rotated()).blind("phone:+8613800138000")
    assert Vault(ring).blind("x") != Vault(KeyRing.fresh()).blind("x")


def test_a_document_of_a_case_holds_no_personal_text() -> None:
    shape = Shape(Case, "cases", Vault(KeyRing.fresh()))
    case = Case(
        id="1",
        reference="26112200000163",
        received_at=1,
        updated_at=1,
        proceeding=Proceeding(Track.APPEAL, CaseState.REGISTERED),
        origin=Origin("sms", "sms"),
        applicant=Applicant("张三", "+8613800138000"),
        title="噪音扰民",
        text="楼下天天吵",
        details={"place": "鼓楼区"},
    )
    body = shape.body(case)
    written = str(body)
    for personal in ("噪音扰民", "楼下", "张三", "13800138000", "鼓楼区"):
        assert personal not in written
    assert shape.load(Stored("1", 1, body)) == case
