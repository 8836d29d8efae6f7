"""A store written while a case was still one flat value opens, verifies and digests as before.

The documents are those of `tests/data/flat_cases`; the test writes them into an empty store of either engine.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from hub.model.cases.case import Applicant, Chain, Origin, QueryCode
from hub.model.cases.proceeding import Proceeding
from hub.model.cases.queue.standing import standing
from hub.model.track import Track
from hub.repositories.repositories import Repositories, repositories
from hub.runtime.clock import SystemClock
from hub.settings.read import load
from hub.store.crypto import Vault
from hub.store.documents import Body, Documents
from hub.wiring.store import open_store, open_vault
from tests.contract.store.conftest import ENGINES
from tests.unit.hub.cli.test_cli import configured, hub, printed

OLD = Path(__file__).parents[2] / "data" / "flat_cases"
LATER = {
    "screening_at": 0,
    "due_at": 0,
    **{
        name: value
        for name, value in msgspec.to_builtins(Proceeding(Track.CONSULT)).items()
        if name not in {"track", "state", "handler", "unit_id", "event"}
    },
    "routed_to": "",
    "last_move": "",
    "limit_at": 0,
    "limit_clock": "",
    "limit_statutory": False,
    "ranked_at": 0,
    "snoozed_by": "",
    "snoozed_until": 0,
    "undelivered_at": 0,
    "undelivered_id": "",
    "silence": "",
    "recused": (),
}
"""Fields of a case that came later, with what they hold in an old one."""
DIGEST = (OLD / "digest.txt").read_text("utf-8").strip()


@pytest.fixture(params=ENGINES)
async def config(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The configuration of a store that holds the old documents and nothing else."""
    mongo_url = request.getfixturevalue("mongo_url") if request.param == "mongo" else ""
    path = configured_for(tmp_path, mongo_url)
    documents = await open_store(load(Path(path)), SystemClock(), migrated=False)
    await fill(documents)
    await documents.close()
    return path


def configured_for(folder: Path, mongo_url: str) -> str:
    shutil.copy(OLD / "keys.json", folder / "keys.json")
    (folder / "keys.json").chmod(0o600)
    path = Path(configured(folder))
    if mongo_url:
        (folder / "url").write_text(mongo_url, "utf-8")
        engine = f'engine = "mongodb"\nurl = "file:{folder}/url"\ndatabase = "t{uuid4().hex[:16]}"'
        path.write_text(path.read_text("utf-8").replace("[store]", f"[store]\n{engine}"), "utf-8")
    return str(path)


async def fill(documents: Documents) -> None:
    pages: dict[str, list[tuple[str, Body]]] = defaultdict(list)
    for line in (OLD / "documents.jsonl").read_text("utf-8").splitlines():
        collection, id, body = json.loads(line)
        pages[collection].append((id, body))
    for collection, page in pages.items():
        assert await documents.insert_many(collection, page) == []


@pytest.fixture
async def opened(config: str) -> AsyncIterator[tuple[Documents, Repositories, Vault]]:
    """The same store as it is, without clocks."""
    settings = load(Path(config))
    documents = await open_store(settings, SystemClock(), migrated=False)
    vault = await open_vault(settings, documents)
    yield documents, repositories(documents, vault, cities={}), vault
    await documents.close()


async def test_opened_its_cases_are_under_clocks_and_every_history_holds(config: str) -> None:
    assert printed(hub("store", "digest", "--json", "--config", config)) == {"digest": DIGEST}
    assert hub("migrate", "--check", "--config", config).returncode == 1
    assert printed(hub("migrate", "--json", "--config", config))["ran"] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    after = printed(hub("store", "digest", "--json", "--config", config))
    documents = await open_store(load(Path(config)), SystemClock())
    stores = repositories(documents, await open_vault(load(Path(config)), documents), cities={})
    found = [await stores.cases.get(stored.id) async for stored in documents.scan("cases")]
    assert all(one and one.value.proceeding.registered_at == one.value.received_at for one in found)
    await documents.close()
    assert printed(hub("store", "digest", "--json", "--config", config)) == after
    verified = printed(hub("evidence", "verify", "--json", "--config", config))
    # The files of the recordings are not kept with the documents; their chain is whole, and so are the cases.
    missing = [f"link {seq}: the file is missing or was changed" for seq in (1, 2)]
    assert (verified["cases"], verified["recordings"], verified["problems"]) == (12, 2, missing)


async def test_every_case_is_written_as_it_was_read(
    opened: tuple[Documents, Repositories, Vault],
) -> None:
    documents, stores, vault = opened
    seen = 0
    async for stored in documents.scan("cases"):
        found = await stores.cases.get(stored.id)
        assert found
        written = dict(stores.cases.update(found.value, found.version).set)
        since = {name: written.pop(name) for name in written.keys() - stored.body.keys()}
        place = standing(found.value)
        assert since == LATER | {name: place[name] for name in place.keys() & since.keys()}
        old = {**stored.body, "rank": place["rank"]}  # by the order of today
        assert readable(written, stored.id, vault) == readable(old, stored.id, vault)
        seen += 1
    assert seen == 12


async def test_what_travels_together_is_read_from_where_it_stood(
    opened: tuple[Documents, Repositories, Vault],
) -> None:
    documents, stores, _ = opened
    found = await stores.cases.by_reference("26113000000679")
    assert found
    case, stored = found.value, await documents.get("cases", found.value.id)
    assert stored
    flat = stored.body
    assert (case.applicant.name, case.applicant.address) == ("张三丰", "+8613800138000")
    assert (case.applicant.address_key, case.applicant.contact_id) == (
        flat["address_key"],
        flat["contact_id"],
    )
    assert case.origin == Origin("petition", "petition", flat["conversation_id"], "999100", "zh")
    assert case.query_code == QueryCode(flat["code_hash"], flat["code_salt"], told=True)
    assert case.chain == Chain(1, flat["history_head"])
    unknown = await stores.cases.by_reference("26113000000776")
    assert unknown
    assert unknown.value.applicant == Applicant().hidden()


def readable(body: Body, case_id: str, vault: Vault) -> str:
    """A document in one spelling, its sealed fields opened."""
    opened = json.loads(vault.open(f"cases/{case_id}", body["pii"]))
    return json.dumps({**body, "pii": opened}, sort_keys=True)
