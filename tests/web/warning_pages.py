"""Pages of the warning desk, each reached the way staff reach it."""

from __future__ import annotations

from playwright.async_api import Page

from campaigns.segment import EVERYBODY
from channels.outbox.delivery import WarningLevel
from hub.actions.warnings.draft_warning import Written
from hub.model.agent import Role
from hub.model.warnings.area import Area
from hub.model.warnings.events import EventCode
from hub.model.warnings.warning import Warning
from tests.web.staff_desk import Desk, Reach


async def _wrong(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.url}/staff/warnings/new?template=icy_road", wait_until="domcontentloaded")
    await page.click(".warning-save button[type=submit]")
    await page.wait_for_selector(".summary")


async def _emergency(page: Page, desk: Desk) -> None:
    """One that waits for the second person."""
    hub = desk.stage.hub
    now, maker = hub.clock.now_ms(), desk.stage.agents[Role.PUBLICITY]
    content = Warning(
        EventCode("GJYJ2018", "12D00"),
        WarningLevel.RED,
        (Area("示例市东岭镇", ("350102",)),),
        now,
        "东岭镇化工厂发生泄漏。",
        "向上风向撤离。",
        hub.warnings.settings.units[0],
        expires_at=now + 3_600_000,
    )
    issue = await hub.warnings.draft.create(maker, Written(content, (), (EVERYBODY,)))
    await hub.warnings.pass_on.submit(maker, issue.id, emergency=True)
    await page.goto(f"{desk.url}/staff/warnings/{issue.id}", wait_until="domcontentloaded")
    await page.wait_for_selector("form[data-countdown]")


WARNING_PAGES: dict[str, tuple[Role, Reach]] = {
    "warning form wrong": (Role.PUBLICITY, _wrong),
    "warning to be released": (Role.SUPERVISOR, _emergency),
}
