"""A campaign in a real browser: written, counted, planned, tested, sent, watched and stopped."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from channels.address import phone
from channels.outbox.delivery import DeliveryState
from channels.parts import count
from hub.actions.campaigns.draft_campaign import draft_of
from hub.model.agent import Role
from hub.model.people.contact import Contact
from tests.releasing import start
from tests.web.staff_desk import Desk
from tests.web.watched import Visitor, overflow
from tests.world import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]


async def test_a_campaign_is_written_previewed_sent_and_watched(colleague: Visitor, desk: Desk) -> None:
    page = await desk.sit_down(colleague, Role.PUBLICITY, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/campaigns", wait_until="domcontentloaded")
    await page.get_by_role("link", name="新建活动").click()
    await page.fill("#f-name", "台风提示")
    await page.locator("label.choice", has_text="黄色、蓝色预警").click()
    await page.locator("label.choice", has_text="重点行业").click()
    await page.fill("#f-template", "{name}，今晚有台风")
    await page.get_by_role("button", name="保存并预览").click()
    await expect(page.locator(".summary")).to_contain_text("缺少备用文字")
    await page.fill("#f-template", "{name|您}好，今晚有台风，请不要外出。")
    await expect(page.locator(".phone-bubble")).to_have_text("【榕城公安】您好，今晚有台风，请不要外出。")
    await expect(page.locator(".phone-size")).to_contain_text("1 条短信")
    await page.get_by_role("button", name="保存并预览").click()
    await page.wait_for_url("**/preview")
    await expect(page.locator(".samples li")).to_have_count(5)
    await expect(page.locator(".samples")).to_contain_text("139****0001")
    await expect(page.locator(".samples .phone-bubble").first).to_have_text(
        re.compile("【榕城公安】陈.好，今晚有台风")
    )
    await page.locator("label.choice", has_text="批准后立即").click()
    await page.get_by_role("button", name="送审").click()
    await page.wait_for_url(re.compile(r"/staff/campaigns/\w+$"))
    approver = await desk.sit_down(colleague, Role.SUPERVISOR, width=390, expected_status=(422,))
    await approver.goto(f"{page.url}/approval", wait_until="domcontentloaded")
    await approver.get_by_role("button", name="批准").click()
    await expect(approver.locator("#e-typed")).to_contain_text("请输入接收人数")
    await approver.fill("#f-typed", "20")
    await approver.get_by_role("button", name="批准").click()
    await expect(approver.locator(".done")).to_have_text("已批准，可以发布")
    page = await desk.sit_down(colleague, Role.PUBLICITY, expected_status=(422,))
    await page.goto(approver.url, wait_until="domcontentloaded")
    await page.get_by_role("button", name="立即发送").click()
    await expect(page.locator(".progress-percent strong")).to_have_text("100%", timeout=20_000)
    await expect(page.locator(".figure-good dd")).to_have_text("20", timeout=20_000)
    await expect(page.locator("#progress .badge")).to_have_text("已完成", timeout=20_000)
    to = await desk.stage.hub.repositories.outbox.of_origin(
        (await desk.stage.hub.actions.campaigns.progress(page.url.rsplit("/", 1)[1])).runs[0].broadcast.id
    )
    assert {found.value.state for found in to.deliveries} == {DeliveryState.DELIVERED}


async def test_a_plan_shows_its_next_five_dates_before_and_after(colleague: Visitor, desk: Desk) -> None:
    draft = desk.campaigns["draft"]
    page = await desk.sit_down(colleague, Role.PUBLICITY, width=390, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/campaigns/{draft.id}/preview", wait_until="domcontentloaded")
    await page.locator("label.choice", has_text="每周").click()
    await page.select_option("#f-weekday", "3")
    await page.fill("#f-time", "10:00")
    await expect(page.locator("#dates li")).to_have_count(5)
    await expect(page.locator("#dates li").first).to_contain_text("10:00")
    await page.locator("label.choice", has_text="自定义").click()
    await page.fill("#f-cron", "0 10 31 2 *")
    await expect(page.locator("#dates .error")).to_contain_text("永远不会发送")
    await page.get_by_role("button", name="送审").click()
    await expect(page.locator(".summary")).to_contain_text("永远不会发送")
    await page.fill("#f-cron", "0 10 * * 3")
    await page.get_by_role("button", name="送审").click()
    await expect(page.locator(".done")).to_have_text("已送审，由另一人审批")
    await expect(page.locator(".plan-words")).to_contain_text("每周三 10:00")
    await expect(page.locator(".dates li")).to_have_count(5)
    await page.get_by_role("button", name="撤回为草稿").click()
    await expect(page.locator(".done")).to_have_text("已撤回为草稿")


async def test_a_campaign_is_stopped_only_by_typing_the_number(colleague: Visitor, desk: Desk) -> None:
    planned = desk.campaigns["planned"]
    page = await desk.sit_down(colleague, Role.SUPERVISOR, expected_status=(422,))
    await page.goto(f"{desk.url}/staff/campaigns/{planned.id}", wait_until="domcontentloaded")
    await page.get_by_role("button", name="暂停").click()
    await expect(page.locator("#progress .badge")).to_have_text("已暂停")
    await page.get_by_role("button", name="继续发送").click()
    await expect(page.locator("#progress .badge")).to_have_text("已排期")
    await page.locator("summary", has_text="终止活动").click()
    await page.fill("#f-remaining", "7")
    await page.get_by_role("button", name="终止活动").click()
    await expect(page.locator("#e-remaining")).to_contain_text("不一致")
    await page.fill("#f-remaining", "0")
    await page.get_by_role("button", name="终止活动").click()
    await expect(page.locator("#progress .badge")).to_have_text("已终止")


COUNTED = {"+8613911110001": "", "+8613911110002": "王五", "+8613911110003": "欧阳娜娜"}


async def counted_group(desk: Desk) -> None:
    hub = desk.stage.hub
    for place, (number, name) in enumerate(COUNTED.items()):
        contact = Contact(f"counted-{place}", hub.clock.now_ms(), name=name)
        member = hub.repositories.memberships.join(contact, phone(number), "计数", at=hub.clock.now_ms())
        await hub.documents.commit([member])


async def test_the_counter_on_the_page_is_what_is_billed_before_and_after_filling(
    colleague: Visitor, desk: Desk
) -> None:
    await counted_group(desk)
    page = await desk.sit_down(colleague, Role.PUBLICITY, width=390)
    await page.goto(f"{desk.url}/staff/campaigns/new", wait_until="domcontentloaded")
    await page.fill("#f-name", "计数")
    await page.locator("label.choice", has_text="黄色、蓝色预警").click()
    await page.locator("label.choice", has_text="计数").click()
    await page.fill("#f-tags", "防汛")  # finds the campaign; says nothing about whom it goes to
    await expect(page.locator(".audience-look")).to_contain_text("符合条件 3 人")
    await page.fill("#f-template", "，" + "风" * 61)
    await page.evaluate("document.getElementById('f-template').setSelectionRange(0, 0)")
    await page.get_by_role("button", name="姓名").click()
    await page.keyboard.type("您好")  # the fallback is selected, to be typed over
    await expect(page.locator(".phone-bubble")).to_have_text(f"【榕城公安】您好，{'风' * 61}")
    await expect(page.locator(".phone-size")).to_contain_text("70 个字，1 条短信")
    await expect(page.locator(".writing-longest")).to_contain_text("72 个字，2 条短信")
    await expect(page.locator(".writing-longest")).to_contain_text("再删 2 个字可少 1 条")
    await expect(page.locator(".writing-cost")).to_have_text("名单 3 人，最多 6 条 约 0.30 元")
    assert await overflow(page) == 0
    await page.get_by_role("button", name="保存并预览").click()
    await page.wait_for_url("**/preview")
    campaign_id = page.url.split("/")[-2]
    await start(desk.stage.hub, campaign_id)

    async def all_sent() -> bool:
        return {m.recipient for m in desk.stage.carrier.journal.messages} >= COUNTED.keys()

    assert await eventually(all_sent, seconds=20)
    billed = {m.recipient: count(m.text).parts for m in desk.stage.carrier.journal.messages}
    assert [billed[number] for number in COUNTED] == [1, 1, 2]


async def test_what_is_typed_comes_back_and_of_two_writers_both_texts_are_shown(
    colleague: Visitor, desk: Desk
) -> None:
    hub = desk.stage.hub
    planned = draft_of(desk.campaigns["planned"])
    draft = await hub.actions.campaigns.create(planned, desk.stage.agents[Role.PUBLICITY].id)
    edit = f"{desk.url}/staff/campaigns/{draft.id}/edit"
    page = await desk.sit_down(colleague, Role.PUBLICITY, expected_status=(422,))
    await page.goto(edit, wait_until="domcontentloaded")
    await page.fill("#f-template", "要求共享屏幕的都是骗子。")
    await expect(page.locator("[data-keep-note]")).to_contain_text("草稿已保存")
    await page.goto(edit, wait_until="domcontentloaded")
    await expect(page.locator("#f-template")).to_have_value("要求共享屏幕的都是骗子。")
    await expect(page.locator(".banner")).to_contain_text("写了还没保存的内容")
    # Somebody else saves meanwhile.
    read = await hub.actions.campaigns.get(draft.id)
    typed = read.value.edited(hub.clock.now_ms(), template="冒充客服的都是骗子。")
    await hub.documents.commit([hub.repositories.campaigns.update(typed, read.version)])
    await page.focus("#f-template")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".summary")).to_contain_text("刚刚被别人修改")
    await expect(page.locator(".writing-other del")).to_contain_text("冒充客服")
    await expect(page.locator("#f-template")).to_have_value("要求共享屏幕的都是骗子。")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".done")).to_have_text("已保存")
    assert (await hub.actions.campaigns.get(draft.id)).value.template == "要求共享屏幕的都是骗子。"
    await page.get_by_role("link", name="版本记录").click()
    await expect(page.locator(".versions li")).to_have_count(2)
    await expect(page.locator(".diff ins")).to_contain_text("要求共享屏幕")


async def test_a_test_leaves_as_the_campaign_will_and_its_end_is_shown(
    colleague: Visitor, desk: Desk
) -> None:
    trials, officer = desk.stage.hub.actions.publicity.composer.trials, desk.stage.agents[Role.PUBLICITY]
    await trials.register(officer, "夜班手机", "139 1111 2222")
    page = await desk.sit_down(colleague, Role.PUBLICITY, width=390)
    campaign = desk.campaigns["planned"]
    await page.goto(f"{desk.url}/staff/campaigns/{campaign.id}/trial", wait_until="domcontentloaded")
    words = await page.locator(".phone-bubble").inner_text()
    await page.locator("label.choice", has_text="夜班手机").click()
    await page.get_by_role("button", name="发送测试").click()
    end = re.compile(r"夜班手机 139\*\*\*\*2222\s+已送达")
    await expect(page.locator("#trials")).to_contain_text(end, timeout=15_000)
    sent = [m.text for m in desk.stage.carrier.journal.messages if m.recipient == "+8613911112222"]
    assert sent == [words]
