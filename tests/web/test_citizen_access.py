"""Every page of citizens can be used by everybody: axe, sizes, widths, languages, an empty console."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.unit.hub.web.source_texts import CHINESE
from tests.web.citizen_pages import PAGES, fill_petition
from tests.web.running_site import RunningSite
from tests.web.watched import View, Visitor, going_round, overflow, too_small, violations_by_scheme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("citizen browser")]

PROVOKED = (404, 422)
WIDTHS = (390, 1280)
VIEWS: tuple[View, ...] = ("light", "elder")
_TRANSLATED = ("home", "petition kinds", "petition form", "petition form with errors", "track", "not found")


@pytest.fixture(scope="module")
async def inspector(browser: Browser, site: RunningSite) -> AsyncIterator[Visitor]:
    """Somebody who looks at page after page."""
    async with going_round(browser, site.url) as inspector:
        yield inspector


@pytest.fixture
async def visitor(inspector: Visitor, new_source: None) -> AsyncIterator[Visitor]:
    """Opens pages as one citizen; at the end nothing may have gone wrong in any of them."""
    yield inspector
    assert inspector.taken_complaints() == []


@pytest.mark.parametrize("name", list(PAGES))
async def test_a_page_shows_the_emergency_numbers_and_is_free_of_violations(
    visitor: Visitor, site: RunningSite, name: str
) -> None:
    page = await visitor.page(expected_status=PROVOKED)
    await PAGES[name](page, site.url)
    await expect(page.locator(".emergency a[href='tel:110']")).to_be_visible()
    await expect(page.locator(".emergency a[href='sms:12110']")).to_be_visible()
    for view in VIEWS:
        await _wear(page, view)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            assert await violations_by_scheme(page) == {"light": [], "dark": []}, (view, width)
            assert await too_small(page, 60 if view == "elder" else 44) == [], (view, width)
            assert await overflow(page) == 0, (view, width)
        for width in (320, 1024, 1920):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await overflow(page) == 0, (view, width)
    assert await page.locator("h1").count() == 1
    assert (await page.title()).endswith(site.hub.settings.organisation.name)


async def test_no_english_page_is_wider_than_320_pixels(visitor: Visitor, site: RunningSite) -> None:
    wide = []
    page = await visitor.page(width=320, language="en", expected_status=PROVOKED)
    for name, reach in PAGES.items():
        await page.context.clear_cookies()
        await reach(page, site.url)
        for view in VIEWS:
            await _wear(page, view)
            if await overflow(page):
                wide.append((name, view))
    assert wide == []


@pytest.mark.parametrize("width", [1024, 1280])
async def test_the_english_header_keeps_its_switches_at_the_right(
    visitor: Visitor, site: RunningSite, width: int
) -> None:
    page = await visitor.page(width=width, language="en")
    await page.goto(site.url, wait_until="domcontentloaded")
    brand = await page.locator(".brand").bounding_box()
    switches = await page.locator(".switches").bounding_box()
    assert brand is not None
    assert switches is not None
    assert switches["x"] > width / 2
    assert switches["y"] < brand["y"] + brand["height"]


async def test_on_a_phone_the_navigation_shows_where_one_is(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(width=390)
    await page.goto(f"{site.url}/notices", wait_until="domcontentloaded")
    await expect(page.locator(".nav [aria-current]")).to_be_in_viewport(ratio=0.9)


async def test_the_summary_names_the_field_of_each_error(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(expected_status=PROVOKED)
    await PAGES["petition form with errors"](page, site.url)
    links = await page.locator(".summary-list a").all_inner_texts()
    assert any(text.startswith("详细说明：") for text in links), links
    assert any(text.startswith("姓名：") or "姓名" in text for text in links), links


async def _wear(page: Page, view: View) -> None:
    """The page as it is, in another dress: what older people get apart from it is a page of its own."""
    await page.evaluate("view => { document.documentElement.dataset.view = view }", view)


async def test_english_pages_have_no_chinese_but_names_and_content(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page(language="en-GB", expected_status=PROVOKED)
    left = {}
    own = site.hub.settings.organisation
    names = [own.name, own.publisher, own.icp, "中文", *(region.name for region in site.hub.settings.regions)]
    for name in (
        "home",
        "petition kinds",
        "petition form",
        "petition form with errors",
        "track",
        "not found",
    ):
        await PAGES[name](page, site.url)
        text = await page.inner_text("body")
        for word in names:
            text = text.replace(word, "")
        lines = [line for line in text.splitlines() if CHINESE.search(line)]
        suggested = await page.locator(".chip, .line-title, .banner-link").all_inner_texts()
        rest = [line for line in lines if line.strip() not in suggested]
        if rest:
            left[name] = rest
    assert left == {}


async def test_the_first_tab_stop_skips_to_the_text(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page(width=1280)
    await page.goto(site.url)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("script", [True, False])
async def test_the_large_text_view_is_one_press_away_and_stays(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await page.goto(f"{site.url}/track")
    await page.click(".switch-elder")
    await expect(page.locator("html[data-view=elder]")).to_have_count(1)
    assert page.url == f"{site.url}/track"
    await page.goto(f"{site.url}/notices")
    await expect(page.locator("html[data-view=elder]")).to_have_count(1)
    await page.click(".switch-elder")
    await expect(page.locator("html[data-view=elder]")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
async def test_a_half_filled_petition_is_kept_when_language_or_view_is_switched(
    visitor: Visitor, site: RunningSite, script: bool
) -> None:
    page = await visitor.page(script=script)
    await fill_petition(page, site.url, "report")
    await page.fill("#f-phone", "12")  # wrong, and still nobody's business before it is sent on
    await page.get_by_label("匿名").check()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.click(".switch-elder")
    await expect(page.locator("html[data-view=elder]")).to_have_count(1)
    await expect(page.locator(".summary")).to_have_count(0)
    await expect(page.locator("#f-title")).to_have_value("路口夜间施工噪声")
    await expect(page.locator("#f-occurred_on")).to_have_value("2026-01-15")
    await expect(page.locator("input[name=anonymous][value=yes]")).to_be_checked()
    await expect(page.locator("input[name=kind]")).to_have_value("report")
    assert "路口" not in page.url
    await page.click("form[action='/petition/check'] button[type=submit]")
    await page.wait_for_selector("form[action='/petition/submit']")
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator(".facts")).to_contain_text("路口夜间施工噪声")


async def test_enter_in_a_field_of_the_petition_sends_it_on_and_switches_nothing(
    visitor: Visitor, site: RunningSite
) -> None:
    page = await visitor.page()
    await fill_petition(page, site.url)
    await page.press("#f-title", "Enter")
    await page.wait_for_selector("form[action='/petition/submit']")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


async def test_the_language_can_be_changed_on_the_page_and_stays(visitor: Visitor, site: RunningSite) -> None:
    page = await visitor.page()
    await page.goto(f"{site.url}/petition")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("h1")).to_have_text("What is it about?")
    await page.goto(f"{site.url}/track")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
