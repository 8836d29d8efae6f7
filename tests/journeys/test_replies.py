"""A reply on its way over HTTP: sent and closed after its seconds, or taken back; what is put into it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import aiohttp
import pytest

from channels.contract import ChannelKind
from hub.model.agent import Role
from hub.model.cases.state import CaseState
from hub.runtime.clock import SystemClock
from tests.journeys.editor_at_work import SAME_ORIGIN, Editor, sign_in
from tests.journeys.talking import Talker, queue
from tests.world import World, browser, eventually, world

UNDO_SECONDS = 300
PDF = b"%PDF-1.7 document"
PNG = b"\x89PNG\r\n\x1a\n map"


@dataclass
class MovedClock(SystemClock):
    """The real clock, which a test moves on."""

    shift: int = field(default=0)

    def now_ms(self) -> int:
        return super().now_ms() + self.shift


@pytest.fixture(scope="module")
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory, clock: MovedClock) -> AsyncIterator[World]:
    """One for all: each test has a citizen of its own."""
    async with world(tmp_path_factory.mktemp("hub"), clock=clock, undo_seconds=UNDO_SECONDS) as running:
        await running.agent(Role.HANDLER)
        yield running


async def a_case(hub: World, name: str) -> tuple[Talker, str]:
    talker = Talker(hub, ChannelKind.SMS, name)
    await talker.say("请找人工。身份证丢了怎么补办，要带什么材料")
    return talker, (await talker.messages())[0].case_id


async def version(hub: World, case_id: str) -> str:
    found = await hub.hub.repositories.cases.get(case_id)
    assert found
    return str(found.version)


async def send(hub: World, handler: Editor, case_id: str, text: str, **more: str) -> tuple[int, str]:
    path = f"/staff/cases/{case_id}/reply"
    await handler.get(f"/staff/cases/{case_id}")
    return await handler.post(path, version=await version(hub, case_id), text=text, **more)


async def test_sent_and_closed_when_nobody_took_it_back(hub: World, clock: MovedClock) -> None:
    talker, case_id = await a_case(hub, "1")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        status, page = await send(hub, handler, case_id, "请带户口本到派出所补办。", closes="1")
        assert status == 200
        assert "发送中，群众还看不到" in page
        assert "发出后办结" in page
        assert all("户口本" not in text for text in await talker.heard())
        assert "发送并办结中" in await handler.get("/staff/sending")

        clock.shift += UNDO_SECONDS * 1000

        async def heard() -> bool:
            return "请带户口本到派出所补办。" in await talker.heard()

        await eventually(heard)
        found = await hub.hub.repositories.cases.get(case_id)
        assert found
        assert found.value.state is CaseState.CLOSED
        assert "sending-row" not in await handler.get("/staff/sending")


async def test_taken_back_the_text_stands_in_the_form_again(hub: World, clock: MovedClock) -> None:
    talker, case_id = await a_case(hub, "2")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        _, page = await send(hub, handler, case_id, "写错了的答复", closes="1")
        undo = re.search(r'action="(/staff/replies/\w+/undo)"', page)
        assert undo
        _, page = await handler.post(undo[1], case_id=case_id)
        assert "已撤销，内容已放回答复框" in page
        assert re.search(r"<textarea[^>]*id=\"f-reply\"[^>]*>\s*写错了的答复</textarea>", page)
        clock.shift += UNDO_SECONDS * 1000
        _, page = await handler.post(undo[1], case_id=case_id)  # once more: there is nothing left to undo
        assert "没有可撤销的答复" in page
    assert "写错了的答复" not in await talker.heard()
    found = await hub.hub.repositories.cases.get(case_id)
    assert found
    assert found.value.is_open


async def test_a_variable_nobody_filled_is_named_and_kept(hub: World) -> None:
    _, case_id = await a_case(hub, "3")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        status, page = await send(hub, handler, case_id, "请拨打 {{电话}}。")
        assert status == 422
        assert "还有没有填写的变量：{{电话}}" in page
        assert "请拨打 {{电话}}。</textarea>" in await handler.get(f"/staff/cases/{case_id}")


async def test_texts_to_put_in_are_found_by_what_the_citizen_said(hub: World) -> None:
    _, case_id = await a_case(hub, "4")
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        page = await handler.get(f"/staff/cases/{case_id}/pick/knowledge")
        first = re.search(r'data-pick-text="([^"]+)" data-pick-entry="([^"]+)"', page)
        assert first
        assert "身份证" in first[1]
        await send(hub, handler, case_id, first[1], entries=f"{first[2]} no-such-entry")
        [row] = await hub.hub.repositories.pending_replies.of_case(case_id)
        assert row.value.entry_ids == (first[2],)

        assert 'name="channel"' in await handler.get("/staff/canned/new")
        await handler.post("/staff/canned/new", title="感谢来信", text="{{编号}} 已收到。", scope="own")
        _, page = await handler.post(f"/staff/cases/{case_id}/pick/canned", q="gxlx")
        assert re.search(r'data-pick-text="\d{14} 已收到。"', page)


async def test_a_colleague_sees_that_somebody_writes_and_not_what(hub: World) -> None:
    _, case_id = await a_case(hub, "5")
    async with browser(hub.url) as theirs, browser(hub.url) as others:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        await handler.get(f"/staff/cases/{case_id}")
        status, saved = await handler.post(f"/staff/cases/{case_id}/drafts/reply", text="还没写完")
        assert (status, bool(re.search(r"草稿已保存 \d\d:\d\d", saved))) == (200, True)
        supervisor = await sign_in(hub, others, Role.SUPERVISOR)
        page = await supervisor.get(f"/staff/cases/{case_id}")
        assert "测试handler有未发草稿" in page
        assert "还没写完" not in page


async def send_file(
    hub: World, handler: Editor, case_id: str, name: str, content: bytes, text: str
) -> tuple[int, str]:
    await handler.get(f"/staff/cases/{case_id}")
    fields = {"csrf": handler.csrf, "version": await version(hub, case_id), "text": text}
    form = aiohttp.FormData(fields, quote_fields=False)  # names as browsers send them
    form.add_field("files", content, filename=name, content_type="application/octet-stream")
    path = f"{hub.url}/staff/cases/{case_id}/reply"
    async with handler.http.post(path, data=form, headers=SAME_ORIGIN) as answer:
        return answer.status, await answer.text()


async def test_a_file_leaves_with_a_mail_and_is_read_with_number_and_code(
    hub: World, clock: MovedClock
) -> None:
    await Talker(hub, ChannelKind.MAIL, "7").say("请找人工。身份证丢了怎么补办，要带什么材料")
    [case_id] = [case.id for case in await queue(hub) if case.origin.kind == ChannelKind.MAIL]
    async with browser(hub.url) as theirs:
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        status, page = await send_file(hub, handler, case_id, "木马.pdf", b"MZ", "见附件。")
        assert status == 422
        assert "“木马.pdf”不能发送" in page
        assert "见附件。</textarea>" in page

        _, page = await send_file(hub, handler, case_id, "告知书.pdf", PDF, "见附件。")
        undo = re.search(r'action="(/staff/replies/\w+/undo)"', page)
        assert undo
        _, page = await handler.post(undo[1], case_id=case_id)
        kept = re.search(r'name="keep-1" value="(\w+)" checked', page)
        assert kept  # taken back with its file, which is sent again without being chosen again
        await send(hub, handler, case_id, "见附件。", **{"keep-1": kept[1]})
    clock.shift += UNDO_SECONDS * 1000

    async def arrived() -> list[bytes]:
        parts = [part for sunk in hub.mail.received for part in sunk.mail.iter_attachments()]
        return [part.get_content() for part in parts if part.get_filename() == "告知书.pdf"]

    assert await eventually(arrived) == [PDF]
    await read_on_the_progress_page(hub, case_id)


async def read_on_the_progress_page(hub: World, case_id: str) -> None:
    """The citizen's own way to the file, and that a page without number and code opens nothing."""
    found = await hub.hub.repositories.cases.get(case_id)
    assert found
    cases, code = hub.hub.repositories.cases, "12345678"
    told = replace(found.value.query_code, hash=cases.code_hash(case_id, found.value.query_code.salt, code))
    await hub.hub.documents.commit([cases.update(replace(found.value, query_code=told), found.version)])
    asked = {"reference": found.value.reference, "code": code}
    async with hub.http.post(f"{hub.url}/track", data=asked, headers=SAME_ORIGIN) as answer:
        page = await answer.text()
    fields = dict(re.findall(r'name="(pass|file_id)" value="([^"]+)"', page))
    async with hub.http.post(f"{hub.url}/track/file", data=fields, headers=SAME_ORIGIN) as answer:
        assert await answer.read() == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment")
    without = {"file_id": fields["file_id"], "pass": ""}
    async with hub.http.post(f"{hub.url}/track/file", data=without, headers=SAME_ORIGIN) as answer:
        assert answer.status == 403


async def test_a_file_in_a_chat_opens_for_its_own_browser_only(hub: World, clock: MovedClock) -> None:
    async with browser(hub.url) as citizen, browser(hub.url) as stranger, browser(hub.url) as theirs:
        for http in (citizen, stranger):
            said = {"text": "请找人工。身份证丢了怎么补办", "client_id": "a" * 32}
            await http.post(f"{hub.url}/chat/messages", data=said, headers=SAME_ORIGIN)
        handler = await sign_in(hub, theirs, Role.HANDLER, known=True)
        chats = [case for case in await queue(hub) if case.origin.kind == ChannelKind.CHAT]
        await send_file(hub, handler, chats[0].id, "地图.png", PNG, "见地图。")
        clock.shift += UNDO_SECONDS * 1000

        async def link() -> str:
            for http in (citizen, stranger):
                async with http.get(f"{hub.url}/chat") as answer:
                    found = re.search(r'href="(/chat/files/\w+)"', await answer.text())
                    if found:
                        return found[1]
            return ""

        path = await eventually(link)
        answers = []
        for http in (citizen, stranger):
            async with http.get(hub.url + path) as answer:
                answers.append((answer.status, await answer.read() == PNG))
        assert sorted(answers) == [(200, True), (404, False)]
