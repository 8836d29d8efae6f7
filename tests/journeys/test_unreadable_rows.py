"""One damaged row takes nothing down: the page shows the others and says which one cannot be read."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from hub.model.agent import Role
from hub.model.personal import UNREADABLE
from hub.store.documents import Update
from tests.journeys.test_queue_pill import seat, write
from tests.world import World, browser


async def damage(hub: World, collection: str, id: str, **plain: Any) -> str:
    """Breaks the seal of a row, or writes `plain` fields no program writes; the blob afterwards."""
    stored = await hub.hub.documents.get(collection, id)
    assert stored
    blob = str(stored.body["pii"])
    broken = blob[:-8] + ("AAAAAAA=" if not plain else blob[-8:])
    await hub.hub.documents.commit([Update(collection, id, plain or {"pii": broken}, stored.version)])
    return broken


async def page(http: aiohttp.ClientSession, address: str, *, status: int = 200) -> str:
    async with http.get(address) as answer:
        assert answer.status == status
        return await answer.text()


async def test_the_queue_shows_the_others_and_the_damaged_case_says_so(
    hub: World, caplog: pytest.LogCaptureFixture
) -> None:
    sound, torn = await write(hub, 1), await write(hub, 2, "转人工，楼道灯不亮")
    blob = await damage(hub, "cases", torn)
    async with browser(hub.url) as http:
        agent = await seat(hub, Role.HANDLER, http)
        for _ in range(2):
            queue = await page(http, f"{hub.url}/staff/queue")
        assert "消防通道" in queue
        assert f'href="/staff/cases/{sound}?' in queue
        assert f'href="/staff/cases/{torn}?' in queue
        assert UNREADABLE in queue
        case = await page(http, f"{hub.url}/staff/cases/{torn}")
        assert "此工单的加密内容已损坏" in case
        assert "楼道灯不亮" in case  # what was said has a seal of its own
        # It can be worked on, and what is sealed stays for whoever can restore it.
        view = await hub.hub.actions.read_cases.open(agent, torn)
        await hub.hub.actions.assign_case(agent, torn, agent.id, version=view.version)
    stored = await hub.hub.documents.get("cases", torn)
    assert stored
    assert (stored.body["handler_id"], stored.body["pii"]) == (agent.id, blob)
    told = [record.__dict__ for record in caplog.records if record.message == "store.row_unreadable"]
    # Once; and once more where a job had read the row before it was damaged and opened it after.
    assert {(one["collection"], one["id"]) for one in told} == {("cases", torn)}


async def test_a_row_of_which_nothing_can_be_read_is_left_out_and_its_page_is_no_failure(hub: World) -> None:
    sound, torn = await write(hub, 1), await write(hub, 2)
    await damage(hub, "cases", torn, state="NO_SUCH_STATE")
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        queue = await page(http, f"{hub.url}/staff/queue")
        assert f'href="/staff/cases/{sound}?' in queue
        assert torn not in queue
        assert "这条记录无法读取" in await page(http, f"{hub.url}/staff/cases/{torn}", status=410)


async def test_operators_see_it_and_the_hub_stays_ready(hub: World) -> None:
    torn = await write(hub, 1)
    async with browser(hub.url) as http:
        await seat(hub, Role.ADMIN, http)
        assert "未发现无法读取的记录" in await page(http, f"{hub.url}/staff/system")
        await damage(hub, "cases", torn)
        await hub.hub.repositories.cases.get(torn)
        assert "有记录无法读取" in await page(http, f"{hub.url}/staff/system")
        async with http.get(f"{hub.url}/readyz") as answer:
            assert answer.status == 200
            assert await answer.json() == {"ready": True, "issues": ["rows"]}


async def test_a_damaged_report_stays_hidden(hub: World) -> None:
    torn = await write(hub, 1, "举报东城派出所民警收黑钱")
    await damage(hub, "cases", torn)
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        assert torn not in await page(http, f"{hub.url}/staff/queue")
        await page(http, f"{hub.url}/staff/cases/{torn}", status=404)


async def test_a_citizen_whose_conversation_is_damaged_is_still_heard(hub: World) -> None:
    case_id = await write(hub, 1)
    before = await hub.hub.repositories.cases.get(case_id)
    assert before
    await damage(hub, "conversations", before.value.origin.conversation_id)
    await damage(hub, "cases", case_id)
    assert await write(hub, 1, "还有一件事") == case_id
    mended = await hub.hub.repositories.conversations.get(before.value.origin.conversation_id)
    assert mended
    assert mended.value.address == before.value.applicant.address
    said = await hub.hub.repositories.conversations.of_case(case_id)
    assert "还有一件事" in [message.text for message in said]


async def test_a_damaged_message_stands_in_its_place(hub: World) -> None:
    case_id = await write(hub, 1)
    await write(hub, 1, "还有一件事")
    first = (await hub.hub.repositories.conversations.of_case(case_id))[0]
    await damage(hub, "messages", first.id)
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        case = await page(http, f"{hub.url}/staff/cases/{case_id}")
    assert UNREADABLE in case
    assert "还有一件事" in case
