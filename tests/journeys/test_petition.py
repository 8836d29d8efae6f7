"""A citizen files a petition without script, follows it with number and code, and reads the answer."""

from __future__ import annotations

import io
import re
from urllib.parse import urlencode

import aiohttp

from hub.actions.cases.queue.read_queue import QueueView
from hub.model.agent import Role
from hub.model.track import Track
from tests.world import World, eventually

FORM = {
    "kind": "complaint",
    "title": "小区门口违停多年无人处理",
    "body": "东城小区门口每天晚上都有货车违停，堵住消防通道，多次反映没有结果。",
    "occurred_on": "",
    "region": "999100",
    "place": "东城小区",
    "anonymous": "no",
    "name": "张三丰",
    "phone": "138-0013-8000",
    "email": "",
}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


async def start(hub: World, kind: str = "complaint") -> dict[str, str]:
    async with hub.http.get(f"{hub.url}/petition/write", params={"kind": kind}) as page:
        text = await page.text()
    found = re.search(r'name="submission_id" value="([0-9a-f]{32})"', text)
    assert found, text
    return {**FORM, "kind": kind, "submission_id": found[1]}


async def post(hub: World, path: str, form: dict[str, str]) -> tuple[int, str]:
    async with hub.http.post(f"{hub.url}{path}", data=form, headers=SAME_ORIGIN) as answer:
        return answer.status, await answer.text()


def pair(page: str) -> tuple[str, str]:
    """Reference and query code of a receipt."""
    found = {
        name: re.search(rf'<output [^>]*id="{name}"[^>]*>([\d ]+)</output>', page)
        for name in ("reference", "code")
    }
    reference, code = found["reference"], found["code"]
    assert reference, page
    assert code, page
    return reference[1].replace(" ", ""), code[1].replace(" ", "")


async def test_from_form_to_answer(hub: World) -> None:
    form = await start(hub)
    status, check = await post(hub, "/petition/check", form)
    assert status == 200
    assert "货车违停" in check
    status, done = await post(hub, "/petition/submit", form)
    assert status == 200
    reference, code = pair(done)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert row.case.reference == reference
    assert row.case.track is Track.APPEAL
    assert row.case.applicant.address == "+8613800138000"
    await hub.hub.actions.replies.reply(handler, row.case.id, "已联系交警处理。", version=row.version)

    async def texted() -> list[str]:
        return [m.text for m in hub.carrier.journal.messages if m.recipient == "+8613800138000"]

    [text] = await eventually(texted)
    assert reference in text
    _, page = await post(hub, "/track", {"reference": reference, "code": code})
    assert "已答复" in page
    assert "已联系交警处理" in page


async def test_the_same_form_twice_is_one_petition_with_one_number(hub: World) -> None:
    form = await start(hub)
    _, first = await post(hub, "/petition/submit", form)
    _, second = await post(hub, "/petition/submit", form)
    assert pair(first) == pair(second)
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 1


async def test_every_mistake_is_said_at_once_in_chinese_and_the_input_is_kept(hub: World) -> None:
    form = {**await start(hub), "title": "", "body": "短", "phone": "12", "name": "李四", "email": "x"}
    status, page = await post(hub, "/petition/check", form)
    assert status in (200, 422)
    for text in ("请用 2–120 个字概括", "请写明事情经过", "手机号应为 11 位数字", "电子邮箱格式不正确"):
        assert text in page
    assert 'value="李四"' in page
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 0


async def test_an_anonymous_report_is_invisible_to_others_and_keeps_no_contact(hub: World) -> None:
    form = {**await start(hub, "report"), "anonymous": "yes"}
    _, done = await post(hub, "/petition/submit", form)
    reference, code = pair(done)
    assert len(code) == 16
    for role in (Role.HANDLER, Role.ADMIN):
        agent = await hub.agent(role)
        assert set((await hub.hub.actions.read_queue.page(agent)).counts.values()) == {0}
    inspector = await hub.agent(Role.INSPECTOR)
    [row] = (await hub.hub.actions.read_queue.page(inspector)).rows
    assert row.case.reference == reference
    stored = repr(row.case)
    assert "13800138000" not in stored
    assert "张三丰" not in stored
    await hub.hub.actions.replies.reply(inspector, row.case.id, "请补充时间。", version=row.version)
    _, page = await post(hub, "/track", {"reference": reference, "code": code})
    assert "请补充时间" in page


async def test_wrong_codes_make_wait_and_never_tell_whether_the_number_exists(hub: World) -> None:
    _, done = await post(hub, "/petition/submit", await start(hub))
    reference, code = pair(done)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    _, there = await post(hub, "/track", {"reference": reference, "code": wrong})
    _, absent = await post(hub, "/track", {"reference": "26010100000199", "code": wrong})
    text = re.compile(r"没有找到[^<]*")
    first = text.search(there)
    same = text.search(absent)
    assert first
    assert same
    assert first[0] == same[0]
    for _ in range(4):  # the waits grow: one of them is longer than a request takes
        await post(hub, "/track", {"reference": reference, "code": wrong})
    status, locked = await post(hub, "/track", {"reference": reference, "code": code})
    assert status == 429
    assert FORM["title"] not in locked


async def test_a_form_from_another_site_is_refused(hub: World) -> None:
    form = await start(hub)
    async with (
        aiohttp.ClientSession() as other,
        other.post(
            f"{hub.url}/petition/submit", data=form, headers={"Sec-Fetch-Site": "cross-site"}
        ) as answer,
    ):
        assert answer.status == 403
    handler = await hub.agent(Role.HANDLER)
    assert (await hub.hub.actions.read_queue.page(handler)).counts[QueueView.ALL] == 0


async def test_an_oversized_form_is_refused(hub: World) -> None:
    form = {**await start(hub), "body": "长" * 200_000}
    body = io.BytesIO(urlencode(form).encode())
    headers = {**SAME_ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    async with hub.http.post(f"{hub.url}/petition/check", data=body, headers=headers) as answer:
        assert answer.status == 413


async def test_danger_in_a_letter_is_a_case_of_its_own_above_the_queue(hub: World) -> None:
    form = {**await start(hub), "body": "邻居每天晚上持刀威胁我们一家人，请快来救命，我们很害怕。"}
    await post(hub, "/petition/submit", form)
    handler = await hub.agent(Role.HANDLER)
    first, second = (await hub.hub.actions.read_queue.page(handler)).rows
    assert first.case.track is Track.EMERGENCY
    assert first.case.linked_case_id == second.case.id
    assert second.case.track is Track.APPEAL


async def test_danger_in_a_report_is_seen_without_what_the_report_says(hub: World) -> None:
    form = {**await start(hub, "report"), "body": "东城派出所民警王某收钱，还派人持刀威胁我，救命。"}
    await post(hub, "/petition/submit", form)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    assert row.case.track is Track.EMERGENCY
    view = await hub.hub.actions.read_cases.open(handler, row.case.id)
    assert "王某" not in repr(view)
    assert form["title"] not in repr(view)
    assert FORM["place"] not in repr(view)
    assert row.case.linked_case_id == ""
