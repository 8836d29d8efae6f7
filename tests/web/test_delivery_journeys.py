"""What did not arrive, and what nobody is sure of, in a real browser: found, decided and sent again."""

from __future__ import annotations

import secrets

import pytest
from playwright.async_api import expect

from channels.address import phone
from channels.contract import Receipt, ReceiptState
from channels.outbox.delivery import DeliveryState, MessageClass
from channels.outbox.ports import Change, Leased
from channels.outbox.retry import settled
from hub.model.agent import Role
from tests.web.staff_desk import Desk
from tests.web.staff_stage import unsure
from tests.web.test_people_pages import looked_at
from tests.web.watched import Visitor
from tests.world import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("staff browser")]


@pytest.mark.parametrize("script", [True, False])
async def test_a_person_decides_what_became_of_a_delivery(
    colleague: Visitor, desk: Desk, script: bool
) -> None:
    hub, last = desk.stage.hub, "12" if script else "34"
    page = await desk.sit_down(colleague, Role.ADMIN, script=script)
    arrived = await unsure(hub, secrets.token_hex(8), f"+86139001100{last}")
    again = await unsure(hub, secrets.token_hex(8), f"+86139001201{last}")
    await page.goto(f"{desk.url}/staff/system")
    await page.click("a.side-link[href='/staff/deliveries']")
    assert "答复内容" not in await page.content()
    row = page.locator(".person", has_text=f"139****00{last}")
    await row.get_by_role("button", name="已确认送达").click()
    await expect(page.locator(".done")).to_have_text("已记为送达")
    row = page.locator(".person", has_text=f"139****01{last}")
    await row.get_by_role("button", name="重新发送").click()
    await expect(page.locator(".done")).to_have_text("已重新排队发送")
    await expect(page.locator(".person", has_text=f"139****01{last}")).to_have_count(0)
    stored = await hub.repositories.outbox.get(arrived.id)
    assert stored
    assert stored.value.state is DeliveryState.DELIVERED

    async def sent() -> bool:
        return [m.recipient for m in desk.stage.carrier.journal.messages].count(again.recipient.value) == 1

    assert await eventually(sent)


async def test_what_did_not_arrive_is_found_looked_at_and_sent_again_once(
    colleague: Visitor, desk: Desk
) -> None:
    hub = desk.stage.hub
    page = await desk.sit_down(colleague, Role.ADMIN, expected_status=(404,))
    for place, (why, more) in enumerate(
        [
            ("30003", {}),
            ("30003", {}),
            ("MK:0001", {"message_class": MessageClass.L, "provider_id": "SM1"}),
        ]
    ):
        row = await unsure(hub, f"ended-{place}", f"+8613900140{place:03}", **more)
        read = (await hub.repositories.outbox.reread([row.id]))[row.id]
        await hub.repositories.outbox.settle([Change(read, settled(row, DeliveryState.UNDELIVERED, why))])
    hours_ago, citizen = hub.clock.now_ms() - 7_200_000, phone("13900140001")
    await hub.actions.take_in(
        Receipt("sms-12110", "", 0, "70418211286", ReceiptState.DELIVERED, "", hours_ago, citizen)
    )
    wrong = {}
    for path in ("ended", "ended/look", "unmatched"):
        await page.goto(f"{desk.url}/staff/deliveries/{path}", wait_until="domcontentloaded")
        wrong[path] = await looked_at(page)
    assert {path: found for path, found in wrong.items() if found} == {}
    await expect(page.locator(".person")).to_contain_text(["139****0001"])
    for path in ("ended", "unmatched"):
        answer = await page.goto(f"{desk.url}/staff/deliveries/{path}?after=changed")
        assert answer
        assert (answer.status, "after" in page.url) == (200, False)  # its first page
    await page.goto(f"{desk.url}/staff/deliveries")
    await page.click("text=未送达的投递")
    lesson = page.locator(".person", has_text="139****0002")
    await expect(lesson).to_contain_text("普法短信可能已发出，不再重发")
    await expect(lesson.get_by_role("button")).to_have_count(0)
    assert "答复内容" not in await page.content()
    await page.locator(".person", has_text="139****0000").get_by_role("button", name="重新发送").click()
    await expect(page.locator(".done")).to_have_text("已重新排队发送")
    await page.select_option("#f-reason", "30003")
    await page.click(".ended-find button")
    await page.click("text=按此条件全部重新发送")
    await expect(page.locator(".ended-count")).to_have_text("将重新发送 1 条")
    await page.click("text=重新发送这 1 条")
    await expect(page.locator(".person")).to_have_count(1)

    async def sent() -> bool:
        to = [m.recipient for m in desk.stage.carrier.journal.messages]
        return [to.count(f"+8613900140{place:03}") for place in range(3)] == [1, 1, 0]

    assert await eventually(sent)


async def test_a_decision_on_what_has_been_heard_of_meanwhile_changes_nothing(
    colleague: Visitor, desk: Desk
) -> None:
    page = await desk.sit_down(colleague, Role.ADMIN, language="en", expected_status=(409,))
    hub = desk.stage.hub
    row = await unsure(hub, secrets.token_hex(8), "+8613900130003")
    await page.goto(f"{desk.url}/staff/deliveries")
    stored = await hub.repositories.outbox.get(row.id)
    assert stored
    heard = settled(row, DeliveryState.UNDELIVERED, "30005")
    await hub.documents.commit(hub.repositories.outbox.writes(Change(Leased(row, stored.version), heard)))
    button = page.locator(".person", has_text="139****0003").get_by_role("button", name="Send again")
    await button.click()
    await expect(page.locator("[role=alert]")).to_contain_text("nothing was changed")
    after = await hub.repositories.outbox.get(row.id)
    assert after
    assert after.value.state is DeliveryState.UNDELIVERED
