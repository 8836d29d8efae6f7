"""A folder of files that takes nothing costs the file, never the words, and is named."""

from __future__ import annotations

import shutil

import aiohttp

from channels.address import Address, AddressKind
from channels.contract import Attachment, ChannelKind, InboundMessage
from hub.model.agent import Role
from tests.journeys.editor_at_work import sign_in
from tests.journeys.talking import queue
from tests.world import World


async def test_the_words_are_kept_the_lost_picture_is_said_and_readyz_names_the_folder(hub: World) -> None:
    folder = hub.hub.settings.files.path / "attachments"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    folder.write_bytes(b"")  # no folder any more: nothing can be put into it, not even by root
    now = hub.hub.clock.now_ms()
    await hub.hub.actions.accept_event(
        InboundMessage(
            channel="mail",
            kind=ChannelKind.MAIL,
            provider_id="a-letter",
            sender=Address(AddressKind.EMAIL, "lin@example.com"),
            recipient="service@hub.test",
            text="小区路灯坏了三个月，照片在附件里",
            received_at=now,
            attachments=(Attachment("路灯.jpg", "image/jpeg", b"\xff\xd8\xff"),),
        )
    )
    [case] = await queue(hub)
    await sign_in(hub, hub.http, Role.HANDLER, known=True)
    async with hub.http.get(f"{hub.url}/staff/cases/{case.id}") as page:
        text = await page.text()
    assert "小区路灯坏了三个月" in text
    assert "路灯.jpg" in text
    assert "没有存下来" in text
    async with aiohttp.ClientSession() as monitor, monitor.get(f"{hub.url}/readyz") as answer:
        assert answer.status == 503
        assert "files" in (await answer.json())["issues"]
