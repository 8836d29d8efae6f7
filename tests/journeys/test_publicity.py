"""An officer puts law education on the web and plans a series; citizens read it and get it once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.campaign import CampaignState
from campaigns.lesson import shipped_lessons
from campaigns.segment import Segment
from campaigns.window import is_open
from channels.outbox.delivery import MessageClass
from channels.outbox.quiet_hours import window_of
from hub.model.agent import Role
from hub.runtime.clock import to_local
from tests.journeys.editor_at_work import Editor, sign_in
from tests.journeys.test_broadcast import GROUP, DaytimeClock, join
from tests.releasing import let_go
from tests.world import World, eventually, world

LESSON = shipped_lessons()["fraud-96110"]
NOTICES = "/staff/campaigns/notices"
SERIES = "/staff/campaigns/series"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
async def daytime(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One hub for both; the second moves its clock."""
    folder: Path = tmp_path_factory.mktemp("publicity")
    async with world(folder, clock=DaytimeClock()) as running:
        yield running


async def feed_titles(hub: World) -> list[str]:
    async with hub.http.get(f"{hub.url}/feed.json") as feed:
        return [item["title"] for item in (await feed.json(content_type=None))["items"]]


async def read(hub: World, path: str) -> tuple[int, str]:
    async with hub.http.get(hub.url + path) as page:
        return page.status, await page.text()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def test_a_text_is_on_the_web_at_once_is_corrected_and_taken_down(daytime: World) -> None:
    hub = daytime
    hub.http.cookie_jar.clear()
    officer = await sign_in(hub, hub.http, Role.PUBLICITY, login="notices")
    library = await officer.get("/staff/campaigns/lessons?topic=fraud")
    form = library[library.index(f"/staff/campaigns/lessons/{LESSON.id}/publish") :]
    notice_id = hidden(form, "id")
    for _ in range(2):  # pressed twice
        status, _page = await officer.post(f"/staff/campaigns/lessons/{LESSON.id}/publish", id=notice_id)
        assert status == 200
    assert (await feed_titles(hub)).count(LESSON.title) == 1
    for path in ("/notices", "/education", "/education/fraud"):
        status, page = await read(hub, path)
        assert (status, LESSON.title in page) == (200, True)
    status, page = await read(hub, f"/notices/{notice_id}")
    assert LESSON.web.split("\n")[1] in page
    assert not hub.carrier.journal.messages  # nothing was sent

    page = await officer.get(f"{NOTICES}/{notice_id}")
    changed = {
        "kind": "education",
        "topic": "fraud",
        "title": "改过的标题",
        "text": "改过的内容。",
        "law": "",
    }
    version = hidden(page, "version")
    status, page = await officer.post(f"{NOTICES}/{notice_id}", version=version, **changed)
    assert (status, "改过的内容。" in page, LESSON.title in page) == (
        200,
        True,
        True,
    )  # with what it said before
    status, page = await officer.post(
        f"{NOTICES}/{notice_id}", version=version, **{**changed, "title": "慢了"}
    )
    assert (status, "慢了" in page, "刚刚被别人修改" in page) == (422, True, True)
    assert "改过的标题" in await feed_titles(hub)

    status, page = await officer.post(f"{NOTICES}/{notice_id}/withdraw", reason="")
    assert (status, "请写明撤下的原因" in page) == (422, True)
    status, page = await officer.post(f"{NOTICES}/{notice_id}/withdraw", reason="写错了")
    assert (status, "写错了" in page) == (200, True)
    status, page = await read(hub, f"/notices/{notice_id}")
    assert (status, "改过的内容" in page, "写错了" in page) == (410, False, False)
    assert "改过的标题" not in await feed_titles(hub)


async def test_a_series_leaves_item_by_item_through_approval(daytime: World) -> None:
    hub = daytime
    await join(hub, 3)
    hub.http.cookie_jar.clear()
    officer = await sign_in(hub, hub.http, Role.PUBLICITY, login="series")
    clock = hub.hub.clock
    assert isinstance(clock, DaytimeClock)
    series_id = await planned(hub, officer)

    await hub.hub.actions.publicity.series.run.step()
    page = await officer.get(f"{SERIES}/{series_id}")
    assert page.count("已建活动") == 1
    assert page.count("未到送审时间") == 1
    [campaign] = [found.value for found in (await hub.hub.repositories.campaigns.page()).campaigns]
    assert campaign.state is CampaignState.IN_REVIEW
    assert [one.name for one in await hub.hub.repositories.campaigns.using(campaign.segment_id)] == [
        campaign.name
    ]

    await approved(hub, campaign.id)
    clock.shift += 2 * DAY_MS + 5_000  # ten o'clock of the day has just passed

    async def all_sent() -> bool:
        return len([m for m in hub.carrier.journal.messages if LESSON.sms in m.text]) == 3

    assert await eventually(all_sent, seconds=30)

    async def noticed() -> bool:
        await hub.hub.actions.publicity.series.run.step()
        found = await hub.hub.repositories.publicity.series.get(series_id)
        assert found is not None
        return [str(item.state) for item in found.value.items] == ["sent", "planned"]

    assert await eventually(noticed)
    assert LESSON.title in await feed_titles(hub)
    texts = [m.text for m in hub.carrier.journal.messages if LESSON.sms in m.text]
    assert set(texts) == {f"【测试公安】{LESSON.sms}拒收请回复R"}


async def planned(hub: World, officer: Editor) -> str:
    """A series of two from the day after tomorrow, made in the pages."""
    page = await officer.get(f"{SERIES}/new?topic=fraud")
    now = hub.hub.clock.now_ms()
    assert is_open(window_of(MessageClass.L), now)
    segments = hub.hub.actions.publicity.recipients.segments
    readers = await segments.save("lead", "读者", "", Segment((GROUP,)))
    typed = {
        "id": hidden(page, "id"),
        "name": "",
        "rhythm": "weekly",
        "first": str(to_local(now).date() + timedelta(days=2)),
        "at": "10:00",
        "day_off": "send",
        "channel": "sms-12110",
        "segment_id": readers.id,
        "public": "yes",
        "lead_days": "3",
    }
    status, page = await officer.post(f"{SERIES}/new", **typed, lessons=LESSON.id, step="create")
    assert (status, "请填写系列名称" in page) == (422, True)
    status, page = await officer.post(
        f"{SERIES}/new", **{**typed, "segment_id": "gone"}, lessons=LESSON.id, step="preview"
    )
    assert (status, "没有这个人群，请重新选择" in page) == (422, True)
    status, page = await officer.post(
        f"{SERIES}/new", **{**typed, "name": "防诈周周讲"}, lessons=LESSON.id, step="preview"
    )
    assert (status, 'id="dates"' in page) == (200, True)
    chosen = [("lessons", LESSON.id), ("lessons", "fraud-first-half-hour")]
    fields = [*{**typed, "name": "防诈周周讲", "step": "create", "csrf": officer.csrf}.items(), *chosen]
    async with hub.http.post(
        hub.url + f"{SERIES}/new", data=fields, headers={"Sec-Fetch-Site": "same-origin"}
    ) as answer:
        assert answer.status == 200
        return str(answer.url).rsplit("/", 1)[1]


async def approved(hub: World, campaign_id: str) -> None:
    """Another person approves it and it is let go at its time."""
    await let_go(hub.hub, campaign_id)
