"""The pages about people, one's day and notifications can be used by everybody, without complaints."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from hub.model.agent import Role
from tests.web.staff_desk import Desk
from tests.web.staff_fixtures import desk
from tests.web.watched import Visitor, overflow, too_small, violations_by_scheme

__all__ = ["desk"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]

MATTER = "小区夜间噪声扰民，已经反映过一次"


async def looked_at(page: Page) -> dict[tuple[int, str], object]:
    """What is wrong with the page that is open."""
    found: dict[tuple[int, str], object] = {}
    for fold in await page.locator("main .fold > summary").all():
        await fold.click()
    for width in (320, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate("scrollTo(0, 0)")  # nothing half under the bar
        found[width, "pixels too wide"] = await overflow(page) or None
        found[width, "too small"] = await too_small(page, 44) or None
        found |= {(width, scheme): what for scheme, what in (await violations_by_scheme(page)).items()}
    return {place: what for place, what in found.items() if what}


async def test_people_and_a_day_are_usable_by_everybody(colleague: Visitor, desk: Desk) -> None:
    hub = desk.stage.hub
    noise = (await hub.repositories.cases.get(desk.cases["noise"])).value  # type: ignore[union-attr]
    handler = desk.stage.agents[Role.HANDLER]
    await hub.actions.assign_case(
        desk.stage.agents[Role.SUPERVISOR],
        noise.id,
        handler.id,
        version=(await hub.repositories.cases.get(noise.id)).version,  # type: ignore[union-attr]
    )
    page = await desk.sit_down(colleague, Role.HANDLER, expected_status=(422,))
    wrong = {}
    for path in (
        f"/staff/people/{noise.applicant.contact_id}?case={noise.id}",
        "/staff/day",
        "/staff/notifications",
    ):
        await page.goto(desk.url + path, wait_until="domcontentloaded")
        await expect(page).to_have_title(re.compile(r"^\(\d+\) "))  # what is unread, from the bar above
        wrong[path] = await looked_at(page)
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    await page.keyboard.press("c")
    await page.wait_for_url("**/staff/cases/new")
    await page.fill("#f-phone", noise.applicant.address)
    await page.fill("#f-matter", MATTER)
    await expect(page.locator("#hints")).to_contain_text(re.compile("号码已知"))
    await page.reload(wait_until="domcontentloaded")
    await expect(page.locator("#f-matter")).to_have_value(MATTER)
    await page.select_option("#f-track", "")
    await page.click("form#new-case .button-primary")
    await expect(page.locator(".summary")).to_be_focused()
    wrong["new"] = await looked_at(page)
    await page.select_option("#f-track", "CONSULT")
    await page.click("form#new-case .button-primary")
    await page.wait_for_selector(".receipt")
    wrong["receipt"] = await looked_at(page)
    assert {path: found for path, found in wrong.items() if found} == {}
