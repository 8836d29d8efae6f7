"""A sealed file: any part of it is what was written, and nothing that was meddled with opens."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from hub.store.crypto import KeyProblem, KeyRing, Vault
from hub.store.files import MARKS, FileStore
from hub.store.sealed_file import CHUNK_BYTES, MAGIC, NotSealed, SealedFiles
from hub.store.unreadable import Unreadable

VAULT = Vault(KeyRing.fresh())
OTHER = Vault(KeyRing.fresh())
FILES = SealedFiles((VAULT, OTHER), VAULT.subkey(MARKS))
SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 77)
HEAD = len(MAGIC) + 1 + len(VAULT.current) + 32 + 8
STEP = CHUNK_BYTES + 16


def content_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of each size."""
    made = tmp_path_factory.mktemp("sealed")
    for size in SIZES:
        FILES.write(made / str(size), f"place/{size}", content_of(size), VAULT)
    return made


@settings(max_examples=60, deadline=None)
@given(
    size=some.sampled_from(SIZES),
    start=some.integers(0, 4 * CHUNK_BYTES),
    stop=some.none() | some.integers(0, 4 * CHUNK_BYTES),
)
def test_any_part_is_the_same_part_of_what_was_written(
    folder: Path, size: int, start: int, stop: int | None
) -> None:
    with FILES.opened(folder / str(size), f"place/{size}") as file:
        assert file.size == size
        assert file.read(start, stop) == content_of(size)[start:stop]


@settings(max_examples=60, deadline=None)
@given(some.data())
def test_a_file_of_which_any_byte_is_another_does_not_open(folder: Path, data: some.DataObject) -> None:
    size = data.draw(some.sampled_from(SIZES))
    raw = bytearray((folder / str(size)).read_bytes())
    place = data.draw(some.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(some.integers(1, 255))
    path = folder / "flipped"
    path.write_bytes(raw)
    with pytest.raises(KeyProblem):
        FILES.read(path, f"place/{size}")


def test_a_part_of_a_file_is_opened_although_another_chunk_is_damaged(folder: Path, tmp_path: Path) -> None:
    size = 3 * CHUNK_BYTES + 77
    raw = bytearray((folder / str(size)).read_bytes())
    raw[HEAD + STEP + 5] ^= 1
    (tmp_path / "a").write_bytes(raw)
    with FILES.opened(tmp_path / "a", f"place/{size}") as file:
        assert file.read(0, CHUNK_BYTES) == content_of(size)[:CHUNK_BYTES]
        assert file.read(2 * CHUNK_BYTES) == content_of(size)[2 * CHUNK_BYTES :]
        with pytest.raises(KeyProblem):
            file.read(CHUNK_BYTES - 1, CHUNK_BYTES + 1)


def exchanged(raw: bytes) -> bytes:
    first, second = raw[HEAD : HEAD + STEP], raw[HEAD + STEP : HEAD + 2 * STEP]
    return raw[:HEAD] + second + first + raw[HEAD + 2 * STEP :]


def twice(raw: bytes) -> bytes:
    first = raw[HEAD : HEAD + STEP]
    return raw[:HEAD] + first + first + raw[HEAD + 2 * STEP :]


def shortened(raw: bytes) -> bytes:
    """By a whole chunk, with a head that says so."""
    size = (2 * CHUNK_BYTES + 77).to_bytes(8, "big")
    return raw[: HEAD - 8] + size + raw[HEAD + STEP :]


@pytest.mark.parametrize(
    "meddle",
    [exchanged, twice, shortened, lambda raw: raw[:-1], lambda raw: raw[:-STEP], lambda raw: raw + b"\0"],
)
def test_chunks_cannot_be_exchanged_doubled_or_left_out(
    folder: Path, tmp_path: Path, meddle: Callable[[bytes], bytes]
) -> None:
    size = 3 * CHUNK_BYTES + 77
    (tmp_path / "a").write_bytes(meddle((folder / str(size)).read_bytes()))
    with (
        pytest.raises(KeyProblem),
        FILES.opened(tmp_path / "a", f"place/{size}") as file,
    ):
        file.read(0, 2 * CHUNK_BYTES)


def test_a_file_opens_at_its_own_place_and_with_its_own_key_only(folder: Path) -> None:
    with pytest.raises(KeyProblem):
        FILES.read(folder / "1", f"place/{CHUNK_BYTES}")
    with pytest.raises(KeyProblem, match=VAULT.current):
        SealedFiles((OTHER,), VAULT.subkey(MARKS)).read(folder / "1", "place/1")


def test_who_lacks_the_key_can_tell_whether_a_file_was_altered(folder: Path, tmp_path: Path) -> None:
    without = SealedFiles((OTHER,), VAULT.subkey(MARKS))
    assert without.is_marked(folder / str(CHUNK_BYTES), f"place/{CHUNK_BYTES}")
    raw = bytearray((folder / str(CHUNK_BYTES)).read_bytes())
    raw[HEAD + 9] ^= 1
    (tmp_path / "a").write_bytes(raw)
    assert not without.is_marked(tmp_path / "a", f"place/{CHUNK_BYTES}")


@pytest.mark.parametrize("raw", [b"", b"RIFF$\0\0\0WAVE", b"words without a seal", MAGIC, MAGIC + b"\x0dk12"])
def test_what_was_never_sealed_or_breaks_off_in_its_head_is_told_apart(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(KeyProblem) as refused:
        FILES.read(tmp_path / "a", "place")
    assert isinstance(refused.value, NotSealed) is not raw.startswith(MAGIC)


async def test_an_attachment_of_an_earlier_release_is_read_and_sealed_anew_as_all_are(tmp_path: Path) -> None:
    ring = KeyRing.fresh()
    files = FileStore(tmp_path, Vault(ring))
    id = await files.put(b"a photo")
    path = tmp_path / id[:2] / id[2:]
    path.write_text(Vault(ring).seal(f"files/{id}", b"a photo"))  # as it was written before
    assert await files.get(id) == b"a photo"
    assert files.key_of(id) == ring.current
    later = FileStore(tmp_path, Vault(ring.rotated()))
    assert later.reseal(id)
    assert path.read_bytes().startswith(MAGIC)
    assert await later.get(id) == b"a photo"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Unreadable):
        await later.get(id)


def test_killed_while_it_is_written_a_file_is_the_one_of_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FILES.write(tmp_path / "a", "place", b"of before", VAULT)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        FILES.write(tmp_path / "a", "place", b"of now", OTHER)
    assert FILES.read(tmp_path / "a", "place") == b"of before"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
