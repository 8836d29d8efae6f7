"""Pages that are watched: the console, requests that leave the machine, and what axe and a ruler find."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

View = Literal["light", "dark", "elder"]

_RUN_AXE = """tags => axe.run({runOnly: tags}).then(found => found.violations.map(
    violation => violation.id + ': ' + violation.nodes.map(node => node.target.join(' ')).join(' | ')))"""

# A link in the middle of a sentence is as high as its line (WCAG 2.5.8 excepts it), the skip link
# is seen only while it has the focus, and a radio button is part of its label.
_TOO_SMALL = """least => [
        ...document.querySelectorAll('a, button, select, textarea, summary, label.choice'),
        ...document.querySelectorAll('input:not([type=hidden])')]
    .filter(part => part.checkVisibility() && getComputedStyle(part).display !== 'inline')
    .filter(part => !part.matches('.skip, .choice-input') && !part.closest('.visually-hidden'))
    .filter(part => part.getBoundingClientRect().height < least - 0.5)
    .map(part => `${part.tagName} ${part.className} ${part.getBoundingClientRect().height}`)"""


@dataclass
class Visitor:
    """A citizen with a browser. `complaints` collects what must never happen on any page."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

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
        context = await self.browser.new_context(
            viewport={"width": width, "height": 844 if width < 700 else 900},
            color_scheme="dark" if view == "dark" else "light",
            java_script_enabled=script,
            locale=language,
        )
        self._contexts.append(context)
        if view == "elder":
            await context.add_cookies([{"name": "hub_view", "value": "elder", "url": self.url}])
        page = await context.new_page()

        def heard(message: ConsoleMessage) -> None:
            if not any(f"status of {status}" in message.text for status in expected_status):
                self.complaints.append(f"{page.url} console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((self.url, "data:")):
                self.complaints.append(f"{page.url} asked {request.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url} error: {error}"))
        page.on("request", asked)
        return page

    async def leave(self) -> None:
        """Closes every window."""
        for context in self._contexts:
            await context.close()


async def violations(page: Page) -> list[str]:
    """What axe finds."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    found: list[str] = await page.evaluate(_RUN_AXE, list(TAGS))
    return found


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
