"""Lists of contacts on every engine: taken once, filtered, counted by combinations, paged the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from campaigns.segment import EVERYBODY, GIVEN, Segment
from hub.repositories import contacts, memberships, suppressions
from hub.repositories.recipients import contact_imports, saved_segments
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents
from hub.store.mongo import open_mongo
from hub.store.sqlite import open_sqlite
from tests.unit.hub.actions.campaigns.recipients.desk import NOON, RecipientDesk, csv_of

COLLECTIONS = (
    *contacts.COLLECTIONS,
    *memberships.COLLECTIONS,
    *suppressions.COLLECTIONS,
    *contact_imports.COLLECTIONS,
    *saved_segments.COLLECTIONS,
)
LINES = [
    f"1380000{n:04},林{n},{('福州', '厦门')[n % 2]},{'商户' if n % 3 else '外卖、商户'},{'是' * (n % 2)}"
    for n in range(12)
]


@pytest.fixture(params=["sqlite", pytest.param("mongo", marks=pytest.mark.mongodb)])
async def documents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    store: Documents
    if request.param == "sqlite":
        store = await open_sqlite(tmp_path / "hub.db", COLLECTIONS, clock=FakeClock())
    else:
        url = request.getfixturevalue("mongo_url")
        store = await open_mongo(url, f"t{uuid4().hex[:16]}", COLLECTIONS, clock=FakeClock())
    yield store
    await store.close()


async def test_a_list_is_taken_once_and_counted_as_it_is_paged(documents: Documents, tmp_path: Path) -> None:
    desk = RecipientDesk(tmp_path / "files", documents=documents)
    content = csv_of("手机,姓名,地区,标签,同意", *LINES, "0591-87654321,,,,")
    first, second = await desk.take(content), await desk.take(content)
    assert (first.done.new, first.done.bad, second.done.unchanged) == (12, 1, 12)
    for segment, people in {
        Segment((EVERYBODY,)): 12,
        Segment(("社区", EVERYBODY), tags=("外卖",)): 8,
        Segment(("社区",), ("350200",), "zh", ("商户",), ("交警支队",), GIVEN): 6,
        Segment(("社区",), tags=("没有",)): 0,
    }.items():
        assert (await desk.count.funnel(segment)).left == people
        assert await desk.stores.memberships.count(segment, snapshot_at=NOON) == people
        pages = await desk.stores.memberships.page(segment, after="", limit=50, snapshot_at=NOON)
        assert len(pages) == people
    listed, following = await desk.stores.memberships.listed({}, Segment((EVERYBODY,)), after=None, limit=7)
    rest, end = await desk.stores.memberships.listed({}, Segment((EVERYBODY,)), after=following, limit=7)
    assert (len({row.id for row in (*listed, *rest)}), end) == (12, None)
    assert await documents.recount("memberships") == 0
