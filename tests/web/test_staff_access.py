"""Every staff page can be used by everybody: axe, sizes, widths, languages, an empty console."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from hub.model.agent import Role
from tests.unit.hub.web.source_texts import CHINESE
from tests.web.office_pages import OFFICE_PAGES
from tests.web.staff_desk import Desk
from tests.web.staff_fixtures import desk
from tests.web.staff_pages import PAGES as DESK_PAGES
from tests.web.warning_pages import WARNING_PAGES
from tests.web.watched import Visitor, going_round, overflow, too_small, violations, violations_by_scheme

__all__ = ["desk"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]

PROVOKED = (403, 404, 422)
PAGES = DESK_PAGES | WARNING_PAGES | OFFICE_PAGES


@pytest.fixture(scope="module")
async def inspector(browser: Browser, desk: Desk) -> AsyncIterator[Visitor]:
    """Somebody who looks at page after page."""
    async with going_round(browser, desk.url) as inspector:
        yield inspector


@pytest.fixture
async def colleague(inspector: Visitor) -> AsyncIterator[Visitor]:
    """Opens pages as staff; at the end nothing may have gone wrong in any of them."""
    yield inspector
    assert inspector.taken_complaints() == []


@pytest.mark.parametrize("name", list(PAGES))
async def test_a_page_is_free_of_violations(colleague: Visitor, desk: Desk, name: str) -> None:
    role, reach = PAGES[name]
    page = await desk.sit_down(colleague, role, expected_status=PROVOKED)
    await reach(page, desk)
    assert await page.locator("h1").count() == 1
    assert (await page.title()).endswith(desk.stage.hub.settings.organisation.name)
    for link in await page.locator(".summary a").all():
        await expect(page.locator((await link.get_attribute("href") or "").strip())).to_have_count(1)
    found: dict[tuple[int, str], list[str] | list[int]] = {}
    for width in (390, 1280):
        await _unroll(page, width)
        found[width, "too small"] = await too_small(page, 44)
        found[width, "pixels too wide"] = [await overflow(page)]
        found |= {(width, scheme): what for scheme, what in (await violations_by_scheme(page)).items()}
    assert {place: what for place, what in found.items() if any(what)} == {}


async def test_no_page_is_wider_than_320_pixels(colleague: Visitor, desk: Desk) -> None:
    wide = {}
    for name, (role, reach) in PAGES.items():
        page = await desk.sit_down(colleague, role, width=320, language="en", expected_status=PROVOKED)
        await reach(page, desk)
        if await overflow(page):
            wide[name] = await overflow(page)
    assert wide == {}


@pytest.mark.parametrize("width", [390, 1280])
async def test_the_doors_are_free_of_violations(colleague: Visitor, desk: Desk, width: int) -> None:
    page = await colleague.page(width=width, expected_status=(404, 422))
    for path in ("/staff/login", "/setup/over"):
        await page.goto(desk.url + path)
        assert await violations_by_scheme(page) == {"light": [], "dark": []}
        assert await overflow(page) == 0
    await page.goto(f"{desk.url}/staff/login")
    await page.click("form button[type=submit]")
    await expect(page.locator(".summary")).to_be_focused()
    assert await violations(page) == []
    assert await too_small(page, 44) == []


async def test_english_pages_have_no_chinese_but_names_and_content(colleague: Visitor, desk: Desk) -> None:
    left = {}
    for name in ("queue", "campaign draft", "campaign editor", "new entry", "account", "people", "shortcuts"):
        role, reach = PAGES[name]
        page = await desk.sit_down(colleague, role, language="en-GB")
        if name == "shortcuts":
            await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
            await page.keyboard.press("?")
        else:
            await reach(page, desk)
        text = await page.inner_text("body")
        settings = desk.stage.hub.settings
        names = [settings.organisation.name, settings.organisation.signature, "中文"]
        for agent in desk.stage.agents.values():
            names += [agent.name, f"\n{agent.name[0]}\n"]
        content = await page.locator(
            ".case-link, .plan-text, .head-title, .back, .choice-label, .hint, .phone, .case-who"
            ", .finding-text, .rule-head .line-more"
        ).all_inner_texts()
        for word in (*content, "榕城公安局", *names, "社区网格"):
            text = text.replace(word, "")
        rest = [line for line in text.splitlines() if CHINESE.search(line)]
        if rest:
            left[name] = rest
    assert left == {}


async def test_the_first_tab_stop_skips_to_the_text(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()


async def _unroll(page: Page, width: int) -> None:
    """A window as tall as the page: bars that stay in place cover nothing then, as after scrolling."""
    height: int = await page.evaluate("document.documentElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": height})
