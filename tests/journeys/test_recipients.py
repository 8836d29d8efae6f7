"""An officer imports a list, sees who opted out and when, and writes to a segment of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.address import phone
from hub.model.agent import Role
from hub.runtime.clock import SystemClock, to_local
from tests.journeys.editor_at_work import Editor, sign_in
from tests.world import World, eventually, world

BASE = "/staff/contacts"
HEAD = "手机号,姓名,地区,标签,是否同意,同意日期"


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("office")
    async with world(folder) as running:
        yield running


@pytest.fixture(scope="module")
async def officer(office: World) -> Editor:
    return await sign_in(office, office.http, Role.PUBLICITY)


def number(place: int) -> str:
    return f"1380000{place:04d}"


def list_of(people: int, *bad: str, first: int) -> bytes:
    places = range(first, first + people)
    rows = [f"{number(place)},林{place},东城,商户,是,2025-03-01" for place in places]
    return "\r\n".join([HEAD, *rows, *(f"{one},坏,,,," for one in bad)]).encode("gb18030")


async def settled(officer: Editor, address: str) -> str:
    """The page of an import when the job is done with it."""
    page = ""

    async def is_still() -> bool:
        nonlocal page
        page = await officer.get(address)
        return 'hx-trigger="every 2s"' not in page

    assert await eventually(is_still)
    return page


async def take(officer: Editor, content: bytes, source: str, group: str) -> str:
    """The page of a list that was imported."""
    status, page = await officer.upload("名单.csv", content, f"{BASE}/imports", source=source)
    assert status == 200
    found = re.search(rf"{BASE}/imports/([0-9a-f]+)/check", page)
    assert found
    address = f"{BASE}/imports/{found[1]}"
    columns = dict(
        zip(
            (f"column-{place}" for place in range(6)),
            ("phone", "name", "region", "tags", "consent", "consent_at"),
            strict=True,
        )
    )
    status, _ = await officer.post(f"{address}/check", heading="yes", group=group, **columns)
    assert status == 200
    await settled(officer, address)
    status, _ = await officer.post(f"{address}/start")
    assert status == 200
    return await settled(officer, address)


def shown(page: str, label: str) -> str:
    """The number under a label."""
    found = re.search(rf'stat-label">{label}</p><p class="stat-value">([^<]*)<', page)
    assert found, label
    return found[1]


async def test_a_list_imported_twice_is_one_list_and_every_bad_row_is_told(
    office: World, officer: Editor
) -> None:
    bad = ("0591-87654321", "110", "1.38E+10", "", "12800138000", "1380000")
    page = await take(officer, list_of(44, *bad, first=0), "交警支队", "商户")
    assert [shown(page, label) for label in ("行数", "新增", "未采用")] == ["50", "44", "6"]
    assert "占 12.0%" in page
    link = re.search(rf"{BASE}/imports/[0-9a-f]+/rejected", page)
    assert link
    async with office.http.get(office.url + link[0]) as answer:
        told = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert [row[0] for row in told[1:]] == [str(line) for line in range(46, 52)]
    again = await take(officer, list_of(44, *bad, first=0), "交警支队", "商户")
    assert [shown(again, label) for label in ("新增", "合并到已有的人", "没有变化")] == ["0", "0", "44"]
    listed = await officer.get(f"{BASE}?group=商户")
    assert "共 44 人" in listed
    assert number(3) not in listed
    assert (await officer.post(BASE, find=number(3)))[1].count("138****0003") == 1
    assert "找到 1 人" in (await officer.post(BASE, find="林7"))[1]


async def test_an_officer_sees_who_opted_out_when_and_by_which_word(office: World, officer: Editor) -> None:
    """messaging.md, scenario 7, on the page."""
    await take(officer, list_of(3, first=100), "治安支队", "网格")
    await office.carrier.send_text(f"+86{number(101)}", "12110", "ｔｄ ")
    key = office.hub.repositories.contacts.key(phone(number(101)))

    async def is_out() -> bool:
        return len(await office.hub.repositories.suppressions.of_address(key)) == 2

    assert await eventually(is_out)
    page = await officer.get(f"{BASE}/optouts")
    now = to_local(SystemClock().now_ms())
    days = {f"{day.month}月{day.day}日" for day in (now, now - timedelta(minutes=5))}
    assert "138****0101" in page
    assert "本人回复，渠道 sms-12110" in page
    assert "“ｔｄ”" in page
    assert any(day in page for day in days)
    status, page = await officer.post(
        f"{BASE}/optouts/add", number=number(102), subjects="education", via="phone", note="来电要求"
    )
    assert status == 200
    assert "测试publicity登记" in page
    person = re.search(rf"{BASE}/people/[0-9a-f]+", (await officer.post(BASE, find=number(102)))[1])
    assert person
    await officer.get(person[0])
    rule = office.hub.repositories.contacts.key(phone(number(102))) + ":education"
    refused, page = await officer.post(person[0], rule=rule, via="phone", note="想恢复")
    assert (refused, "只有本人要求" in page) == (422, True)
    status, page = await officer.post(person[0], rule=rule, via="phone", note="来电要求恢复", asked="yes")
    assert (status, "来电要求恢复" in page, "没有拒收" in page) == (200, True, True)


async def test_a_campaign_keeps_the_filter_of_the_segment_it_was_made_with(
    office: World, officer: Editor
) -> None:
    await take(officer, list_of(4, first=200), "经侦支队", "企业")
    await officer.get(f"{BASE}/segments/new")
    status, page = await officer.post(
        f"{BASE}/segments/new", name="东城商户", groups="企业", regions="999100", tags="商户", consent="given"
    )
    found = re.search(rf"{BASE}/segments/([0-9a-f]+)/edit", page)
    assert (status, bool(found)) == (200, True)
    assert found
    assert "符合条件 4 人" in page
    _, look = await officer.post(f"{BASE}/segments/look", segment_id=found[1])
    assert "138****020" in look
    status, _ = await officer.post(
        "/staff/campaigns/new",
        name="反诈提醒",
        message_class="L",
        channel="sms-12110",
        segment_id=found[1],
        template="公检法不会要求转账。",
    )
    assert status == 200
    campaign = (await office.hub.repositories.campaigns.using(found[1]))[0]
    assert (campaign.segment.groups, campaign.segment.tags, campaign.segment.consent) == (
        ("企业",),
        ("商户",),
        "given",
    )
    status, _ = await officer.post(
        f"{BASE}/segments/{found[1]}/edit", name="东城商户", version="1", groups="企业", tags="网格"
    )
    assert (status, (await office.hub.actions.campaigns.get(campaign.id)).value.segment) == (
        200, campaign.segment
    )  # fmt: skip
