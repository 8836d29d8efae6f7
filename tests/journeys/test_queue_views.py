"""A handler filters the queue, keeps the filters as a view, chooses columns, and finds all of it again: by
links and forms alone."""

from __future__ import annotations

import re
from csv import reader as csv_rows
from dataclasses import replace
from io import StringIO

import aiohttp

from hub.model.agent import Role
from hub.model.cases.case import Undelivered
from tests.journeys.test_queue_pill import SAME, seat, write
from tests.world import World, browser


async def page_of(hub: World, http: aiohttp.ClientSession, address: str) -> str:
    async with http.get(f"{hub.url}{address}") as page:
        assert page.status == 200
        return await page.text()


def hidden(html: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', html)
    assert found, name
    return found[1]


def rows(html: str) -> list[str]:
    return re.findall(r'data-case="([^"]+)"', html)


async def test_filters_views_and_columns_without_script(hub: World) -> None:
    first = await write(hub, 1)
    await write(hub, 2, "我要投诉，要求书面答复：小区物业乱收费")
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        everything = await page_of(hub, http, "/staff/queue")
        assert len(rows(everything)) == 2
        links = re.findall(r'class="case-link" href="([^"]+)"', everything)
        opened = await page_of(hub, http, links[0])
        [behind] = re.findall(r'rel="next" href="([^"]+)"', opened)
        assert behind == links[1]
        assert 'rel="prev"' not in opened
        last = await page_of(hub, http, behind)
        assert re.findall(r'rel="(prev|next)" href="([^"]+)"', last) == [("prev", links[0])]
        assert 'rel="next"' not in await page_of(hub, http, links[0].partition("?")[0])
        filtered = await page_of(
            hub, http, "/staff/queue?show=all&track=CONSULT&channel=sms-12110&panel=filters"
        )
        assert first in rows(filtered)
        assert 'name="handler"' in filtered
        assert await page_of(hub, http, "/staff/queue?show=nonsense&track=13800138000&since=tomorrow")

        async def post(path: str, **form: str) -> str:
            data = {"csrf": hidden(filtered, "csrf"), "from": hidden(filtered, "from"), **form}
            async with http.post(f"{hub.url}{path}", data=data, headers=SAME) as answer:
                assert answer.status == 200, path
                return await answer.text()

        kept = await post("/staff/queue/views", name="短信咨询")
        assert rows(kept) == rows(filtered)
        assert "短信咨询" in kept
        again = await post("/staff/queue/views", name="短信咨询")
        assert "已有同名的视图" in again
        chosen = await post(
            "/staff/queue/settings", column_region="on", column_received="on", density="compact"
        )
        assert re.findall(r'scope="col">([^<]+)<', chosen) == ["诉求", "地区", "收到时间"]
        assert "is-compact" in chosen

        remembered = await page_of(hub, http, "/staff/queue")  # as it was left
        assert rows(remembered) == rows(filtered)
        assert "is-compact" in remembered
        removal = re.search(r'action="(/staff/queue/views/[^"]+/remove)"', remembered)
        assert removal
        assert "短信咨询" not in await post(removal[1])


async def test_a_case_is_put_aside_tagged_and_listed_without_script(hub: World) -> None:
    case_id = await write(hub, 1)
    async with browser(hub.url) as http, browser(hub.url) as supervisor:
        handler = await seat(hub, Role.HANDLER, http)
        await seat(hub, Role.SUPERVISOR, supervisor)

        async def post(path: str, seated: aiohttp.ClientSession = http, **form: str) -> str:
            at = path if path == "/staff/tags" else f"/staff/cases/{case_id}"
            shown = await page_of(hub, seated, at)
            data = {"csrf": hidden(shown, "csrf"), **form}
            if "version" in form:
                data["version"] = hidden(shown, "version")
            async with seated.post(f"{hub.url}{path}", data=data, headers=SAME) as answer:
                assert answer.status in (200, 422), path
                return await answer.text()

        await post("/staff/tags", supervisor, name="专项行动")
        assert "已有同名的标签" in await post("/staff/tags", supervisor, name="专项行动")
        tagged = await post(f"/staff/cases/{case_id}/tags", had="", tag="0")
        assert "更改标签" in tagged
        filtered = await page_of(hub, http, "/staff/queue?show=all&tag=0")
        assert rows(filtered) == [case_id]
        assert '<span class="tag">专项行动</span>' in filtered

        flagged = await post(f"/staff/cases/{case_id}/tags", had="0", tag="frail")
        assert 'name="had" value="frail "' in flagged
        assert rows(await page_of(hub, http, "/staff/queue?show=all&flag=frail")) == [case_id]
        await post(f"/staff/cases/{case_id}/tags", had="frail", tag="nonsense")

        case = f"/staff/cases/{case_id}"
        await post(f"{case}/assign", handler_id=handler.id, version="now")
        refused = await post(f"{case}/snooze", when="at", at="", reminder="问户籍科", version="now")
        assert "请填写日期和时间" in refused
        assert 'value="问户籍科"' in refused
        aside = await post(f"{case}/snooze", when="tomorrow", reminder="问户籍科", version="now")
        assert "08:30再办" in aside
        assert rows(await page_of(hub, http, "/staff/queue?show=mine")) == []
        assert rows(await page_of(hub, http, "/staff/queue?show=later")) == [case_id]
        assert "问户籍科" not in await page_of(hub, supervisor, case)
        assert rows(await page_of(hub, http, "/staff/queue/taken-part")) == [case_id]

        found = await hub.hub.repositories.cases.get(case_id)
        assert found
        lost = replace(found.value, undelivered=Undelivered(hub.hub.clock.now_ms(), "d1"))
        await hub.hub.documents.commit([hub.hub.repositories.cases.update(lost, found.version)])
        assert "未送达，请电话联系" in await page_of(hub, http, case)
        assert rows(await page_of(hub, http, "/staff/queue?show=all&flag=undelivered")) == [case_id]
        told = await post(f"{case}/reached", text="电话打通，已告知", version="now")
        assert "电话打通，已告知" in told
        assert "未送达，请电话联系" not in told


async def test_a_whole_list_is_handed_on_and_taken_away_as_a_table(hub: World) -> None:
    cases = [await write(hub, number) for number in range(1, 4)]
    report = await write(hub, 4, "我要举报民警收了我两千块钱")
    async with browser(hub.url) as http:
        await seat(hub, Role.HANDLER, http)
        shown = await page_of(hub, http, "/staff/queue?show=all")
        token, csrf = hidden(shown, "list"), hidden(shown, "csrf")

        async def post(path: str, **form: str) -> str:
            async with http.post(f"{hub.url}{path}", data={"csrf": csrf, **form}, headers=SAME) as answer:
                assert answer.status == 200, path
                return await answer.text("utf-8-sig")

        whole = await post("/staff/bulk", whole=token)
        assert set(re.findall(r'name="case_id" value="([^"]+)"', whole)) == set(cases)
        assert report not in whole

        table = list(csv_rows(StringIO(await post("/staff/queue/export", list=token))))
        stored = await hub.hub.repositories.cases.many(cases)
        assert {row[0] for row in table[1:4]} == {case.reference for case in stored.values()}
        assert all("****" in row[4] for row in table[1:4])
        assert "3 件" in table[4][0]
        assert len(table) == 5
