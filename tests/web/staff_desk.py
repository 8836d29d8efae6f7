"""A signed-in desk for browser tests: pages opened as a role, and every page a staff member can see."""

from __future__ import annotations

import io
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta

from playwright.async_api import Browser, FilePayload, Page

from campaigns.campaign import Campaign, CampaignKind
from campaigns.lesson import lessons_of
from campaigns.schedule import Cron, DaysOff
from campaigns.segment import Segment
from campaigns.series import DayOff, Rhythm
from channels.outbox.delivery import MessageClass
from hub.actions.campaigns.draft_campaign import Draft
from hub.actions.campaigns.publicity.plan_series import SeriesDraft
from hub.actions.cases.replies.edit_canned import Place
from hub.model.agent import Role
from hub.model.campaigns.text_template import TemplateText
from hub.model.cases.replies.canned_reply import CannedScope, CannedText
from hub.model.cases.rule_book import BookKind
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
    screened,
    unreadable_letter,
    unsure,
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


def _at(path: str) -> Reach:
    async def reach(page: Page, desk: Desk) -> None:
        places = {name: campaign.id for name, campaign in desk.campaigns.items()}
        address = path.format(**desk.cases, **places, **desk.entries)
        await page.goto(desk.url + address, wait_until="domcontentloaded")

    return reach


async def _reply_missing(page: Page, desk: Desk) -> None:
    await _at("/staff/cases/{noise}")(page, desk)
    await page.click("#reply-form button[type=submit]")
    await page.wait_for_selector("#e-reply")


async def _picking(page: Page, desk: Desk) -> None:
    await _at("/staff/cases/{lost}")(page, desk)
    await page.focus("#f-reply")
    await page.keyboard.type("??")
    await page.wait_for_selector("#pick-knowledge .pick")


async def _canned_waiting(page: Page, desk: Desk) -> None:
    handler = desk.stage.agents[Role.HANDLER]
    text = CannedText("感谢来信", "我们会在{{期限}}前答复。", CannedScope.ALL)
    id = await desk.stage.hub.actions.replies.edit_canned.save(handler, Place(), text, submits=True)
    await _at(f"/staff/canned/{id}")(page, desk)
    await page.click(".plan-right .fold > summary")
    await page.click("form[action$=send-back] button")
    await page.wait_for_selector(".summary")


async def _entry_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/new")(page, desk)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _campaign_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/campaigns/new")(page, desk)
    await page.fill("#f-template", "您好 {name}")
    await page.click("form.plan-grid button[type=submit]")
    await page.wait_for_selector(".summary")


async def _opt_out_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/contacts/optouts")(page, desk)
    await page.click("form[action$=add] button[type=submit]")
    await page.wait_for_selector(".summary")


async def _erase_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/contacts/erase")(page, desk)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _contact_fold_open(page: Page, desk: Desk) -> None:
    await _at("/staff/contacts/people/{contact}")(page, desk)
    await page.click(".rule .fold > summary")


async def _entry_folds_open(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/{changed_entry}")(page, desk)
    for fold in await page.locator("#f-form .fold > summary").all():
        await fold.click()


async def _import_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/import")(page, desk)
    file = FilePayload(name="a.csv", mimeType="text/csv", buffer=b"id,question,answer,topic\na,,,\n")
    await page.set_input_files("#f-file", file)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector("table.plain")


async def _words_tried(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/words/edit?name=驾驶证&word=红本本")(page, desk)
    await page.fill("#f-question", "红本本丢了怎么补")
    await page.click("#f-form [name=then]")
    await page.wait_for_selector("#tried-2")


async def _words_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/words/edit?name=护照&word=驾驶证")(page, desk)
    await page.click("#f-form .actions button")
    await page.wait_for_selector(".summary")


async def _words_refused(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/words/edit?name=身份证&word=驾照")(page, desk)
    await page.click("#f-form .actions button")
    await page.wait_for_selector(".objections")


async def _word_file_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/words/import")(page, desk)
    file = FilePayload(name="a.csv", mimeType="text/csv", buffer="name,words\n护照,证\n".encode())
    await page.set_input_files("#f-file", file)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector("table.plain")


async def _proposal_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/rules/competence/row")(page, desk)
    await page.fill("#f-category", "交通违法")
    await page.select_option("#f-unit_id", "u1")
    await page.fill("#f-priority", "1")
    await page.click("#f-form .actions button")
    await page.click("form[action$=propose] .actions button")
    await page.wait_for_selector(".summary")


async def _tried(page: Page, desk: Desk) -> None:
    await _at("/staff/entries/try")(page, desk)
    await page.fill("#f-try", "身份证丢了怎么办")
    await page.press("#f-try", "Enter")
    await page.wait_for_selector(".matches")


async def _folds_open(page: Page, desk: Desk) -> None:
    await _at("/staff/cases/{lost}")(page, desk)
    for fold in await page.locator(".fold > summary, .composer-note > summary").all():
        await fold.click()


async def _queue_filters(page: Page, desk: Desk) -> None:
    await _at("/staff/queue?show=all&track=CONSULT&flag=dialect&panel=filters")(page, desk)
    await page.click(".tools-shown > summary")


async def _beside(page: Page, desk: Desk) -> None:
    await _at("/staff/queue")(page, desk)
    await page.locator("[data-row] a").first.click()
    await page.wait_for_selector("[data-open-case]")  # on a narrow screen its own page


async def _palette(page: Page, desk: Desk) -> None:
    await _beside(page, desk)
    await page.keyboard.press("Control+k")
    await page.wait_for_selector("#palette[open] .palette-item")


async def _keys(page: Page, desk: Desk) -> None:
    await _at("/staff/queue")(page, desk)
    await page.keyboard.press("?")
    await page.wait_for_selector("#keys[open]")


async def _new_password_wrong(page: Page, desk: Desk) -> None:
    await _at("/staff/account/password")(page, desk)
    await page.click("form.form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _in_doubt(page: Page, desk: Desk) -> None:
    await unsure(desk.stage.hub, secrets.token_hex(8), "+8613900139009")
    await _at("/staff/deliveries")(page, desk)
    await page.wait_for_selector(".person-acts")


async def _screened(page: Page, desk: Desk, path: str = "/staff/cases/{}") -> None:
    case_id = await screened(desk.stage, f"+86139001{secrets.randbelow(10**5):05d}")
    await page.goto(f"{desk.url}{path.format(case_id)}", wait_until="domcontentloaded")


async def _release_fold(page: Page, desk: Desk) -> None:
    await _screened(page, desk)
    await page.keyboard.press("p")
    await page.wait_for_selector("#f-release:focus")


async def _screening_queue(page: Page, desk: Desk) -> None:
    case_id = await screened(desk.stage, f"+86139001{secrets.randbelow(10**5):05d}")
    found = await desk.stage.hub.repositories.cases.get(case_id)
    assert found is not None
    inspector = desk.stage.agents[Role.INSPECTOR]
    await desk.stage.hub.actions.release_case(inspector, case_id, "只是提到民警", version=found.version)
    await _screened(page, desk, "/staff/queue?show=screening")


async def _searched(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.url}/staff/queue")
    await page.keyboard.press("/")
    await page.keyboard.insert_text("烧烤 凌晨")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("mark")


async def _found_none(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.url}/staff/search")
    await page.fill("#f-search", "收受礼品")
    await page.wait_for_selector(
        "#found .empty-title:has-text('没有找到'), #found .empty-title:has-text('No case')"
    )


async def _on_duty(page: Page, desk: Desk) -> None:
    await page.goto(f"{desk.url}/staff/alarms", wait_until="domcontentloaded")
    if await page.locator(".duty-on button").count():
        await page.locator(".duty-on button").click()
    await page.locator(".duty-off summary").click()


async def _letters(page: Page, desk: Desk) -> None:
    await unreadable_letter(desk.stage.hub)
    await page.goto(f"{desk.url}/staff/letters")


PAGES: dict[str, tuple[Role, Reach]] = {
    "queue": (Role.HANDLER, _at("/staff/queue")),
    "queue filters": (Role.SUPERVISOR, _queue_filters),
    "case beside the list": (Role.HANDLER, _beside),
    "palette": (Role.HANDLER, _palette),
    "shortcuts": (Role.HANDLER, _keys),
    "letters that cannot be read": (Role.SUPERVISOR, _letters),
    "no letter that cannot be read": (Role.INSPECTOR, _at("/staff/letters")),
    "search": (Role.HANDLER, _searched),
    "search found none": (Role.INSPECTOR, _found_none),
    "empty queue": (Role.INSPECTOR, _at("/staff/queue?show=mine")),
    "closed cases": (Role.SUPERVISOR, _at("/staff/queue?show=closed")),
    "case with note": (Role.HANDLER, _at("/staff/cases/{noise}")),
    "case with open folds": (Role.HANDLER, _folds_open),
    "case with error": (Role.HANDLER, _reply_missing),
    "picking an entry": (Role.HANDLER, _picking),
    "canned reply to approve": (Role.SUPERVISOR, _canned_waiting),
    "canned replies": (Role.SUPERVISOR, _at("/staff/canned")),
    "variables of units": (Role.ADMIN, _at("/staff/canned/values")),
    "emergency": (Role.SUPERVISOR, _at("/staff/cases/{danger}")),
    "alarms": (Role.HANDLER, _at("/staff/alarms")),
    "alarms on duty": (Role.SUPERVISOR, _on_duty),
    "alarms of an inspector": (Role.INSPECTOR, _at("/staff/alarms")),
    "petition": (Role.HANDLER, _at("/staff/cases/{permit}")),
    "report": (Role.INSPECTOR, _at("/staff/cases/{report}")),
    "screening": (Role.INSPECTOR, _screening_queue),
    "case to be screened": (Role.INSPECTOR, _release_fold),
    "campaigns": (Role.PUBLICITY, _at("/staff/campaigns")),
    "campaign draft": (Role.PUBLICITY, _at("/staff/campaigns/{draft}")),
    "campaign planned": (Role.PUBLICITY, _at("/staff/campaigns/{planned}")),
    "campaign sent": (Role.SUPERVISOR, _at("/staff/campaigns/{sent}")),
    "campaign editor": (Role.PUBLICITY, _at("/staff/campaigns/{draft}/edit")),
    "campaign with errors": (Role.PUBLICITY, _campaign_wrong),
    "campaign approval": (Role.PUBLICITY_LEAD, _at("/staff/campaigns/{waiting}/approval")),
    "campaign calendar": (Role.PUBLICITY, _at("/staff/campaigns/calendar")),
    "campaign month": (Role.PUBLICITY, _at("/staff/campaigns/calendar?show=month")),
    "campaign preview": (Role.PUBLICITY, _at("/staff/campaigns/{draft}/preview")),
    "campaign template": (Role.PUBLICITY, _at("/staff/campaigns/templates/{template}")),
    "campaign trial": (Role.PUBLICITY, _at("/staff/campaigns/{draft}/trial")),
    "new series": (Role.PUBLICITY, _at("/staff/campaigns/series/new?topic=drugs")),
    "series": (Role.PUBLICITY, _at("/staff/campaigns/series/{series}")),
    "campaign report": (Role.PUBLICITY, _at("/staff/campaigns/{sent}/report")),
    "senders": (Role.ADMIN, _at("/staff/senders")),
    "no department yet": (Role.ADMIN, _at("/staff/departments")),
    "new department": (Role.ADMIN, _at("/staff/departments/new")),
    "nothing in doubt": (Role.PUBLICITY, _at("/staff/campaigns/{sent}/ambiguous")),
    "contact": (Role.PUBLICITY, _contact_fold_open),
    "opt-outs with errors": (Role.PUBLICITY, _opt_out_wrong),
    "erasing with errors": (Role.PUBLICITY, _erase_wrong),
    "import to be taken": (Role.PUBLICITY, _at("/staff/contacts/imports/{import}")),
    "entries": (Role.EDITOR, _at("/staff/entries?topic=12110")),
    "entries found none": (Role.EDITOR, _at("/staff/entries?q=量子")),
    "tried": (Role.EDITOR, _tried),
    "unanswered": (Role.EDITOR, _at("/staff/entries/unanswered")),
    "nothing dismissed": (Role.EDITOR, _at("/staff/entries/unanswered?show=dismissed")),
    "answer quality": (Role.EDITOR, _at("/staff/entries/quality")),
    "entry by week": (Role.EDITOR, _at("/staff/entries/quality/id-card-lost")),
    "coverage": (Role.EDITOR, _at("/staff/entries/coverage")),
    "entries that lack tests": (Role.EDITOR, _at("/staff/entries/coverage?topic=户政&lacks=confirm")),
    "words": (Role.EDITOR, _at("/staff/entries/words")),
    "words found none": (Role.EDITOR, _at("/staff/entries/words?q=量子")),
    "words by service": (Role.EDITOR, _at("/staff/entries/words?show=services")),
    "words nobody knows": (Role.EDITOR, _at("/staff/entries/words?show=unknown")),
    "words tried": (Role.EDITOR, _words_tried),
    "words with errors": (Role.EDITOR, _words_wrong),
    "words refused": (Role.EDITOR, _words_refused),
    "word import": (Role.EDITOR, _at("/staff/entries/words/import")),
    "word import with problems": (Role.EDITOR, _word_file_wrong),
    "new entry": (Role.EDITOR, _at("/staff/entries/new")),
    "entry with errors": (Role.EDITOR, _entry_wrong),
    "entries to publish": (Role.REVIEWER, _at("/staff/entries?show=review")),
    "entry import": (Role.EDITOR, _at("/staff/entries/import")),
    "entry import with problems": (Role.EDITOR, _import_wrong),
    "entry under review": (Role.REVIEWER, _at("/staff/entries/{changed_entry}/review")),
    "entry with folds": (Role.EDITOR, _entry_folds_open),
    "entry versions": (Role.REVIEWER, _at("/staff/entries/{changed_entry}/versions")),
    "account": (Role.EDITOR, _at("/staff/account")),
    "password": (Role.EDITOR, _new_password_wrong),
    "system": (Role.ADMIN, _at("/staff/system")),
    "work calendar": (Role.ADMIN, _at("/staff/rules/calendar?year=2027")),
    "rule proposal with error": (Role.ADMIN, _proposal_wrong),
    "rule revision": (Role.ADMIN, _at("/staff/rules/calendar/revisions/1")),
    "deliveries in doubt": (Role.ADMIN, _in_doubt),
    "case flow": (Role.HANDLER, _at("/staff/case-flow")),
    "people": (Role.ADMIN, _at("/staff/agents")),
    "forbidden": (Role.ADMIN, _at("/staff/queue")),
}


def visitor_of(browser: Browser, desk: Desk) -> Visitor:
    """Somebody at a desk of this office."""
    return Visitor(browser, desk.url)
