"""Keys that are missing or foreign: the hub does not start, says which keys it needs, and makes nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from channels.address import phone
from hub.app import open_hub
from hub.check.check import check
from hub.cli import main
from hub.model.people.contact import Contact
from hub.repositories.contacts import ContactRepository
from hub.repositories.repositories import COLLECTIONS
from hub.runtime.clock import SystemClock
from hub.runtime.finding import Level
from hub.settings.settings import Settings
from hub.store.crypto import KeyProblem, KeyRing
from hub.store.documents import Delete, Update
from hub.store.internal import KEYS
from hub.wiring.store import open_store, open_vault
from tests.unit.hub.check.test_check import settings

CLOCK = SystemClock()
CITIZEN = phone("+8613800138000")


@pytest.fixture
def configured(tmp_path: Path) -> Settings:
    return settings(tmp_path)


async def started(configured: Settings) -> None:
    """One start and stop, and one sealed contact."""
    documents = await open_store(configured, CLOCK)
    try:
        contacts = ContactRepository(documents, await open_vault(configured, documents))
        if await contacts.contact_id(contacts.key(CITIZEN)) is None:
            await documents.commit(
                [
                    contacts.insert(Contact("c1", created_at=1, name="张三")),
                    contacts.insert_address("c1", CITIZEN, at=1),
                ]
            )
    finally:
        await documents.close()


def kept_ring(configured: Settings) -> KeyRing:
    return KeyRing.from_json(configured.keys.file.read_text())


def put(configured: Settings, ring: KeyRing) -> None:
    configured.keys.file.write_text(ring.to_json())
    configured.keys.file.chmod(0o600)


async def without_proofs(configured: Settings) -> None:
    """As a release left the store that kept none."""
    documents = await open_store(configured, CLOCK, migrated=False)
    await documents.commit(
        [Delete(KEYS.name, row.id, row.version) async for row in documents.scan(KEYS.name)]
    )
    await documents.close()


async def refusal(configured: Settings) -> str:
    """What the refused start says; nothing may have been made or written by it."""
    before, rows = sorted(os.listdir(configured.store.path.parent)), await contents(configured)
    with pytest.raises(KeyProblem) as refused:
        await open_hub(configured, CLOCK)
    assert sorted(os.listdir(configured.store.path.parent)) == before
    assert await contents(configured) == rows
    findings = await check(configured, CLOCK)
    [finding] = [f for f in findings if f.level is Level.FAIL]
    assert not [f for f in findings if f.name == "rows"]  # it would name every row
    assert finding.name == "keys store"
    assert finding.detail == str(refused.value)
    return str(refused.value)


async def contents(configured: Settings) -> list[tuple[str, str, int]]:
    documents = await open_store(configured, CLOCK, migrated=False)
    try:
        names = [KEYS.name, *(collection.name for collection in COLLECTIONS)]
        return [(name, row.id, row.version) for name in names async for row in documents.scan(name)]
    finally:
        await documents.close()


@pytest.mark.parametrize("proofs", [True, False])
async def test_a_lost_key_file_is_not_replaced_and_the_old_keys_are_named(
    configured: Settings, *, proofs: bool
) -> None:
    await started(configured)
    if not proofs:
        await without_proofs(configured)
    ring = kept_ring(configured)
    configured.keys.file.unlink()
    said = await refusal(configured)
    assert ring.current in said
    assert str(configured.keys.file) in said
    put(configured, ring)
    await started(configured)
    assert not [f for f in await check(configured, CLOCK) if f.level is Level.FAIL]


@pytest.mark.parametrize("proofs", [True, False])
async def test_foreign_keys_are_refused(configured: Settings, *, proofs: bool) -> None:
    await started(configured)
    if not proofs:
        await without_proofs(configured)
    ring, other = kept_ring(configured), KeyRing.fresh()
    put(configured, other)
    assert f"缺少密钥 {ring.current}" in await refusal(configured)
    name = ring.current
    put(configured, KeyRing(name, {name: other.keys[other.current]}, ring.index))
    assert f"密钥 {name} 不是原来的那一个" in await refusal(configured)
    put(configured, KeyRing(name, ring.keys, other.index))
    assert "索引密钥不是原来的那一个" in await refusal(configured)
    from_environment = configured.model_copy(
        update={"keys": configured.keys.model_copy(update={"ring": SecretStr(other.to_json())})}
    )
    assert "环境变量" in await refusal(from_environment)


async def test_a_rotated_ring_opens_and_the_old_key_cannot_be_left_out(configured: Settings) -> None:
    await started(configured)
    ring = kept_ring(configured)
    rotated = ring.rotated()
    put(configured, rotated)
    await started(configured)
    put(configured, ring)
    assert f"缺少密钥 {rotated.current}" in await refusal(configured)
    put(configured, KeyRing(rotated.current, {rotated.current: rotated.keys[rotated.current]}, ring.index))
    assert f"缺少密钥 {ring.current}" in await refusal(configured)


async def test_one_damaged_row_of_an_earlier_store_decides_nothing(configured: Settings) -> None:
    await started(configured)
    await without_proofs(configured)
    documents = await open_store(configured, CLOCK, migrated=False)
    row = await documents.get("contacts", "c1")
    assert row
    broken = row.body["pii"][:-8] + "AAAAAAA="
    await documents.commit([Update("contacts", "c1", {"pii": broken}, row.version)])
    await documents.close()
    await started(configured)
    [warning] = [f for f in await check(configured, CLOCK) if f.name == "rows"]
    assert warning.level is Level.WARN
    assert "contacts/c1" in warning.detail
    ring = kept_ring(configured)
    assert (KEYS.name, f"key:{ring.current}", 1) in await contents(configured)


def test_the_command_says_it_and_ends_with_2(
    configured: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "hub.toml"
    config.write_text(
        f'[store]\npath = "{configured.store.path}"\n[keys]\nfile = "{configured.keys.file}"\n'
        f'[files]\npath = "{configured.files.path}"\n'
    )
    arguments = ["--config", str(config), "--json"]
    with pytest.raises(SystemExit) as ended:
        main(["migrate", *arguments])
    assert ended.value.code == 0
    name = kept_ring(configured).current
    put(configured, KeyRing.fresh())
    for command in (["migrate"], ["user", "list"], ["evidence", "verify"], ["serve"]):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*command, *arguments])
        assert ended.value.code == 2
        assert name in "".join(capsys.readouterr())
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    assert ended.value.code == 2
    [finding] = [one for one in json.loads(capsys.readouterr().out) if one["name"] == "keys store"]
    assert (finding["level"], name in finding["detail"]) == ("FAIL", True)
