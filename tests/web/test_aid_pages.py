"""The 12110 register and carrier data in a browser: registered, texted, shown at once, asked at a press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from hub.model.agent import Role
from hub.model.cases.case import Undelivered
from hub.model.cases.history import HistoryKind
from tests.subscriber_system import ADDRESS, KNOWN, NAME, PlayedSubscribers, played_subscribers, position
from tests.unit.hub.actions.people.register_office import KEEPER, registered
from tests.unit.hub.web.source_texts import CHINESE
from tests.web.staff_desk import sign_in
from tests.web.staff_stage import Stage, office, text
from tests.web.watched import Visitor, overflow, too_small, violations, violations_by_scheme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TYPED = {
    "name": NAME,
    "number-1": "138 0013 8000",
    "address": "中山路5号402",
    "needs": "会读唇语",
    "contact-1-name": "陈大海",
    "contact-1-relation": "父亲",
    "contact-1-number": "0591-87654321",
    "consent_at": "2026-11-20",
}


@pytest.fixture(scope="module")
async def carrier() -> AsyncIterator[PlayedSubscribers]:
    async with played_subscribers() as played:
        yield played


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, carrier: PlayedSubscribers) -> AsyncIterator[Stage]:
    settings = carrier.settings(map_link="https://map.example/?at={latitude},{longitude}", map_datum="GCJ-02")
    async with office(tmp_path_factory.mktemp("aid"), carrier_data=settings) as running:
        yield running


@pytest.fixture(autouse=True)
async def nobody_registered(stage: Stage) -> None:
    """Every test begins with an empty register."""
    register, keeper = stage.hub.actions.people.register, stage.agents[Role.SUPERVISOR]
    for line in (await register.read.list(keeper)).lines:
        found = await stage.hub.repositories.aid.register.get(line.id)
        assert found is not None
        await register.edit.remove(keeper, line.id, version=found.version, asked=True)


@pytest.fixture
async def visitor(browser: Browser, stage: Stage) -> AsyncIterator[Visitor]:
    visitor = Visitor(browser, stage.url)
    yield visitor
    await visitor.leave()
    assert visitor.complaints == []


async def is_usable(page: Page) -> None:
    """Free of violations on a telephone, whatever is shown."""
    await page.set_viewport_size({"width": 320, "height": 844})
    assert await overflow(page) == 0
    height = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": 390, "height": height})
    assert await too_small(page, 44) == []
    assert await violations(page) == []
    await page.set_viewport_size({"width": 1280, "height": 900})


async def fills_in(page: Page, stage: Stage) -> None:
    """A supervisor registers somebody, after everything was wrong once."""
    await sign_in(page, stage.url, "supervisor")
    await page.wait_for_url("**/staff/queue")
    await page.goto(f"{stage.url}/staff/register")
    await expect(page.locator(".empty-title")).to_have_text("还没有人登记")
    await page.get_by_role("link", name="新增登记").first.click()
    await page.get_by_role("button", name="保存").click()
    await expect(page.locator(".summary li")).to_have_count(6)
    for link in await page.locator(".summary a").all():
        await expect(page.locator(await link.get_attribute("href") or "")).to_have_count(1)
    await is_usable(page)
    for name, value in TYPED.items():
        await page.fill(f"[name='{name}']", value)
    await page.check("[name=difficulty-deaf]")
    await page.check("[name=consent_by] >> nth=0")
    await page.check("[name=consented]")
    await page.get_by_role("button", name="保存").click()
    await expect(page.locator("h1")).to_have_text(NAME)


async def test_who_registered_is_known_at_once_and_the_carrier_is_asked_at_a_press(
    visitor: Visitor, stage: Stage, carrier: PlayedSubscribers
) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    carrier.said["position"] = position(at=now)
    keeper = await visitor.page(width=1280, expected_status=(422,))
    await fills_in(keeper, stage)

    page = await visitor.page(width=1280)
    await sign_in(page, stage.url, "handler")
    await page.wait_for_url("**/staff/queue")
    await page.goto(f"{stage.url}/staff/alarms", wait_until="domcontentloaded")
    await page.get_by_role("button", name="上岗").click()
    case_id = await text(stage.hub, KNOWN, "救命 在中山路5号 不能说话")
    card = page.locator(f"#alarm-{case_id}")
    await expect(card.locator(".aid-card")).to_contain_text("只能发短信，不要打电话", timeout=8_000)
    await expect(card.locator(".aid-card")).to_contain_text("陈大海")
    await expect(card.get_by_text("已登记", exact=True)).to_be_visible()
    assert carrier.asked == []  # nothing is asked by itself
    await card.get_by_role("button", name="查询机主信息").click()
    await expect(card.locator(".aid-carrier")).to_contain_text(ADDRESS)
    await card.get_by_role("button", name="查询手机位置").click()
    link = card.get_by_role("link", name="在地图上查看")
    await expect(link).to_have_attribute("href", "https://map.example/?at=26.080210,119.296470")
    await is_usable(page)
    assert await violations_by_scheme(page) == {"light": [], "dark": []}

    # a colleague sees that somebody looked, looks too, and reads in words what went wrong
    carrier.mood = "refuse"
    await keeper.goto(f"{stage.url}/staff/cases/{case_id}", wait_until="domcontentloaded")
    aid = keeper.locator(".aid-carrier")
    await expect(aid).to_contain_text("查到了")
    await expect(aid).not_to_contain_text(ADDRESS)
    await aid.get_by_role("button", name="查看").first.click()
    await expect(aid).to_contain_text(ADDRESS)
    await aid.get_by_role("button", name="再查一次").first.click()
    await expect(aid).to_contain_text("运营商拒绝了查询")
    await expect(aid).to_contain_text(ADDRESS)  # what was answered before stays
    await expect(keeper.locator(".talk-list")).to_contain_text("机主信息（三字段）（先前查到的）")
    await is_usable(keeper)
    history = await stage.hub.repositories.cases.whole_history(case_id)
    asked = [one.facts for one in history if one.kind is HistoryKind.CARRIER_ASKED]
    assert [(one["asked"], one.get("kept", "")) for one in asked] == [
        ("subscriber", ""),
        ("position", ""),
        ("subscriber", "yes"),
        ("subscriber", ""),
    ]


async def test_a_list_is_taken_whole_or_not_at_all(visitor: Visitor, stage: Stage) -> None:
    page = await visitor.page(width=1280, expected_status=(422,))
    await sign_in(page, stage.url, "supervisor")
    await page.wait_for_url("**/staff/queue")
    await page.goto(f"{stage.url}/staff/register/import")
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="下载示例文件").click()
    example = (await (await saved.value).path()).read_bytes()
    await page.set_input_files("#f-file", FilePayload(name="a.csv", mimeType="text/csv", buffer=example))
    await page.check("#f-consented")
    await page.get_by_role("button", name="导入", exact=True).click()
    await expect(page.locator(".rule")).to_contain_text("请删去示例行")
    await is_usable(page)
    right = example.replace("示例：".encode(), b"")
    await page.set_input_files("#f-file", FilePayload(name="a.csv", mimeType="text/csv", buffer=right))
    await page.check("#f-consented")
    await page.get_by_role("button", name="导入", exact=True).click()
    await expect(page.locator(".contact-list")).to_contain_text("138****1234")


async def test_the_register_speaks_english_and_is_searched_by_a_whole_number(
    visitor: Visitor, stage: Stage
) -> None:
    hub = stage.hub
    await registered(hub.documents, hub.repositories, hub.clock)
    page = await visitor.page(width=1280, language="en-GB", expected_status=(422,), script=False)
    await sign_in(page, stage.url, "handler")
    await page.goto(f"{stage.url}/staff/register")
    await page.fill("#f-find", "138001")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator(".summary")).to_contain_text("Enter the whole mobile number")
    await page.fill("#f-find", "+86 138 0013 8000")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator("h1")).to_have_text(NAME)
    assert "138" not in page.url
    await expect(page.get_by_role("link", name="Edit")).to_have_count(0)  # supervisors edit
    said = await page.inner_text(".bench")
    case_id = await text(hub, KNOWN, "请找人工。楼下路灯坏了")  # no emergency, but a text to 12110
    found = await hub.repositories.cases.get(case_id)
    assert found is not None
    lost = replace(found.value, undelivered=Undelivered(hub.clock.now_ms(), "d1"))
    await hub.documents.commit([hub.repositories.cases.update(lost, found.version)])
    await page.goto(f"{stage.url}/staff/cases/{case_id}")
    await expect(page.locator(".aid-card")).to_contain_text("Text only, do not call")
    await expect(page.locator(".banner-title", has_text="Do not telephone")).to_be_visible()
    await page.go_back()
    names = [KEEPER.name, "王手语", *(agent.name for agent in stage.agents.values())]
    for word in (NAME, *TYPED.values(), *names):
        said = said.replace(word, "")
    assert [line for line in said.splitlines() if CHINESE.search(line)] == []
