"""Asking who reported, agreeing to it, reading it and the audit, in a browser, by three people."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from hub.model.agent import Role
from hub.model.petition import Petition, PetitionKind
from tests.unit.hub.web.source_texts import CHINESE
from tests.web.staff_desk import sign_in
from tests.web.staff_stage import Stage, office
from tests.web.watched import Visitor, overflow, too_small, violations_by_scheme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NAME, NUMBER = "张金丝", "+8613811112222"


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with office(tmp_path_factory.mktemp("compartment")) as running:
        yield running


@pytest.fixture
async def visitor(browser: Browser, stage: Stage) -> AsyncIterator[Visitor]:
    visitor = Visitor(browser, stage.url)
    yield visitor
    await visitor.leave()
    assert visitor.complaints == []


async def usable(page: Page, name: str) -> None:
    """Free of violations at every width and in both schemes."""
    await page.set_viewport_size({"width": 320, "height": 844})
    assert await overflow(page) == 0
    for width in (390, 1280):
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": width, "height": height})
        assert await too_small(page, 44) == []
        assert await violations_by_scheme(page) == {"light": [], "dark": []}
        if folder := os.environ.get("HUB_TESTS_PICTURES"):
            await page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


async def of(visitor: Visitor, stage: Stage, role: Role, language: str = "zh-CN") -> Page:
    page = await visitor.page(width=1280, language=language, expected_status=(422,))
    await sign_in(page, stage.url, role.value)
    await page.wait_for_url("**/staff/**")
    return page


async def test_three_people_and_an_auditor(visitor: Visitor, stage: Stage) -> None:
    filed = await stage.hub.actions.file_petition(
        Petition("r1", PetitionKind.REPORT, "民警收钱", "举报民警收黑钱", name=NAME, phone=NUMBER)
    )
    place = f"{stage.url}/staff/cases/{filed.case_id}/identity"
    inspector = await of(visitor, stage, Role.INSPECTOR)
    await inspector.goto(f"{stage.url}/staff/cases/{filed.case_id}", wait_until="domcontentloaded")
    await inspector.get_by_role("link", name="申请查看身份").click()
    await inspector.get_by_role("button", name="提交申请").click()
    await expect(inspector.locator(".summary")).to_be_visible()
    await usable(inspector, "identity-wrong")
    await inspector.fill("#f-reason", "需要当面核实线索中的时间和地点")
    await inspector.get_by_role("button", name="提交申请").click()
    await expect(inspector.get_by_text("等待保管员审批").first).to_be_visible()

    custodian = await of(visitor, stage, Role.CUSTODIAN)
    await expect(custodian.locator("h1")).to_have_text("身份查看审批")
    await custodian.get_by_role("button", name="批准").first.click()
    await expect(custodian.locator("[id^=e-opinion]")).to_be_visible()
    await usable(custodian, "requests-wrong")
    await custodian.fill("[name=opinion]", "同意，限当面核实")
    await custodian.get_by_role("button", name="批准").first.click()
    await expect(custodian.get_by_text("没有等待审批的申请")).to_be_visible()
    await usable(custodian, "requests")
    assert NAME not in await custodian.content()

    await inspector.goto(place)
    await inspector.get_by_role("button", name="查看举报人身份").click()
    await expect(inspector.locator(".identity")).to_contain_text(NUMBER)
    await usable(inspector, "identity")

    auditor = await of(visitor, stage, Role.AUDITOR, "en-GB")
    await expect(auditor.locator("h1")).to_have_text("Audit")
    await expect(auditor.locator("tbody tr")).to_have_count(4)  # the case, asked, granted, read
    text = await auditor.inner_text("main")
    for agent in stage.agents.values():
        text = text.replace(agent.name, "")
    assert [line for line in text.splitlines() if CHINESE.search(line)] == []
    await usable(auditor, "audit")
