"""Pages that are watched: the console, requests that leave the machine, and what axe and a ruler find."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

View = Literal["light", "dark", "elder"]

# Of what is in order axe keeps no lists of places.
_RUN_AXE = """rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(
    found => found.violations.map(violation =>
        violation.id + ': ' + violation.nodes.map(node => node.target.join(' ')).join(' | ')))"""

_OF_COLOURS = """tags => axe.getRules(tags)
    .filter(rule => rule.tags.includes('cat.color') && rule.tags.some(tag => tags.includes(tag)))
    .map(rule => rule.ruleId)"""

# A link in the middle of a sentence is as high as its line (WCAG 2.5.8 excepts it), the skip link
# is seen only while it has the focus, and a radio button is part of its label.
_TOO_SMALL = """least => [
        ...document.querySelectorAll('a, button, select, textarea, summary, label.choice'),
        // A box is pressed anywhere on the label around it.
        ...Array.from(document.querySelectorAll('input:not([type=hidden])'),
            part => part.matches('[type=checkbox], [type=radio]') && part.closest('label') || part)]
    .filter(part => part.checkVisibility() && getComputedStyle(part).display !== 'inline')
    .filter(part => !part.matches('.skip, .choice-input') && !part.closest('.visually-hidden'))
    .filter(part => part.getBoundingClientRect().height < least - 0.5)
    .map(part => `${part.tagName} ${part.className} ${part.getBoundingClientRect().height}`)"""


@dataclass
class _Window:
    """A page, and the error statuses that the journey in it provokes on purpose."""

    page: Page
    expected_status: tuple[int, ...]


@dataclass
class Visitor:
    """A citizen with a browser. `complaints` collects what must never happen on any page.

    keeps_windows: the window of before is emptied and given again.
    """

    browser: Browser
    url: str
    keeps_windows: bool = False
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _kept: dict[tuple[bool, str], _Window] = field(default_factory=dict)

    async def page(
        self,
        *,
        view: View = "light",
        width: int = 390,
        script: bool = True,
        language: str = "zh-CN",
        expected_status: tuple[int, ...] = (),
    ) -> Page:
        """A new browser window. `expected_status`: error statuses this journey provokes on purpose."""
        window = self._kept.get((script, language))
        if window is None or not await _emptied(window.page):
            context = await self.browser.new_context(java_script_enabled=script, locale=language)
            self._contexts.append(context)
            window = await self._watched(context)
            if self.keeps_windows:
                self._kept[script, language] = window
        page, window.expected_status = window.page, expected_status
        await page.set_viewport_size({"width": width, "height": 844 if width < 700 else 900})
        await page.emulate_media(color_scheme="dark" if view == "dark" else "light", reduced_motion="null")
        if view == "elder":
            await page.context.add_cookies([{"name": "hub_view", "value": "elder", "url": self.url}])
        return page

    async def _watched(self, context: BrowserContext) -> _Window:
        page = await context.new_page()
        window = _Window(page, ())

        def heard(message: ConsoleMessage) -> None:
            if not any(f"status of {status}" in message.text for status in window.expected_status):
                self.complaints.append(f"{page.url} console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((self.url, "data:")):
                self.complaints.append(f"{page.url} asked {request.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url} error: {error}"))
        page.on("request", asked)
        return window

    def taken_complaints(self) -> list[str]:
        """What was complained of since it was asked before."""
        taken, self.complaints = self.complaints, []
        return taken

    async def leave(self) -> None:
        """Closes every window."""
        for context in self._contexts:
            await context.close()


@asynccontextmanager
async def going_round(browser: Browser, url: str) -> AsyncIterator[Visitor]:
    """A visitor of every page. A window of its own for each would cost as much as what is looked at in it."""
    visitor = Visitor(browser, url, keeps_windows=True)
    yield visitor
    await visitor.leave()


async def _emptied(page: Page) -> bool:
    """What the site left in the browser is gone. The page stays: an empty one would cost a new process."""
    try:
        if page.url != "about:blank":
            await page.evaluate("localStorage.clear(); sessionStorage.clear()")
    except Error:  # a test failed, and its page is still on its way elsewhere
        return False
    await page.context.clear_cookies()
    return True


async def violations(page: Page) -> list[str]:
    """What axe finds."""
    await _bring_axe(page)
    found: list[str] = await page.evaluate(_RUN_AXE, {"type": "tag", "values": list(TAGS)})
    return found


async def violations_by_scheme(page: Page) -> dict[str, list[str]]:
    """What axe finds in the light scheme, and in the dark one with its colours: those are all that differs
    (`tests/unit/hub/web/test_dark_scheme.py`)."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = await violations(page)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    colours: list[str] = await page.evaluate(_OF_COLOURS, list(TAGS))
    dark: list[str] = await page.evaluate(_RUN_AXE, {"type": "rule", "values": colours})
    return {"light": light, "dark": dark}


async def _bring_axe(page: Page) -> None:
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)


async def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    wider: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


async def too_small(page: Page, least: int) -> list[str]:
    """Things to press that are lower than `least` pixels."""
    found: list[str] = await page.evaluate(_TOO_SMALL, least)
    return found
