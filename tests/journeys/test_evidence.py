"""A handler hears the recording and opens the attachment of a case; nobody else can."""

from __future__ import annotations

import hashlib
import re

import aiohttp

from channels.contract import ChannelKind
from channels.loopback.script import CallerAction, Press, Speak
from hub.model.agent import Role
from ivr.evidence.recordings import RecordingState
from tests.journeys.talking import Talker, queue
from tests.journeys.test_mail import hand_over, letter
from tests.world import World, browser, eventually

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse 4711"


async def test_an_inspector_hears_the_sealed_recording_and_a_handler_does_not(hub: World) -> None:
    script: list[CallerAction] = [
        Press("1"),
        Press("2"),
        Press("#"),
        Press("#"),
        Speak(3),
        Press("1"),
        Press("1"),
    ]
    await hub.carrier.place_call("12389", script)
    inspector = await hub.agent(Role.INSPECTOR)
    await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(inspector)).rows

    async def sealed() -> bool:
        view = await hub.hub.actions.read_cases.open(inspector, row.case.id)
        return [one.state for one in view.recordings] == [RecordingState.SEALED]

    assert await eventually(sealed)
    [recording] = (await hub.hub.actions.read_cases.open(inspector, row.case.id)).recordings
    path = f"/staff/cases/{row.case.id}/recordings/{recording.id}"
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "inspector")
        async with theirs.get(f"{hub.url}/staff/cases/{row.case.id}") as page:
            assert path in await page.text()
        async with theirs.get(f"{hub.url}{path}") as audio:
            assert audio.status == 200
            assert audio.content_type == "audio/wav"
            whole = await audio.read()
            assert hashlib.sha256(whole).hexdigest() == recording.sha256
        async with theirs.get(f"{hub.url}{path}", headers={"Range": "bytes=100-199"}) as part:
            assert (part.status, await part.read()) == (206, whole[100:200])
            assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
        async with theirs.get(f"{hub.url}{path}?original") as saved:
            assert saved.content_type == "application/octet-stream"
            assert await saved.read() == whole
        file = hub.hub.settings.files.path / "recordings" / recording.path
        file.chmod(0o600)
        sealed_file = file.read_bytes()
        assert whole[44:144] not in sealed_file
        flipped = bytearray(sealed_file)
        flipped[len(flipped) // 2] ^= 1
        for damaged in (bytes(flipped), sealed_file[:-1], whole[:-1] + b"\x07", b""):
            file.write_bytes(damaged)
            for address in (path, f"{path}?original", f"{path}/waveform"):
                async with theirs.get(f"{hub.url}{address}") as changed:
                    assert changed.status == 410
                    assert "audio" not in changed.content_type
        async with hub.http.get(f"{hub.url}/readyz") as answer:
            assert "rows" in (await answer.json())["issues"]
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "handler")
        async with theirs.get(f"{hub.url}{path}") as audio:
            assert audio.status == 404
    async with hub.http.get(f"{hub.url}{path}", allow_redirects=False) as audio:
        assert audio.status == 303


async def test_the_case_of_a_chat_shows_no_name_of_the_configuration(hub: World) -> None:
    await Talker(hub, ChannelKind.CHAT).say("楼下烧烤店每天深夜占道经营没有人管")
    await Talker(hub, ChannelKind.SMS, "2").say("隔壁麻将馆每天深夜吵闹没有人管", recipient="12110")
    await hub.agent(Role.HANDLER)
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "handler")
        pages = {}
        for case in await queue(hub):
            async with theirs.get(f"{hub.url}/staff/cases/{case.id}") as page:
                pages[case.origin.channel] = await page.text()
    assert "web-chat" not in pages["web-chat"]
    assert "拨打或发送至" not in pages["web-chat"]
    assert "拨打或发送至" in pages["sms-12110"]


async def test_an_attachment_comes_back_as_it_was_sent_and_only_as_a_download(hub: World) -> None:
    mail = letter("小区门口的路灯坏了三个月一直没有人来修理，见照片。")
    content = b"<script>alert(1)</script>" * 100
    mail.add_attachment(content, maintype="text", subtype="html", filename="照片.html")

    await hand_over(hub, mail)
    handler = await hub.agent(Role.HANDLER)
    [row] = (await hub.hub.actions.read_queue.page(handler)).rows
    async with browser(hub.url) as theirs:
        await log_in(hub, theirs, "handler")
        async with theirs.get(f"{hub.url}/staff/cases/{row.case.id}") as page:
            found = re.search(rf"/staff/cases/{row.case.id}/files/([0-9a-f]{{32}})", await page.text())
        assert found
        async with theirs.get(f"{hub.url}{found[0]}") as file:
            assert await file.read() == content
            assert file.content_type == "application/octet-stream"
            assert file.headers["Content-Disposition"].startswith("attachment;")
            assert file.headers["X-Content-Type-Options"] == "nosniff"
        async with theirs.get(f"{hub.url}/staff/cases/{row.case.id}/files/{'0' * 32}") as file:
            assert file.status == 404


async def log_in(hub: World, theirs: aiohttp.ClientSession, login: str) -> None:
    async with theirs.get(f"{hub.url}/staff/login") as page:
        hidden = dict(re.findall(r'name="([a-z_]+)"[^>]*value="([^"]*)"', await page.text()))
    form = {**hidden, "login": login, "password": PASSWORD}
    async with theirs.post(f"{hub.url}/staff/login", data=form, headers=SAME_ORIGIN) as answer:
        assert "/staff/login" not in str(answer.url), await answer.text()
