"""What only the embedded engine has: its file, its lock, its disk, its tables."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hub.store.digest import digest
from hub.store.documents import Add, Body, Insert, Refused, StoreUnavailable, Update
from hub.store.sqlite import SqliteDocuments, open_sqlite
from tests.contract.store.declared import CASES, COLLECTIONS, PARTS, StandingClock


async def opened(path: Path) -> SqliteDocuments:
    return await open_sqlite(path, COLLECTIONS, clock=StandingClock())


async def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "var" / "hub.db"
    store = await opened(path)
    waiting = [
        asyncio.ensure_future(store.commit([Insert("cases", f"c{n}", {"state": "new"})])) for n in range(50)
    ]
    await asyncio.sleep(0)  # every commit is accepted, none was awaited
    await store.close()
    await asyncio.gather(*waiting)
    assert sorted(os.listdir(path.parent)) == ["hub.db", "hub.db.lock"]
    store = await opened(path)
    assert await store.count("cases", {}) == {"": 50}
    await store.close()


async def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    store = await opened(path)
    await store.commit([Insert("cases", "c1", {})])
    for name in os.listdir(tmp_path):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
    await store.close()


async def test_a_second_process_is_refused_and_told_who_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    store = await opened(path)
    program = (
        "import asyncio, sys, pathlib\n"
        "from hub.store.documents import Refused\n"
        "from hub.store.sqlite import open_sqlite\n"
        "try:\n"
        "    asyncio.run(open_sqlite(pathlib.Path(sys.argv[1]), (), clock=None))\n"
        "except Refused as refused:\n"
        "    sys.exit(str(refused))\n"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await child.communicate()
    assert child.returncode == 1
    assert f"process {os.getpid()}" in said.decode()
    assert "只能由一个进程打开" in said.decode()
    with pytest.raises(Refused):
        await opened(path)
    await store.close()
    await (await opened(path)).close()


async def test_a_second_one_is_refused_through_a_link_and_without_the_lock_file(tmp_path: Path) -> None:
    path, link, other = tmp_path / "hub.db", tmp_path / "link.db", tmp_path / "other"
    store = await opened(path)
    link.symlink_to(path)
    other.mkdir()
    (other / "hard.db").hardlink_to(path)
    path.with_name("hub.db.lock").unlink()
    for name in (path, link, other / "hard.db"):
        with pytest.raises(Refused, match="只能由一个进程打开"):
            await opened(name)
    await store.commit([Insert("cases", "c1", {})])
    await store.close()
    store = await opened(link)
    assert await store.count("cases", {}) == {"": 1}
    await store.close()


async def test_files_that_are_not_ours_are_refused_untouched(tmp_path: Path) -> None:
    text, other, newer = tmp_path / "a.txt", tmp_path / "other.db", tmp_path / "newer.db"
    text.write_text("not a database, but long enough to look at\n" * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    await (await opened(newer)).close()
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = text.read_bytes(), other.read_bytes()
    for path in (text, other, newer, tmp_path):
        with pytest.raises(Refused):
            await opened(path)
    assert (text.read_bytes(), other.read_bytes()) == before


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file of this process may grow beyond the size the log of `path` has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(os.path.getsize(f"{path}-wal"), os.path.getsize(path))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_commits_nothing_of_the_batch_and_the_store_recovers(
    tmp_path: Path,
) -> None:
    path = tmp_path / "hub.db"
    store = await opened(path)
    await store.commit([Insert("parts", "first", {"text": "x" * 200_000})])

    async def write(n: int, size: int) -> BaseException | None:
        try:
            await store.commit([Insert("cases", f"c{n}", {}), Insert("parts", f"p{n}", {"text": "x" * size})])
        except StoreUnavailable as error:
            return error
        return None

    with full_disk(path):
        told = await asyncio.gather(*(write(n, 100_000) for n in range(8)))
        assert all(isinstance(error, StoreUnavailable) for error in told)
        assert await store.count("parts", {}) == {"": 1}
        assert await store.count("cases", {}) == {"": 0}
    assert await asyncio.gather(*(write(n, 100_000) for n in range(8))) == [None] * 8
    await store.close()
    store = await opened(path)
    assert await store.count("parts", {}) == {"": 9}
    await store.close()


async def test_a_changed_declaration_moves_content_and_loses_none(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    clock = StandingClock()
    bodies: list[tuple[str, Body]] = [
        ("a", {"unit": "fz", "rank": 5, "text": "身份证补办", "note": None}),
        ("b", {"unit": None, "rank": None, "text": "护照"}),
        ("c", {"text": "居住证"}),
    ]
    plain = replace(PARTS, fields={"unit": str}, indexes=(("unit",),))
    store = await open_sqlite(path, (plain,), clock=clock)
    await store.insert_many("parts", bodies)
    before = await digest(store, (plain,))
    await store.close()

    richer = replace(
        PARTS, fields={"unit": str, "rank": int, "note": str}, indexes=(("rank",),), search="text"
    )
    store = await open_sqlite(path, (richer,), clock=clock)
    assert await digest(store, (richer,)) == before
    assert [d.id for d in await store.find("parts", {"rank": 5}, limit=9)] == ["a"]
    assert [d.id for d in await store.search("parts", "护照", limit=9)] == ["b"]
    await store.commit([Update("parts", "a", {"rank": None}, 1)])
    await store.commit([Update("parts", "b", {"rank": 7}, 1)])
    after = await digest(store, (richer,))
    await store.close()

    bare = replace(PARTS, fields={}, indexes=())
    store = await open_sqlite(path, (bare,), clock=clock)
    assert await digest(store, (bare,)) == after
    found = await store.get_many("parts", ["a", "b", "c"])
    assert found["a"].body == {"unit": "fz", "rank": None, "text": "身份证补办", "note": None}
    assert found["b"].body == {"unit": None, "rank": 7, "text": "护照"}
    assert found["c"].body == {"text": "居住证"}
    await store.close()


async def test_a_unique_key_declared_over_duplicates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    clock = StandingClock()
    store = await open_sqlite(path, (replace(CASES, unique=()),), clock=clock)
    await store.insert_many("cases", [("a", {"reference": "R"}), ("b", {"reference": "R"})])
    await store.close()
    with pytest.raises(Refused, match="duplicates"):
        await open_sqlite(path, (CASES,), clock=clock)
    store = await open_sqlite(path, (replace(CASES, unique=()),), clock=clock)
    assert await store.count("cases", {}) == {"": 2}
    await store.close()


async def test_queries_go_by_their_index(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    await (await opened(path)).close()
    connection = sqlite3.connect(path)
    plans = {
        "SELECT id FROM c_cases WHERE f_state = ? ORDER BY f_due_at, id LIMIT 9": "i_cases_state_due_at",
        "SELECT id FROM c_cases WHERE f_state = ? ORDER BY f_due_at DESC, id DESC": "i_cases_state_due_at",
        "SELECT id FROM c_cases WHERE f_reference = ?": "u_cases_reference",
    }
    for sql, index in plans.items():
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("x",)))
        assert index in plan
        assert "TEMP B-TREE" not in plan
    connection.close()


async def test_a_backup_taken_while_writing_is_consistent(tmp_path: Path) -> None:
    store = await opened(tmp_path / "hub.db")
    begun, finished = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        number = 0
        while not finished.is_set():
            await store.commit(
                [Insert("parts", f"p{number}", {"unit": "x"}), Add("tallies", "all", {"taken": 1})]
            )
            number += 1
            if number == 20:
                begun.set()

    await store.insert_many("entries", [("e1", {"text": "身份证补办"})])
    writing = asyncio.ensure_future(write())
    await begun.wait()
    await store.backup(tmp_path / "copy.db")
    finished.set()
    await writing
    await store.close()
    copy = await opened(tmp_path / "copy.db")
    tally = await copy.get("tallies", "all")
    assert tally is not None
    assert await copy.count("parts", {"unit": "x"}) == {"": tally.body["taken"]}
    assert [d.id for d in await copy.search("entries", "补办", limit=3)] == ["e1"]
    await copy.close()
