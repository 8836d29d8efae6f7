"""Pages of units, of departments that change platforms, and of the compartment, each reached the way staff
reach it."""

from __future__ import annotations

from playwright.async_api import Page

from hub.model.agent import Role
from tests.web.staff_desk import Desk, Reach, at


async def _not_there(page: Page, desk: Desk) -> None:
    await at("/staff/nowhere")(page, desk)
    await page.wait_for_selector(".topbar")


OFFICE_PAGES: dict[str, tuple[Role, Reach]] = {
    "departments": (Role.ADMIN, at("/staff/departments")),
    "cut-over": (Role.ADMIN, at("/staff/departments/{department}/cutover")),
    "hand-over": (Role.ADMIN, at("/staff/departments/{department}/handover")),
    "hand-over sheet": (Role.ADMIN, at("/staff/departments/{department}/handover/sheet")),
    "units": (Role.ADMIN, at("/staff/units")),
    "unit edited": (Role.ADMIN, at("/staff/units/edit")),
    "unit changes": (Role.ADMIN, at("/staff/unit-changes")),
    "asking who reported": (Role.INSPECTOR, at("/staff/cases/{report}/identity")),
    "requests to see who reported": (Role.CUSTODIAN, at("/staff/identity-requests")),
    "quarter of reports": (Role.INSPECTOR, at("/staff/reports/quarter")),
    "audit": (Role.AUDITOR, at("/staff/audit")),
    "no such page": (Role.ADMIN, _not_there),
}
