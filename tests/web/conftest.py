"""Fixtures of the browser tests: the real server, the machine's Chromium, pages that watch themselves."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from hub.store.documents import Delete
from tests.web.running_site import RunningSite, running_site
from tests.web.staff_desk import Desk, furnish, visitor_of
from tests.web.staff_stage import office
from tests.web.watched import Visitor

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each window would load the pages of its own address bar, which costs as much as what is tested. Only the
    # last such list counts: the others are those of Playwright's that matter here.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "HttpsUpgrades,OptimizationHints,PaintHolding,MediaRouter,"
    # A spare process for the next window costs a tenth of each, and windows are closed at the end of a test.
    "SpareRendererForSitePerProcess",
)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The Chromium of the machine. Without one the tests are skipped, but never where `CI` is set."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(
                "Chromium is missing: apt-get install --no-install-recommends chromium fonts-noto-cjk"
            )
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSite]:
    """One server for all browser tests; what they write does not meet."""
    folder: Path = tmp_path_factory.mktemp("site")
    async with running_site(folder) as running:
        yield running


@pytest.fixture(scope="session")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One office for all journeys of staff; what they write does not meet."""
    async with office(tmp_path_factory.mktemp("office")) as stage:
        yield await furnish(stage)


@pytest.fixture
async def colleague(browser: Browser, desk: Desk) -> AsyncIterator[Visitor]:
    """Opens pages as staff; at the end nothing may have gone wrong in any of them."""
    visitor = visitor_of(browser, desk)
    yield visitor
    await visitor.leave()
    assert not visitor.complaints, visitor.complaints


@pytest.fixture
async def new_source(site: RunningSite) -> None:
    """All citizens of these tests share an address: for what one guessed the next does not wait."""
    documents = site.hub.documents
    tries = [one async for one in documents.scan("attempts")]
    await documents.commit([Delete("attempts", one.id, one.version) for one in tries])


@pytest.fixture
async def visitor(browser: Browser, site: RunningSite, new_source: None) -> AsyncIterator[Visitor]:
    """Opens pages as one citizen; at the end nothing may have gone wrong in any of them."""
    visitor = Visitor(browser, site.url)
    yield visitor
    await visitor.leave()
    assert visitor.complaints == []
