"""Lists of contacts on every engine: taken once, filtered, counted by combinations, paged the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns.segment import EVERYBODY, GIVEN, Segment
from hub.repositories import contacts, memberships, suppressions
from hub.repositories.recipients import contact_imports, saved_segments
from hub.runtime.clock import FakeClock
from hub.store.documents import Documents
from tests.contract.store.conftest import Engine
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


@pytest.fixture
async def documents(engine: Engine) -> Documents:
    return await engine.open(COLLECTIONS, FakeClock())


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
