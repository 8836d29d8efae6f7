"""A staff member at the pages of the hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from hub.tour.browser import Browser
from hub.tour.page import Page
from hub.tour.scene import Scene
from hub.tour.story import NotHeld, hold

_ROW = re.compile(
    r'<tr class="case-row risk-(?P<risk>\w+).*?href="/staff/cases/(?P<id>\w+)[?"].*?'
    r'class="case-ref">(?P<reference>[\d ]+)<',
    re.DOTALL,
)
_PAGES = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the queue. above: whether only emergencies stand before it."""

    case_id: str
    reference: str
    risk: str
    above: bool


class Desk:
    """One agent, logged in when first needed. `role`: whose account of the sample it is."""

    def __init__(self, scene: Scene, role: str) -> None:
        self._scene = scene
        self._login = scene.sample.login_of(role)
        self._browser: Browser | None = None

    async def log_in(self) -> Browser:
        """The browser of somebody who is in."""
        if self._browser is None:
            browser = self._scene.browser()

            async def opened() -> bool:
                door = await browser.get("/staff/login")
                if door.url.endswith("/staff/login"):
                    password = self._scene.server.password(self._login)
                    fields = door.fields("/staff/login") | {"login": self._login, "password": password}
                    door = await browser.post("/staff/login", fields)
                return door.status == 200 and not door.url.endswith("/staff/login")

            await self._scene.until(opened, f"{self._login} 不能登录 (cannot log in)")
            self._browser = browser
        return self._browser

    async def line(self, reference: str) -> Line | None:
        """The line of a case in this agent's queue, or None when it does not exist for the agent."""
        browser, path = await self.log_in(), "/staff/queue"
        only_emergencies = True
        for _ in range(_PAGES):
            page = await browser.get(path)
            hold(page.status == 200, f"queue: {page.status}")
            for row in _ROW.finditer(page.html):
                found = row["reference"].replace(" ", "")
                if found == reference:
                    return Line(row["id"], found, row["risk"], only_emergencies)
                only_emergencies = only_emergencies and row["risk"] == "bad"
            path = next((link for link in page.links if "&after=" in link), "")
            if not path:
                return None
        return None

    async def case(self, case_id: str) -> Page:
        """The page of a case."""
        return await (await self.log_in()).get(f"/staff/cases/{case_id}")

    async def reply(self, case_id: str, text: str) -> None:
        """Answers the citizen, once, however often it has to be tried."""
        browser, path = await self.log_in(), f"/staff/cases/{case_id}/reply"

        async def replied() -> bool:
            page = await self.case(case_id)
            if "say-out" in page.html and text in page.text:
                return True
            if path not in page.forms:
                raise NotHeld("此工单不能答复 (no reply form)")
            await browser.post(path, page.fields(path) | {"text": text})
            return False

        await self._scene.until(replied, "答复没有保存 (the reply was not kept)")

    async def move(self, case_id: str, event: str, shows: str, **fields: str) -> None:
        """A step of the procedure, once; `shows`: what the page says when it is done."""
        await self._send(case_id, f"moves/{event}", shows, fields)

    async def assign(self, case_id: str, shows: str) -> None:
        """Takes a case that is nobody's."""
        await self._send(case_id, "assign", shows, {})

    async def _send(self, case_id: str, form: str, shows: str, fields: dict[str, str]) -> None:
        browser, path = await self.log_in(), f"/staff/cases/{case_id}/{form}"

        async def moved() -> bool:
            page = await self.case(case_id)
            if shows in page.text:
                return True
            if path not in page.forms:
                raise NotHeld(f"现在不能办理这一步 (not possible now)：{form}")
            await browser.post(path, page.fields(path) | fields)
            return False

        await self._scene.until(moved, f"这一步没有完成 (not done)：{form}")


class CampaignDesk(Desk):
    """The publicity officer."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene, "publicity")

    async def create(self, name: str, fields: dict[str, str]) -> str:
        """A new campaign, once; its id."""
        browser = await self.log_in()

        async def created() -> str:
            listed = await browser.get("/staff/campaigns")
            found = re.search(rf'href="/staff/campaigns/(\w+)">{re.escape(name)}<', listed.html)
            if found:
                return found[1]
            form = await browser.get("/staff/campaigns/new")
            await browser.post("/staff/campaigns/new", form.fields("/staff/campaigns/new") | fields)
            return ""

        return await self._scene.until(created, "活动没有保存 (the campaign was not kept)")

    async def page(self, campaign_id: str, part: str = "") -> Page:
        """The page of a campaign, or a part of it such as `/preview`."""
        return await (await self.log_in()).get(f"/staff/campaigns/{campaign_id}{part}")

    async def schedule(self, campaign_id: str, at: datetime) -> None:
        """Once, at a local time."""
        browser, path = await self.log_in(), f"/staff/campaigns/{campaign_id}/schedule"
        preview = await self.page(campaign_id, "/preview")
        fields = preview.fields(path) | {"mode": "once", "at": at.isoformat(timespec="seconds")}
        answer = await browser.post(path, fields)
        hold(answer.status == 200, f"排期被拒绝 (refused)：{answer.status}")

    async def release(self, campaign_id: str) -> None:
        """After approval: its plan holds."""
        browser, path = await self.log_in(), f"/staff/campaigns/{campaign_id}/start"
        page = await self.page(campaign_id)
        answer = await browser.post(path, page.fields(path))
        hold(answer.status == 200, f"发布被拒绝 (refused)：{answer.status}")


class ApproverDesk(Desk):
    """The person who approves what publicity officers wrote."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene, "publicity_lead")

    async def approve(self, campaign_id: str) -> None:
        """Reads the sheet and types its number."""
        browser, path = await self.log_in(), f"/staff/campaigns/{campaign_id}/approve"
        sheet = await browser.get(f"/staff/campaigns/{campaign_id}/approval")
        fields = sheet.fields(path)
        answer = await browser.post(path, fields | {"typed": fields["shown"]})
        hold(answer.status == 200, f"没有批准 (not approved)：{answer.status}")
