"""A signed-in desk for browser tests: an office with a day's work, and pages opened as a role."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

from playwright.async_api import Browser, Page

from campaigns.campaign import Campaign, CampaignKind
from campaigns.lesson import lessons_of
from campaigns.schedule import Cron, DaysOff
from campaigns.segment import Segment
from campaigns.series import DayOff, Rhythm
from channels.outbox.delivery import MessageClass
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.publicity.plan_series import SeriesDraft
from hub.model.agent import Role
from hub.model.campaigns.text_template import TemplateText
from hub.model.cases.rule_book import BookKind
from hub.model.departments.registered import RegisteredDepartment
from hub.runtime.clock import to_local
from tests.releasing import plan as plan_it
from tests.releasing import start
from tests.unit.hub.actions.rules.rule_office import notice_2027
from tests.web.staff_stage import (
    PASSWORD,
    Stage,
    day_at_work,
    groups,
    learnt,
)
from tests.web.watched import View, Visitor
from tests.world import eventually


@dataclass
class Desk:
    """The office with its day's work, and the cookies of those who are signed in."""

    stage: Stage
    cases: dict[str, str]
    campaigns: dict[str, Campaign]
    entries: dict[str, str]
    _cookies: dict[Role, Sequence[dict[str, object]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return self.stage.url

    async def sit_down(
        self,
        visitor: Visitor,
        role: Role,
        *,
        view: View = "light",
        width: int = 1280,
        language: str = "zh-CN",
        script: bool = True,
        expected_status: tuple[int, ...] = (),
    ) -> Page:
        """A browser window of somebody with this role who is signed in."""
        page = await visitor.page(
            view=view, width=width, language=language, script=script, expected_status=expected_status
        )
        if role in self._cookies:
            await page.context.add_cookies(self._cookies[role])  # type: ignore[arg-type]
            return page
        await sign_in(page, self.url, str(role))
        await page.wait_for_url("**/staff/**")
        self._cookies[role] = await page.context.cookies()  # type: ignore[assignment]
        return page


async def sign_in(page: Page, url: str, login: str, password: str = PASSWORD) -> None:
    """Fills in the login form."""
    await page.goto(f"{url}/staff/login")
    await page.fill("#f-login", login)
    await page.fill("#f-password", password)
    await page.click("form button[type=submit]")


async def furnish(stage: Stage) -> Desk:
    """Cases, groups, campaigns, and an entry that is being changed."""
    cases = await day_at_work(stage)
    await learnt(stage.hub)
    await groups(stage.hub)
    desk, author = stage.hub.actions.campaigns, stage.agents[Role.PUBLICITY].id

    async def plan(name: str, kind: CampaignKind, message_class: MessageClass, text: str) -> Campaign:
        segment = Segment(("社区网格",))
        return await desk.create(Draft(name, kind, message_class, "sms-12110", text, segment), author)

    draft = await plan(
        "防范冒充客服诈骗",
        CampaignKind.EDUCATION,
        MessageClass.L,
        "{name|您}好，要求共享屏幕的客服都是诈骗，请挂断并拨打 96110 核实。",
    )
    planned = await plan(
        "每月消防提醒", CampaignKind.NOTICE, MessageClass.N, "今天是消防提醒日，请检查电线和灶具。"
    )
    await plan_it(stage.hub, planned.id, Cron("0 10 9 * *"))
    sent = await plan("大风提示", CampaignKind.WARNING, MessageClass.E1, "今晚有大风，请收好阳台物品。")
    await start(stage.hub, sent.id)
    waiting = await plan("冬季防火提醒", CampaignKind.EDUCATION, MessageClass.L, "出门前请关好电源和燃气。")
    planning = stage.hub.actions.publicity.planning
    await planning.submit(waiting.id, author, Cron("10 20 L * *", DaysOff.MOVE), budget_yuan=500)
    entries = {"changed_entry": await _changed_entry(stage), "template": await _template(stage)}
    entries |= {"series": await _series(stage, author), **await recipients(stage)}
    entries |= {"department": await _department(stage)}
    await _proposed_notice(stage)
    return Desk(stage, cases, {"draft": draft, "planned": planned, "sent": sent, "waiting": waiting}, entries)


async def _template(stage: Stage) -> str:
    """A template with two versions, and somebody a test can be sent to."""
    composer, officer = stage.hub.actions.publicity.composer, stage.agents[Role.PUBLICITY]
    text = TemplateText(
        "消防宣传月", MessageClass.L, "{name|您}好，请看 t.cn/abc。", "消防提醒", "请关火关电。"
    )
    made = await composer.templates.create(officer, text)
    better = replace(text, text="{name|您}好，出门请关火、关电、关气。")
    await composer.templates.edit(officer, made.id, better, version=1)
    await composer.trials.register(officer, "值班手机", "13911110000")
    return made.id


async def _department(stage: Stage) -> str:
    """One that still sends on its own platform."""
    admin = stage.agents[Role.ADMIN]
    made = RegisteredDepartment("traffic", "交警支队", stage.hub.clock.now_ms(), admin.id)
    await stage.hub.departments.desk.create(admin, made, old_platform="登记部门时写明：通知短信")
    return made.id


async def _series(stage: Stage, author: str) -> str:
    """A series with an item in review and a skipped one."""
    actions, lessons = stage.hub.actions, lessons_of("fire")
    first = to_local(stage.hub.clock.now_ms()).date() + timedelta(days=2)
    ids = tuple(lesson.id for lesson in lessons)
    ways = (Rhythm.WEEKLY, first, time(10), DayOff.SEND, "sms-12110", Segment(("社区网格",)), True)
    series = await actions.publicity.series.plan(
        SeriesDraft("用火安全", ids, *ways), author, series_id="5" * 26
    )
    await actions.publicity.series.run.step()
    found = await stage.hub.repositories.publicity.series.get(series.id)
    await actions.publicity.series.edit.skip(series.id, 2, version=found.version if found else 0)
    return series.id


async def _changed_entry(stage: Stage) -> str:
    """An entry with two versions and a working copy under review that cannot be published as it is."""
    actions = stage.hub.actions
    editor, reviewer = stage.agents[Role.EDITOR].id, stage.agents[Role.REVIEWER].id
    entry = stage.hub.knowledge.snapshot.entries[0]

    async def rewrite(**changes: object) -> int:
        found = await actions.read_entries.get(entry.id)
        typed = replace(entry, **changes)  # type: ignore[arg-type]
        await actions.edit_entry.save(typed, by=editor, version=found.version)
        return found.version + 1

    version = await rewrite(answer=entry.answer + "\n请提前预约。")
    await actions.publish_entry.publish(entry.id, by=reviewer, version=version, why="增加预约")
    version = await rewrite(answer=entry.answer + "\n不用预约。", tests=("月球上有没有兔子",))
    await actions.edit_entry.submit(entry.id, by=editor, version=version, note="预约取消了")
    return entry.id


async def _proposed_notice(stage: Stage) -> None:
    """A holiday notice that waits for a second administrator."""
    revise = stage.hub.actions.rule_books.revise
    plan = await revise.plan_file(BookKind.CALENDAR, notice_2027().encode())
    await revise.propose(
        BookKind.CALENDAR, plan.after, base=plan.base, reason="国办通知", wanted_from=0, by="another"
    )


async def recipients(stage: Stage) -> dict[str, str]:
    """Somebody who opted out, and a list with wrong rows that waits to be taken."""
    actions, officer = stage.hub.actions.publicity.recipients, stage.agents[Role.PUBLICITY].id
    number = "+8613900000001"  # of a group
    await actions.opt_outs.add(officer, number, ("education",), "phone", "来电要求")
    lines = ("手机号,姓名,地区", f"{number},陈二,福州", "0591-87654321,座机,福州", "110,,鼓楼")
    file = io.BytesIO("\r\n".join(lines).encode("gb18030"))
    begun = await actions.imports.begin(officer, "名单.csv", "交警支队", file)
    await actions.imports.check(begun.id, mapping=begun.mapping, heading=True, group="商户", tags=())

    async def checked() -> bool:
        return not (await actions.imports.read(begun.id)).value.is_busy

    assert await eventually(checked)
    return {"import": begun.id, "contact": "c0001"}


Reach = Callable[[Page, Desk], Awaitable[None]]


def at(path: str) -> Reach:
    """A page by its address; what stands in braces is of this office."""

    async def reach(page: Page, desk: Desk) -> None:
        places = {name: campaign.id for name, campaign in desk.campaigns.items()}
        address = path.format(**desk.cases, **places, **desk.entries)
        await page.goto(desk.url + address, wait_until="domcontentloaded")

    return reach


def visitor_of(browser: Browser, desk: Desk) -> Visitor:
    """Somebody at a desk of this office."""
    return Visitor(browser, desk.url)
