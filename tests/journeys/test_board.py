"""A supervisor's morning: what came in is on the board, leads to its list, and leaves with who took it."""

from __future__ import annotations

import re

from hub.model.agent import Role
from hub.model.staff.audit import AuditAct
from tests.journeys.test_queue_pill import SAME, seat
from tests.world import World, browser, eventually


async def test_what_comes_in_is_counted_shown_and_taken_away(hub: World) -> None:
    texts = ("楼下路灯坏了一个月，请转人工", "小区门口一直乱停车，请转人工")
    for number, text in enumerate(texts):
        await hub.carrier.send_text(f"+861380000000{number}", "12110", text)
    await hub.carrier.send_text("+8613800000009", "12110", "我要举报派出所民警收了我两千块钱")

    async def counted() -> int:
        return len([stored async for stored in hub.hub.documents.scan("case_figures")])

    async def all_of_them() -> bool:
        return await counted() == 3

    await eventually(all_of_them)
    async with browser(hub.url) as http:
        await seat(hub, Role.SUPERVISOR, http)
        async with http.get(f"{hub.url}/staff/board?month=&of=reports") as page:
            assert page.status == 200
            html = await page.text()
        [sms] = re.findall(r'<td><a href="([^"]*channel=sms[^"]*)">(\d+)</a></td>', html)
        assert sms[1] == "2"  # the report is in no figure of a supervisor
        async with http.get(hub.url + sms[0].replace("&amp;", "&")) as page:
            assert (await page.text()).count("data-row data-case") == 2
        found = re.search(r'name="csrf" value="([^"]+)"', html)
        assert found
        data = {"csrf": found[1], "month": "", "of": "", "shared": "yes"}
        async with http.post(f"{hub.url}/staff/board/csv", data=data, headers=SAME) as answer:
            file = await answer.text()
        assert "<5" in file  # small numbers stay in the office
        assert "导出人" in file
        assert "承办人" not in file.replace("导出人", "")
        async with http.post(f"{hub.url}/staff/board/pdf", data=data, headers=SAME) as answer:
            assert answer.status == 404
        async with http.get(f"{hub.url}/staff/cases/nothing") as answer:
            assert answer.status == 404
            assert "side-list" in await answer.text()  # who is logged in stays at the desk
    acts = [stored.body["act"] async for stored in hub.hub.documents.scan("audit")]
    assert acts.count(AuditAct.FIGURES_EXPORTED) == 1
