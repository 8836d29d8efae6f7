"""Pages that staff see, each reached the way staff reach it."""

from __future__ import annotations

import secrets

from playwright.async_api import FilePayload, Page

from hub.actions.cases.replies.edit_canned import Place
from hub.model.agent import Role
from hub.model.cases.replies.canned_reply import CannedScope, CannedText
from tests.web.staff_desk import Desk, Reach, at
from tests.web.staff_stage import (
    screened,
    unreadable_letter,
    unsure,
)


async def _reply_missing(page: Page, desk: Desk) -> None:
    await at("/staff/cases/{noise}")(page, desk)
    await page.click("#reply-form button[type=submit]")
    await page.wait_for_selector("#e-reply")


async def _picking(page: Page, desk: Desk) -> None:
    await at("/staff/cases/{lost}")(page, desk)
    await page.focus("#f-reply")
    await page.keyboard.type("??")
    await page.wait_for_selector("#pick-knowledge .pick")


async def _canned_waiting(page: Page, desk: Desk) -> None:
    handler = desk.stage.agents[Role.HANDLER]
    text = CannedText("感谢来信", "我们会在{{期限}}前答复。", CannedScope.ALL)
    id = await desk.stage.hub.actions.replies.edit_canned.save(handler, Place(), text, submits=True)
    await at(f"/staff/canned/{id}")(page, desk)
    await page.click(".plan-right .fold > summary")
    await page.click("form[action$=send-back] button")
    await page.wait_for_selector(".summary")


async def _entry_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/entries/new")(page, desk)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _campaign_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/campaigns/new")(page, desk)
    await page.fill("#f-template", "您好 {name}")
    await page.click("form.plan-grid button[type=submit]")
    await page.wait_for_selector(".summary")


async def _opt_out_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/contacts/optouts")(page, desk)
    await page.click("form[action$=add] button[type=submit]")
    await page.wait_for_selector(".summary")


async def _erase_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/contacts/erase")(page, desk)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _contact_fold_open(page: Page, desk: Desk) -> None:
    await at("/staff/contacts/people/{contact}")(page, desk)
    await page.click(".rule .fold > summary")


async def _entry_folds_open(page: Page, desk: Desk) -> None:
    await at("/staff/entries/{changed_entry}")(page, desk)
    for fold in await page.locator("#f-form .fold > summary").all():
        await fold.click()


async def _import_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/entries/import")(page, desk)
    file = FilePayload(name="a.csv", mimeType="text/csv", buffer=b"id,question,answer,topic\na,,,\n")
    await page.set_input_files("#f-file", file)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector("table.plain")


async def _words_tried(page: Page, desk: Desk) -> None:
    await at("/staff/entries/words/edit?name=驾驶证&word=红本本")(page, desk)
    await page.fill("#f-question", "红本本丢了怎么补")
    await page.click("#f-form [name=then]")
    await page.wait_for_selector("#tried-2")


async def _words_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/entries/words/edit?name=护照&word=驾驶证")(page, desk)
    await page.click("#f-form .actions button")
    await page.wait_for_selector(".summary")


async def _words_refused(page: Page, desk: Desk) -> None:
    await at("/staff/entries/words/edit?name=身份证&word=驾照")(page, desk)
    await page.click("#f-form .actions button")
    await page.wait_for_selector(".objections")


async def _word_file_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/entries/words/import")(page, desk)
    file = FilePayload(name="a.csv", mimeType="text/csv", buffer="name,words\n护照,证\n".encode())
    await page.set_input_files("#f-file", file)
    await page.click("#f-form button[type=submit]")
    await page.wait_for_selector("table.plain")


async def _proposal_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/rules/competence/row")(page, desk)
    await page.fill("#f-category", "交通违法")
    await page.select_option("#f-unit_id", "u1")
    await page.fill("#f-priority", "1")
    await page.click("#f-form .actions button")
    await page.click("form[action$=propose] .actions button")
    await page.wait_for_selector(".summary")


async def _tried(page: Page, desk: Desk) -> None:
    await at("/staff/entries/try")(page, desk)
    await page.fill("#f-try", "身份证丢了怎么办")
    await page.press("#f-try", "Enter")
    await page.wait_for_selector(".matches")


async def _folds_open(page: Page, desk: Desk) -> None:
    await at("/staff/cases/{lost}")(page, desk)
    for fold in await page.locator(".fold > summary, .composer-note > summary").all():
        await fold.click()


async def _queue_filters(page: Page, desk: Desk) -> None:
    await at("/staff/queue?show=all&track=CONSULT&flag=dialect&panel=filters")(page, desk)
    await page.click(".tools-shown > summary")


async def _beside(page: Page, desk: Desk) -> None:
    await at("/staff/queue")(page, desk)
    await page.locator("[data-row] a").first.click()
    await page.wait_for_selector("[data-open-case]")  # on a narrow screen its own page


async def _palette(page: Page, desk: Desk) -> None:
    await _beside(page, desk)
    await page.keyboard.press("Control+k")
    await page.wait_for_selector("#palette[open] .palette-item")


async def _keys(page: Page, desk: Desk) -> None:
    await at("/staff/queue")(page, desk)
    await page.keyboard.press("?")
    await page.wait_for_selector("#keys[open]")


async def _new_password_wrong(page: Page, desk: Desk) -> None:
    await at("/staff/account/password")(page, desk)
    await page.click("form.form button[type=submit]")
    await page.wait_for_selector(".summary")


async def _in_doubt(page: Page, desk: Desk) -> None:
    await unsure(desk.stage.hub, secrets.token_hex(8), "+8613900139009")
    await at("/staff/deliveries")(page, desk)
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
    "queue": (Role.HANDLER, at("/staff/queue")),
    "queue filters": (Role.SUPERVISOR, _queue_filters),
    "case beside the list": (Role.HANDLER, _beside),
    "palette": (Role.HANDLER, _palette),
    "shortcuts": (Role.HANDLER, _keys),
    "letters that cannot be read": (Role.SUPERVISOR, _letters),
    "no letter that cannot be read": (Role.INSPECTOR, at("/staff/letters")),
    "search": (Role.HANDLER, _searched),
    "search found none": (Role.INSPECTOR, _found_none),
    "empty queue": (Role.INSPECTOR, at("/staff/queue?show=mine")),
    "closed cases": (Role.SUPERVISOR, at("/staff/queue?show=closed")),
    "case with note": (Role.HANDLER, at("/staff/cases/{noise}")),
    "case with open folds": (Role.HANDLER, _folds_open),
    "case with error": (Role.HANDLER, _reply_missing),
    "picking an entry": (Role.HANDLER, _picking),
    "canned reply to approve": (Role.SUPERVISOR, _canned_waiting),
    "canned replies": (Role.SUPERVISOR, at("/staff/canned")),
    "variables of units": (Role.ADMIN, at("/staff/canned/values")),
    "emergency": (Role.SUPERVISOR, at("/staff/cases/{danger}")),
    "alarms": (Role.HANDLER, at("/staff/alarms")),
    "alarms on duty": (Role.SUPERVISOR, _on_duty),
    "alarms of an inspector": (Role.INSPECTOR, at("/staff/alarms")),
    "petition": (Role.HANDLER, at("/staff/cases/{permit}")),
    "report": (Role.INSPECTOR, at("/staff/cases/{report}")),
    "screening": (Role.INSPECTOR, _screening_queue),
    "case to be screened": (Role.INSPECTOR, _release_fold),
    "campaigns": (Role.PUBLICITY, at("/staff/campaigns")),
    "campaign draft": (Role.PUBLICITY, at("/staff/campaigns/{draft}")),
    "campaign planned": (Role.PUBLICITY, at("/staff/campaigns/{planned}")),
    "campaign sent": (Role.SUPERVISOR, at("/staff/campaigns/{sent}")),
    "campaign editor": (Role.PUBLICITY, at("/staff/campaigns/{draft}/edit")),
    "campaign with errors": (Role.PUBLICITY, _campaign_wrong),
    "campaign approval": (Role.PUBLICITY_LEAD, at("/staff/campaigns/{waiting}/approval")),
    "campaign calendar": (Role.PUBLICITY, at("/staff/campaigns/calendar")),
    "campaign month": (Role.PUBLICITY, at("/staff/campaigns/calendar?show=month")),
    "campaign preview": (Role.PUBLICITY, at("/staff/campaigns/{draft}/preview")),
    "campaign template": (Role.PUBLICITY, at("/staff/campaigns/templates/{template}")),
    "campaign trial": (Role.PUBLICITY, at("/staff/campaigns/{draft}/trial")),
    "new series": (Role.PUBLICITY, at("/staff/campaigns/series/new?topic=drugs")),
    "series": (Role.PUBLICITY, at("/staff/campaigns/series/{series}")),
    "campaign report": (Role.PUBLICITY, at("/staff/campaigns/{sent}/report")),
    "senders": (Role.ADMIN, at("/staff/senders")),
    "new department": (Role.ADMIN, at("/staff/departments/new")),
    "nothing in doubt": (Role.PUBLICITY, at("/staff/campaigns/{sent}/ambiguous")),
    "contact": (Role.PUBLICITY, _contact_fold_open),
    "opt-outs with errors": (Role.PUBLICITY, _opt_out_wrong),
    "erasing with errors": (Role.PUBLICITY, _erase_wrong),
    "import to be taken": (Role.PUBLICITY, at("/staff/contacts/imports/{import}")),
    "entries": (Role.EDITOR, at("/staff/entries?topic=12110")),
    "entries found none": (Role.EDITOR, at("/staff/entries?q=量子")),
    "tried": (Role.EDITOR, _tried),
    "unanswered": (Role.EDITOR, at("/staff/entries/unanswered")),
    "nothing dismissed": (Role.EDITOR, at("/staff/entries/unanswered?show=dismissed")),
    "answer quality": (Role.EDITOR, at("/staff/entries/quality")),
    "entry by week": (Role.EDITOR, at("/staff/entries/quality/id-card-lost")),
    "coverage": (Role.EDITOR, at("/staff/entries/coverage")),
    "entries that lack tests": (Role.EDITOR, at("/staff/entries/coverage?topic=户政&lacks=confirm")),
    "words": (Role.EDITOR, at("/staff/entries/words")),
    "words found none": (Role.EDITOR, at("/staff/entries/words?q=量子")),
    "words by service": (Role.EDITOR, at("/staff/entries/words?show=services")),
    "words nobody knows": (Role.EDITOR, at("/staff/entries/words?show=unknown")),
    "words tried": (Role.EDITOR, _words_tried),
    "words with errors": (Role.EDITOR, _words_wrong),
    "words refused": (Role.EDITOR, _words_refused),
    "word import": (Role.EDITOR, at("/staff/entries/words/import")),
    "word import with problems": (Role.EDITOR, _word_file_wrong),
    "new entry": (Role.EDITOR, at("/staff/entries/new")),
    "entry with errors": (Role.EDITOR, _entry_wrong),
    "entries to publish": (Role.REVIEWER, at("/staff/entries?show=review")),
    "entry import": (Role.EDITOR, at("/staff/entries/import")),
    "entry import with problems": (Role.EDITOR, _import_wrong),
    "entry under review": (Role.REVIEWER, at("/staff/entries/{changed_entry}/review")),
    "entry with folds": (Role.EDITOR, _entry_folds_open),
    "entry versions": (Role.REVIEWER, at("/staff/entries/{changed_entry}/versions")),
    "account": (Role.EDITOR, at("/staff/account")),
    "password": (Role.EDITOR, _new_password_wrong),
    "system": (Role.ADMIN, at("/staff/system")),
    "work calendar": (Role.ADMIN, at("/staff/rules/calendar?year=2027")),
    "rule proposal with error": (Role.ADMIN, _proposal_wrong),
    "rule revision": (Role.ADMIN, at("/staff/rules/calendar/revisions/1")),
    "deliveries in doubt": (Role.ADMIN, _in_doubt),
    "case flow": (Role.HANDLER, at("/staff/case-flow")),
    "people": (Role.ADMIN, at("/staff/agents")),
    "forbidden": (Role.ADMIN, at("/staff/queue")),
}
