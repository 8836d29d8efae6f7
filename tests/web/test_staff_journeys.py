"""A working day in a real browser: a case from the queue to its close, and what keeps a case from others."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from hub.model.agent import Role
from hub.model.cases.state import CaseState
from tests.web.staff_desk import Desk, sign_in
from tests.web.staff_stage import text
from tests.web.watched import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]


@pytest.mark.parametrize("script", [True, False])
async def test_a_handler_answers_and_closes_a_case(colleague: Visitor, desk: Desk, script: bool) -> None:
    hub = desk.stage.hub
    sender = "+8613800002222" if script else "+8613800003333"
    case_id = await text(hub, sender, "请找人工。路口红绿灯坏了两天，没有人来修")
    page = await colleague.page(width=390, script=script)
    await sign_in(page, desk.url, "handler")
    await page.wait_for_url("**/staff/queue")
    await page.click(f"[data-case='{case_id}'] a")
    await expect(page.locator("h1")).to_contain_text("路口红绿灯")
    assert sender[-8:] not in await page.content()
    await page.get_by_role("button", name="指派给我").click()
    await expect(page.locator(".done")).to_have_text("已指派")
    await page.fill("#f-reply", "您好，已通知交警大队，今天下午派人检修。")
    masked = f"{sender[3:6]}****{sender[-4:]}"
    await page.get_by_role("button", name=f"发送短信给 {masked}").click()
    await expect(page.locator(".done")).to_have_text("答复已进入发送队列")
    await expect(page.locator(".say-out .say-text").last).to_have_text(
        "您好，已通知交警大队，今天下午派人检修。"
    )
    await expect(page.locator(".say-out .sent").last).to_be_visible()
    await page.locator("summary", has_text="办结工单").click()
    await page.fill("#f-close", "信号灯已修复")
    await page.get_by_role("button", name="办结", exact=True).click()
    await expect(page.locator(".done")).to_have_text("工单已办结")
    await expect(page.locator("#composers form#reply-form")).to_have_count(0)
    found = await hub.repositories.cases.get(case_id)
    assert found is not None
    assert found.value.state is CaseState.CLOSED


async def test_what_became_of_a_reply_is_said_in_words(colleague: Visitor, desk: Desk) -> None:
    hub = desk.stage.hub
    case_id = await text(hub, "+8613800004444", "请找人工。窗口说材料收到了，一直没有消息")
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/cases/{case_id}", wait_until="domcontentloaded")
    await page.fill("#f-reply", "您好，材料齐全，明天可以来取。")
    await page.press("#f-reply", "Control+Enter")
    await expect(page.locator(".done")).to_be_visible()
    sent = page.locator(".say-out .sent").last
    await expect(sent).to_have_text("已送达", timeout=20_000)  # without loading the page again


async def test_parts_are_counted_while_a_reply_is_written(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/cases/{desk.cases['lost']}", wait_until="domcontentloaded")
    await page.fill("#f-reply", "字" * 60)
    await expect(page.locator("#reply-parts")).to_contain_text("66 个字，1 条短信")
    await page.fill("#f-reply", "字" * 70)
    await expect(page.locator("#reply-parts")).to_contain_text("76 个字，2 条短信")
    await expect(page.locator("#reply-parts")).to_contain_text("再删 6 个字可少 1 条")
    await page.fill("#f-reply", "")


async def test_half_composed_pinyin_asks_nothing(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/cases/{desk.cases['lost']}", wait_until="domcontentloaded")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/parts" in request.url else None)
    await page.focus("#f-reply")
    input_method = await page.context.new_cdp_session(page)
    for typed in ("n", "ni", "nih", "niha", "nihao"):
        await input_method.send(
            "Input.imeSetComposition",
            {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
        )
    assert asked == []
    await input_method.send("Input.insertText", {"text": "你好"})
    await expect(page.locator("#reply-parts")).to_contain_text("8 个字，1 条短信")
    assert len(asked) == 1
    await page.fill("#f-reply", "")


async def test_somebody_elses_change_keeps_what_was_typed(colleague: Visitor, desk: Desk) -> None:
    hub, supervisor = desk.stage.hub, desk.stage.agents[Role.SUPERVISOR]
    case_id = await text(hub, "+8613800005555", "请找人工。派出所大厅的空调坏了没有人修")
    page = await desk.sit_down(colleague, Role.HANDLER, expected_status=(409,))
    # Its stream would tell the page of the change before it is sent.
    await page.route("**/staff/desk/events*", lambda route: route.fulfill(status=204))
    await page.goto(f"{desk.url}/staff/cases/{case_id}", wait_until="domcontentloaded")
    await page.fill("#f-reply", "您好，今天下午有人来修。")
    view = await hub.actions.read_cases.open(supervisor, case_id)
    await hub.actions.note_case(supervisor, case_id, "我来联系后勤", version=view.version)
    await page.click("#reply-form button[type=submit]")
    await expect(page.locator(".conflict")).to_be_focused()
    await expect(page.locator(".conflict")).to_contain_text("陈敏")
    await expect(page.locator(".say-note .say-text")).to_have_text("我来联系后勤")
    await expect(page.locator("#f-reply")).to_have_value("您好，今天下午有人来修。")
    await page.click("#reply-form button[type=submit]")
    await expect(page.locator(".done")).to_have_text("答复已进入发送队列")


async def test_a_draft_survives_leaving_the_page(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER)
    address = f"{desk.url}/staff/cases/{desk.cases['wage']}"
    await page.goto(address, wait_until="domcontentloaded")
    await page.fill("#f-reply", "请先拨打 12333")
    await expect(page.locator("#reply-form [data-draft-note]")).to_have_text(
        re.compile(r"草稿已保存 \d\d:\d\d")
    )
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    await page.goto(address, wait_until="domcontentloaded")
    await expect(page.locator("#f-reply")).to_have_value("请先拨打 12333")


async def test_a_full_number_needs_a_reason_and_leaves_a_trace(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/cases/{desk.cases['noise']}", wait_until="domcontentloaded")
    await page.locator("summary", has_text="显示完整号码").click()
    await page.get_by_role("button", name="显示", exact=True).click()
    await expect(page.locator("#e-reason")).to_contain_text("请写明查看理由")
    await page.fill("#f-reveal", "需要电话回访")
    await page.get_by_role("button", name="显示", exact=True).click()
    await expect(page.locator(".revealed")).to_have_text("+8613800138000")
    assert "138001" not in page.url
    await page.reload(wait_until="domcontentloaded")
    await expect(page.locator(".event-quote", has_text="需要电话回访").first).to_be_visible()


async def test_new_cases_wait_behind_a_pill(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.SUPERVISOR, width=390)
    async with page.expect_request("**/staff/desk/events*"):
        await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    before = await page.locator("[data-row]").count()
    for sender in ("+8613800006666", "+8613800007777"):
        await text(desk.stage.hub, sender, "转人工，我想反映小区消防通道被堵")
    pill = page.locator(".pill")
    await expect(pill).to_have_text("有 2 条新工单，点此显示")
    assert await page.locator("[data-row]").count() == before
    await pill.click()
    await expect(page.locator("[data-row]")).to_have_count(before + 2)
    await expect(pill).to_have_count(0)


async def test_keys_move_and_open_and_can_be_switched_off(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    links = page.locator("[data-row] a")
    await page.keyboard.press("j")
    await expect(links.nth(0)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await expect(links.nth(0)).to_be_focused()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/staff/cases/**")
    await page.keyboard.press("n")
    await expect(page.locator("#f-note")).to_be_focused()
    await page.keyboard.type("ju")
    await expect(page.locator("#f-note")).to_have_value("ju")
    await page.fill("#f-note", "")
    await page.goto(f"{desk.url}/staff/account", wait_until="domcontentloaded")
    await page.uncheck("#f-keys")
    await page.locator("form[action$=preferences] button").click()
    await expect(page.locator(".done")).to_have_text("已保存")
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    await page.keyboard.press("j")
    await expect(links.nth(0)).not_to_be_focused()


async def test_a_case_is_answered_and_closed_beside_the_list_in_six_keys_without_loading_a_page(
    colleague: Visitor, desk: Desk
) -> None:
    hub = desk.stage.hub
    words = ("请找人工。路边窨井盖松动，踩上去会响", "请找人工。小区门口的路灯杆歪了")
    first, second = [
        await text(hub, f"+861390013977{n}", one, ago=47 * 3_600_000 - n) for n, one in enumerate(words)
    ]
    supervisor = await desk.sit_down(colleague, Role.SUPERVISOR)
    await supervisor.goto(f"{desk.url}/staff/cases/{first}", wait_until="domcontentloaded")
    page = await desk.sit_down(colleague, Role.HANDLER, expected_status=(409,))
    await page.goto(f"{desk.url}/staff/queue", wait_until="domcontentloaded")
    loaded: list[str] = []
    page.on("request", lambda one: loaded.append(one.url) if one.resource_type == "document" else None)
    row = page.locator(f"[data-row][data-case='{first}']")
    # Who is there stands in the list before the case is opened.
    await expect(row.locator(".person-mark")).to_contain_text("陈敏 正在查看")
    await row.locator("a").focus()
    keys = ["Enter", "r", "Control+Enter", "Shift+E", "Control+Enter"]
    assert len(keys) <= 6

    await page.keyboard.press(keys[0])
    await expect(page.locator("#case-title")).to_be_focused()
    assert page.url.endswith(f"/staff/cases/{first}")
    await expect(page.locator("#case-title")).to_contain_text("窨井盖")
    await expect(page.locator("[data-people-here]")).to_contain_text("陈敏 正在查看")
    await page.keyboard.press(keys[1])
    await page.keyboard.type("您好，已通知市政，")
    await expect(supervisor.locator("[data-people-here]")).to_contain_text("林岩 正在写答复")
    await expect(supervisor.locator("[data-softlock]")).to_contain_text("林岩 刚刚开始写答复")
    # A colleague's note appears while the reply is written, and what is typed stays.
    view = await hub.actions.read_cases.open(desk.stage.agents[Role.SUPERVISOR], first)
    await hub.actions.note_case(
        desk.stage.agents[Role.SUPERVISOR], first, "市政已经接单", version=view.version
    )
    await expect(page.locator("#pane .say-note .say-text")).to_have_text("市政已经接单")
    await page.keyboard.type("今天更换。")
    await expect(page.locator("#f-reply")).to_have_value("您好，已通知市政，今天更换。")
    await page.keyboard.press(keys[2])
    # The reply named the version before the note: both stand side by side, and it goes with the next press.
    await expect(page.locator("#pane .conflict")).to_be_focused()
    await expect(page.locator("#pane .conflict-sides")).to_contain_text("市政已经接单")
    await page.press("#f-reply", keys[2])
    await expect(page.locator("#pane .done")).to_have_text("答复已进入发送队列")
    await expect(supervisor.locator(".say-out .say-text").last).to_have_text("您好，已通知市政，今天更换。")
    await page.keyboard.press(keys[3])
    await page.keyboard.type("已更换")
    await page.keyboard.press(keys[4])
    await expect(page.locator(".toast")).to_have_text("工单已办结")
    await expect(page.locator("#case-title")).to_be_focused()
    await expect(page.locator("#pane [data-open-case]")).not_to_have_attribute("data-open-case", first)
    await expect(row.locator(".case-state")).to_contain_text("已办结")
    assert loaded == []

    await page.go_back()
    await expect(page.locator("#case-title")).to_contain_text("窨井盖")
    await page.keyboard.press("Escape")
    await expect(page.locator("#pane")).to_be_hidden()
    await expect(row.locator("a")).to_be_focused()
    assert page.url.endswith("/staff/queue")
    assert loaded == []
    found = await hub.repositories.cases.get(first)
    assert found is not None
    assert found.value.state is CaseState.CLOSED
    await page.goto(f"{desk.url}/staff/cases/{second}", wait_until="domcontentloaded")  # its own page too
    await expect(page.locator("h1")).to_contain_text("路灯杆")


async def test_a_report_does_not_exist_outside_its_compartment(colleague: Visitor, desk: Desk) -> None:
    report = f"{desk.url}/staff/cases/{desk.cases['report']}"
    for role in (Role.HANDLER, Role.SUPERVISOR):
        page = await desk.sit_down(colleague, role, expected_status=(404,))
        answer = await page.goto(report, wait_until="domcontentloaded")
        assert answer is not None
        assert answer.status == 404
        await page.goto(f"{desk.url}/staff/queue?show=all", wait_until="domcontentloaded")
        await expect(page.locator("body")).not_to_contain_text("收受礼品")
    page = await desk.sit_down(colleague, Role.ADMIN, expected_status=(403,))
    answer = await page.goto(report, wait_until="domcontentloaded")
    assert answer is not None
    assert answer.status == 403
    page = await desk.sit_down(colleague, Role.INSPECTOR)
    await page.goto(f"{desk.url}/staff/queue?show=all", wait_until="domcontentloaded")
    row = page.locator("[data-row]", has_text="反映民警收受礼品")
    await expect(row).to_have_count(1)
    await row.locator("a").click()
    await expect(page.locator("#case-title")).to_have_text("反映民警收受礼品")
    await expect(page.locator(".case-side")).to_contain_text("匿名")


async def test_one_key_hides_a_possible_report_and_inspectors_release_it_with_a_reason(
    colleague: Visitor, desk: Desk
) -> None:
    words = "人工。我想说说上次去窗口办事的经过"
    case_id = await text(desk.stage.hub, "+8613900139555", words)
    case = f"{desk.url}/staff/cases/{case_id}"
    page = await desk.sit_down(colleague, Role.HANDLER, expected_status=(404,))
    await page.goto(case, wait_until="domcontentloaded")
    await page.keyboard.press("y")
    await expect(page.locator(".done")).to_contain_text("已转督察甄别")
    await expect(page.locator("body")).not_to_contain_text(words)
    answer = await page.goto(case, wait_until="domcontentloaded")
    assert answer is not None
    assert answer.status == 404

    inspector = await desk.sit_down(colleague, Role.INSPECTOR)
    await inspector.goto(f"{desk.url}/staff/queue?show=screening", wait_until="domcontentloaded")
    await inspector.locator("[data-row]", has_text=words).locator("a").click()
    await expect(inspector.locator(".case-marks")).to_contain_text("待甄别")
    await inspector.keyboard.press("p")
    await inspector.keyboard.type("没有具体指控")
    await inspector.get_by_role("button", name="放行", exact=True).click()
    await expect(inspector.locator(".toast")).to_contain_text("已放行")

    await page.goto(case, wait_until="domcontentloaded")
    await expect(page.locator(".talk")).to_contain_text("已分派")
    await expect(page.locator("body")).not_to_contain_text("没有具体指控")
    await expect(page.locator(".talk")).not_to_contain_text("甄别")


async def test_one_key_says_that_an_alarm_was_false(colleague: Visitor, desk: Desk) -> None:
    case_id = await text(desk.stage.hub, "+8613900139556", "有人拿刀在楼道里追人，我躲在家里")
    page = await desk.sit_down(colleague, Role.HANDLER)
    await page.goto(f"{desk.url}/staff/cases/{case_id}", wait_until="domcontentloaded")
    await expect(page.locator(".case-marks")).to_contain_text("紧急警情")
    await page.keyboard.press("f")
    await expect(page.locator(".done")).to_contain_text("已记为误报")
    await expect(page.locator(".case-marks")).to_contain_text("咨询")
    await expect(page.locator(".talk")).to_contain_text("记为误报")
    await expect(page.get_by_role("button", name="误报")).to_have_count(0)


async def test_an_administrator_gives_out_a_password_that_must_be_changed(
    colleague: Visitor, desk: Desk
) -> None:
    page = await desk.sit_down(colleague, Role.ADMIN, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/agents", wait_until="domcontentloaded")
    await page.get_by_role("button", name="创建账号").click()
    await expect(page.locator(".summary li")).to_have_count(4)
    await page.fill("#f-name", "新同事")
    await page.fill("#f-login", "newcomer")
    await page.select_option("#f-unit_id", "u1")
    await page.select_option("#f-role", "handler")
    await page.get_by_role("button", name="创建账号").click()
    password = await page.locator(".issued-password .code").inner_text()
    fresh = await colleague.page(width=390)
    await sign_in(fresh, desk.url, "newcomer", password)
    await fresh.wait_for_url("**/staff/account/password")
    await fresh.fill("#f-current", password)
    await fresh.fill("#f-password", "于山顶上看日出的人")
    await fresh.fill("#f-again", "于山顶上看日出的人")
    await fresh.get_by_role("button", name="保存新密码").click()
    await fresh.wait_for_url("**/staff/queue")
    await page.goto(f"{desk.url}/staff/agents", wait_until="domcontentloaded")
    row = page.locator(".person", has_text="newcomer")
    await row.locator("summary").click()
    await row.get_by_role("button", name="停用").click()
    await expect(page.locator(".done")).to_contain_text("账号已停用")
    await fresh.goto(f"{desk.url}/staff/queue")
    await fresh.wait_for_url("**/staff/login**")
